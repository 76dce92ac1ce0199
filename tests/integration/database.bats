#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The database goes and comes, and so does the hub.

setup_file() {
	load lib
	hub_start
	enrol 0101 'København' 0751 Aarhus
}

teardown_file() {
	load lib
	if [ -f "$BATS_FILE_TMPDIR/second.pid" ]; then
		kill -KILL "$(cat "$BATS_FILE_TMPDIR/second.pid")" || true
	fi
	hub_stop
}

setup() {
	load lib
	url=$(hub_url)
}

# ready URL STATUS: waits until /readyz answers so, at most half a minute.
ready() {
	local end=$((SECONDS + 30))
	until [ "$(curl -s -o /dev/null -w '%{http_code}' "$1/readyz")" = "$2" ]; do
		[ "$SECONDS" -lt "$end" ] || {
			echo "$1/readyz does not answer $2"
			return 1
		}
	done
}

# checkpoint: size and root, as 0101 reads them.
checkpoint() {
	curl -sSf -H "Authorization: Bearer $(as 0101 token --scope feed)" \
		"$url/v1/feed/kommuner/checkpoint" | sed -n 2,3p
}

@test "without the database the feed flows, and the rest says when to come again" {
	printf 'evil.example\n203.0.113.7\n' | as 0101 push
	ctl approve --all --until 30d
	as 0751 pull
	[ "$(out 0751 list-domain.txt)" = evil.example ]
	get 0101 '/v1/lookup?value=evil.example' >/dev/null
	status_is 200
	token=$(as 0101 token)
	embedded-postgres halt "$HUB"
	as 0751 pull
	run -0 curl -sS -D- -H "Authorization: Bearer $token" "$url/v1/lookup?value=evil.example"
	[[ $output == 'HTTP/1.1 503 '* ]]
	[[ ${output,,} == *'retry-after: '[1-9]* ]]
	[[ $output == *'"slug":"database"'* ]]
	# What PostgreSQL said is for the log alone.
	[[ $output != *socket* ]]
	grep -q 'GET /v1/lookup.* 503 database .*socket' "$HUB/varseld.log"
	ready "$url" 503
	curl -sSf "$url/healthz"
	curl -sSf "$url/v1/root/1" | head -n1 | grep -qx varsel/root/v1
	run -75 as 0101 push <<<'later.example'
}

@test "when it is back the hub is ready, and what waited is taken once" {
	embedded-postgres resume "$HUB"
	ready "$url" 200
	as 0101 pull
	as 0101 push <<<'later.example'
	[ "$(sql "SELECT count(*) FROM indicator WHERE value = 'later.example'")" = 1 ]
	ctl approve later.example --until 30d
	as 0751 pull
	out 0751 list-domain.txt | grep -qx later.example
}

@test "the hub is killed: what it answered is there, and it starts by itself" {
	local before
	before=$(checkpoint)
	kill -KILL "$(cat "$HUB/varseld.pid")"
	devhub resume "$HUB"
	ready "$url" 200
	[ "$(checkpoint)" = "$before" ]
}

@test "a second hub on the database waits, and takes over" {
	local private port second pid before feed
	before=$(checkpoint)
	feed=$(as 0101 token --scope feed)
	private=$(cat "$HUB/private")
	port=$(port_free)
	second=http://127.0.0.1:$port
	sed -e "s/^listen = .*/listen = \"127.0.0.1:$port\"/" -e 's/^metrics-listen = .*/metrics-listen = ""/' \
		"$private/varseld.conf" >"$BATS_FILE_TMPDIR/second.conf"
	install -m 644 "$BATS_FILE_TMPDIR/second.conf" "$private/second.conf"
	if [ "$(id -u)" -eq 0 ]; then
		set -- setpriv --reuid postgres --regid postgres --init-groups
	fi
	"$@" "$private/varseld" -c "$private/second.conf" run 2>"$BATS_FILE_TMPDIR/second.log" 3>&- &
	pid=$!
	echo "$pid" >"$BATS_FILE_TMPDIR/second.pid"
	until grep -q 'serves' "$BATS_FILE_TMPDIR/second.log"; do kill -0 "$pid"; done
	curl -sS "$second/readyz" | jq -e '.slug == "busy"'
	kill -KILL "$(cat "$HUB/varseld.pid")"
	ready "$second" 200
	[ "$(curl -sSf -H "Authorization: Bearer $feed" "$second/v1/feed/kommuner/checkpoint" |
		sed -n 2,3p)" = "$before" ]
	kill -TERM "$pid"
	wait "$pid"
	rm "$BATS_FILE_TMPDIR/second.pid"
	devhub resume "$HUB"
	ready "$url" 200
	ctl approve after.example --until 30d
	as 0751 pull
	out 0751 list-domain.txt | grep -qx after.example
}
