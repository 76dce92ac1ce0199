#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Who did what: every change has its row, and the rows are one chain.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
	# One row for each file of the schema; then the changes below, then eight more.
	files=$(find "$ROOT"/schema -maxdepth 1 -name '*.sql' | wc -l)
	rows=$((24 + files))
}

# Every change that there is, by members, by the coordinator, on the console.
changes() {
	local id hub private
	private=$(cat "$HUB/private")
	printf 'evil.example\nother.example\nthird.example\n' | as 0101 push --comment 'set i loggen'
	as 0751 push - <<<203.0.113.7
	id=$(sql "SELECT id FROM indicator WHERE value = 'third.example'")
	ctl reject "$id" --reason 'vores egen skanner'
	ctl approve evil.example --until 30d --reason phishing
	ctl approve borger.dk --until 1d --override --reason 'aftalt med ejeren'
	as 0751 dispute evil.example --reason 'vores egen'
	as 0751 withdraw 2
	ctl revoke evil.example --reason fejl
	ctl org suspend 0751
	hub=$(sed -n 's/^hub = "\(.*\)"/\1/p' "$HUB/varseld.conf")
	console coordinator add bo \
		"$(varselctl keygen --no-passphrase -o "$tmp/bo.key" "$hub/login/bo")"
	console coordinator remove bo
}

# A command on the hub's console, as its user.
console() {
	local private
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	(. "$ROOT/deploy/lib.bash" && as_service "$private/varseld" -c "$private/varseld.conf" "$@")
}

@test "every change has its row, and audit lists them" {
	changes
	ctl audit >"$tmp/table"
	cut -f 4 "$tmp/table" | sort | uniq -c | sed 's/^ *//' >"$tmp/got"
	same - "$tmp/got" <<-ACTIONS
		2 approve
		3 bundle
		2 coordinator-add
		1 coordinator-remove
		1 dispute
		2 enrol
		1 lead
		$files migrate
		2 org-add
		2 org-link
		1 org-suspend
		1 override
		1 reject
		2 report
		1 revoke
		1 root-add
		1 withdraw
	ACTIONS
	# Who, to what, and why.
	grep -P '\treject\t\d+\tvores egen skanner$' "$tmp/table"
	grep -P '/org/0101/1\treport\t1\taccepted 3, known 0, refused 0$' "$tmp/table"
	grep -P '\tconsole:[a-z]+\tcoordinator-remove\t' "$tmp/table"
	ctl audit --json | jq -e "length == $rows and all(.hash | length == 64)"
	[ -z "$(ctl audit --since 2100-01-01)" ]
	[ "$(ctl audit --since 1h | wc -l)" = "$rows" ]
	run -64 ctl audit --since yesterday
}

@test "the rows are one chain, which anyone can compute" {
	ctl audit verify | grep "^$rows rows hold, up to row $rows\$"
	ctl audit --json >"$tmp/rows"
	# As docs/formats.md has it, with nothing of Varsel's.
	python3 - "$tmp/rows" <<-'PYTHON'
		import hashlib, json, sys
		h = bytes(32)
		for i, r in enumerate(json.load(open(sys.argv[1], encoding="utf-8")), 1):
		    assert r["id"] == i
		    text = "varsel/audit/v1\n" + "".join(
		        f"{k} {r[k]}\n" for k in ("id", "at", "actor", "action", "subject", "detail") if r[k] != "")
		    h = hashlib.sha256(h + text.encode()).digest()
		    assert h.hex() == r["hash"], r
	PYTHON
}

@test "reports side by side: one chain without a gap" {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		printf 'side%d.example\n' "$i" | as 0101 sign >"$tmp/$i.note"
	done
	TOKEN=$(as 0101 token)
	for i in 1 2 3 4 5 6 7 8; do
		curl -sS -m 60 -o /dev/null -H "Authorization: Bearer $TOKEN" \
			-H 'Content-Type: text/plain' --data-binary "@$tmp/$i.note" \
			"$(hub_url)/v1/reports" &
	done
	wait
	[ "$(sql "SELECT count(*) FROM audit WHERE action = 'report'")" = 10 ]
	ctl audit verify | grep "^$((rows + 8)) rows hold"
}

@test "it is for coordinators, page by page" {
	get 0101 /v1/audit >"$tmp/refused"
	status_is 403
	TOKEN=$(tail -n1 "$HUB/coordinator/state/token")
	get - '/v1/audit?limit=3' >"$tmp/one"
	status_is 200
	jq -e '[.audit[].id] == [1, 2, 3] and .next == "3" and .cut == null' "$tmp/one"
	get - '/v1/audit?limit=3&cursor='$((rows + 6)) >"$tmp/last"
	jq -e "[.audit[].id] == [$((rows + 7)), $((rows + 8))] and .next == null" "$tmp/last"
	get - '/v1/audit?cursor=x' >"$tmp/refused"
	status_is 422
}

@test "a token that does not hold is one row, and guessing a thousand times no more" {
	local i
	for i in 1 2 3; do
		TOKEN=nothing.like.it get - /v1/indicators >"$tmp/refused"
		status_is 401
	done
	curl -sS -m 20 -o /dev/null -H 'Content-Type: text/plain' -d nonsense "$(hub_url)/v1/token"
	refused() { sql "SELECT count(*) FROM audit WHERE action = 'refused' AND actor = 'hub'"; }
	export -f refused sql
	export HUB
	# shellcheck disable=SC2016 # for the inner shell
	timeout 30 bash -c 'until [ "$(refused)" -gt 0 ]; do sleep 0.2; done'
	for i in $(seq 20); do
		TOKEN=nothing.like.it get - /v1/indicators >"$tmp/refused"
	done
	[ "$(refused)" = 1 ]
	sql "SELECT subject || ': ' || detail FROM audit WHERE action = 'refused'" >"$tmp/row"
	grep -E '^127\.0\.0\.1: [1-4] since [0-9TZ:-]+; the last: ' "$tmp/row"
	# The rest when the minute is over, or the hub stops.
	devhub restart "$HUB"
	[ "$(refused)" = 2 ]
	[ "$(sql "SELECT sum(substring(detail FROM '^[0-9]+')::int) FROM audit
		WHERE action = 'refused'")" = 24 ]
	# No token at all is no guess.
	curl -sS -m 20 -o /dev/null "$(hub_url)/v1/indicators"
	devhub restart "$HUB"
	[ "$(refused)" = 2 ]
	ctl audit verify
}
