#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Coverage: who enforces what, from the receipts that municipalities sign.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus 0851 Aalborg
	ctl org add 0461 Odense
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
}

# state CODE: of that municipality, as the hub judges it.
state() {
	ctl coverage --json | jq -r --arg c "$1" '.orgs[] | select(.code == $c).state'
}

states() {
	ctl coverage --json | jq -r '[.orgs[] | .code + "=" + .state] | join(" ")'
}

measured() {
	ctl coverage --json | jq .enforcement.n
}

# repost CODE SED-SCRIPT: a receipt like its newest, changed, issued now and signed anew.
repost() {
	sql "SELECT convert_from(note, 'UTF8') FROM receipt r JOIN org o ON o.id = r.org_id
		WHERE o.code = '$1'" | sed '/^— /,$d' | sed '$d' |
		sed -e "s/^issued .*/issued $(date -u +%FT%TZ)/" -e "$2" >"$tmp/text"
	sign_note "$tmp/text" "$HUB/$1/key" |
		get "$1" /v1/receipts -H 'Content-Type: text/plain' --data-binary @- >"$tmp/answer"
	status_is 201
	jq -e .stored "$tmp/answer"
}

@test "before the first pull nobody has said anything, and nothing is measured" {
	[ "$(states)" = '0101=never 0461=never 0751=never 0851=never' ]
	ctl coverage --json | jq -e '.channel == "kommuner" and .size == 0 and
		(.enforcement | .n == 0 and .median == null) and
		(.orgs[0] | .receipt_at == null and .size == null and .active_sha256 == null
			and .outputs == [])'
	[[ $(ctl coverage) == *'4 municipalities: 4 never'*'nothing was measured yet' ]]
}

@test "who pulled is current, with its outputs; the log's size and root are there" {
	for c in 0101 0751 0851; do as "$c" pull; done
	ctl approve --reason test evil.example
	for c in 0101 0751 0851; do as "$c" pull; done
	[ "$(states)" = '0101=current 0461=never 0751=current 0851=current' ]
	ctl coverage --json >"$tmp/all"
	jq -e '.size == 1 and .orgs[0].size == 1 and (.orgs[0].outputs | length == 5)
		and (.orgs[0].outputs | all(.applied != null and .error == null))' "$tmp/all"
	[ "$(jq -r .root "$tmp/all")" = "$(sql "SELECT encode(root, 'hex') FROM checkpoint WHERE size = 1")" ]
	[ "$(jq -r '[.orgs[].active_sha256 // empty] | unique | length' "$tmp/all")" = 1 ]
	jq -e '.enforcement | .n == 3 and .median <= .p95 and .p95 <= .max' "$tmp/all"
}

@test "who has not followed a decision is late after a quarter of an hour; how long it took is measured" {
	ctl approve --reason test second.example
	[ "$(state 0851)" = current ]
	sql "UPDATE org_key SET created = created - interval '1 day';
		UPDATE statement SET received = received - interval '20 minutes' WHERE index = 1"
	for c in 0101 0751; do as "$c" pull; done
	[ "$(states)" = '0101=current 0461=never 0751=current 0851=late' ]
	ctl coverage --json | jq -e '.enforcement | .n == 5 and .max >= 1200 and .max < 1500
		and .p95 == .max and .median < 1200'
	[[ $(ctl coverage) == *', at most 2'[0-9]' min (5 measured)' ]]
	as 0851 pull
	[ "$(state 0851)" = current ]
	[ "$(measured)" = 6 ]
}

@test "what was approved before a municipality enrolled is not measured" {
	enrol 0330 Slagelse
	sql "UPDATE statement SET received = received - interval '1 hour'"
	as 0330 pull
	[ "$(state 0330)" = current ]
	[ "$(measured)" = 6 ]
}

@test "who was not heard of for an hour is late" {
	sql "UPDATE org SET last_seen = now() - interval '61 minutes' WHERE code = '0330';
		UPDATE receipt SET received = received - interval '61 minutes'
		WHERE key_name LIKE '%/0330/%'"
	[ "$(state 0330)" = late ]
	as 0330 pull
	timeout 40 bash -c "until [ \"\$(varselctl -c '$HUB/coordinator.conf' coverage --json |
		jq -r '.orgs[] | select(.code == \"0330\").state')\" = current ]; do sleep 0.1; done"
}

@test "a set that differs from the others' is seen; one that is of another time is not compared" {
	local other
	other=$(printf x | sha256sum | cut -d' ' -f1)
	repost 0851 "s/^active-sha256 .*/active-sha256 $other/"
	[ "$(states)" = '0101=current 0330=current 0461=never 0751=current 0851=differs' ]
	ctl coverage | grep -P "^0851\tdiffers\t[^\t]+\t2\t${other:0:12}\t5 of 5\t\tAalborg$"
	repost 0851 "s/^at .*/at $(date -u -d '+40 days' +%FT%TZ)/"
	[ "$(state 0851)" = current ]
}

@test "of two against two nobody knows who is right" {
	local other
	other=$(printf x | sha256sum | cut -d' ' -f1)
	repost 0851 "s/^at .*/at $(date -u +%FT%TZ)/"
	repost 0330 "s/^active-sha256 .*/active-sha256 $other/"
	[ "$(states)" = '0101=differs 0330=differs 0461=never 0751=differs 0851=differs' ]
	for c in 0330 0851; do
		rm "$HUB/$c/out/list-ip.txt"
		as "$c" pull
	done
	[ "$(states)" = '0101=current 0330=current 0461=never 0751=current 0851=current' ]
}

@test "a hold is there with its reason, and enforces nothing new" {
	ctl approve --reason test third.example
	repost 0851 "s/^size .*/size 3/;\$a hold $(date -u +%FT%TZ) freeze: the newest is old"
	[ "$(state 0851)" = hold ]
	[ "$(measured)" = 6 ]
	ctl coverage | grep -P '^0851\thold\t.*\tfreeze: the newest is old\tAalborg$'
}

@test "an output that fails is named; measured is when it works again" {
	local conf=$HUB/0751/varsel.conf
	cp "$conf" "$conf.good"
	sed -i "s|$HUB/0751/out/rpz.zone|$HUB/0751/nowhere/rpz.zone|" "$conf"
	run -73 as 0751 pull
	ctl coverage | grep -P '^0751\tcurrent\t[^\t]+\t3\t[0-9a-f]{12}\t4 of 5\trpz: output rpz: .*\tAarhus$'
	[ "$(measured)" = 6 ]
	mv "$conf.good" "$conf"
	as 0751 pull
	[ "$(measured)" = 7 ]
	as 0751 pull
	[ "$(measured)" = 7 ]
}

@test "suspended; and a member sees itself alone" {
	ctl org suspend 0330
	[ "$(state 0330)" = suspended ]
	get 0101 /v1/coverage >"$tmp/answer"
	status_is 200
	jq -e '[.orgs[].code] == ["0101"] and .enforcement.n > 0' "$tmp/answer"
}

@test "what was measured goes by date" {
	local private
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	sql "UPDATE enforcement SET approved = approved - interval '400 days' WHERE index = 0"
	run -0 as_service "$private/varseld" -c "$private/varseld.conf" retain
	[[ $output == *'3 times of enforcement from before '* ]]
	[ "$(sql 'SELECT count(*) FROM enforcement')" = 4 ]
}
