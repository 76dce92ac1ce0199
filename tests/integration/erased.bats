#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What was erased stands nowhere: not in a dump of the whole database, not in the hub's log,
# not in an alert that is still to go out; and what hung on it stays in order.

setup_file() {
	load lib
	load receiver
	hub_start
	receiver_start </dev/null
	enrol 0101 København 0751 Aarhus 0461 Odense
}

teardown_file() {
	load lib
	load receiver
	receiver_stop
	hub_stop
}

setup() {
	load lib
	load receiver
	tmp=$BATS_TEST_TMPDIR
}

# see CODE VALUE: a sighting.
see() {
	local at
	at=$(date -u +%FT%TZ)
	get "$1" /v1/sightings -H 'Content-Type: application/json' --data-binary \
		"{\"sightings\":[{\"value\":\"$2\",\"count\":1,\"first\":\"$at\",\"last\":\"$at\",\"source\":\"dns\"}]}" |
		jq -e '.accepted == 1'
}

dump() {
	pg_dump --inserts "$(cat "$HUB/postgres.url")" >"$tmp/dump"
}

# rows_with VALUE: lines of the dump that hold it, as text or as bytes.
rows_with() {
	local hex
	hex=$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n')
	dump
	grep -cE -e "${1//./\\.}" -e "$hex" "$tmp/dump" || true
}

# An alert was tried, and is still to go out.
is_tried() {
	[ "$(sql "SELECT count(*) FROM outbox WHERE attempts > 0 AND delivered IS NULL")" = 1 ]
}

@test "a value that is everywhere, and then nowhere" {
	local token
	# In reports and their comments, in a campaign, in an alert that does not get through,
	# in a list, under an override, disputed, seen, and in a proposal's list that was left.
	echo refuse >"$ALERTS/mode"
	printf 'anna.example\nother.example\n' | as 0101 push --comment 'anna.example wrote to us' -
	echo anna.example | as 0751 push -
	ctl approve anna.example keep.example --override --reason 'Campaign 7'
	as 0751 dispute anna.example --reason 'anna.example is a citizen'
	see 0461 anna.example
	[ "$(sql "SELECT joined_by || ' ' || key FROM campaign")" = 'indicator anna.example' ]
	until_true is_tried
	token=$(as 0101 token)
	TOKEN=$token get 0101 '/v1/lookup?value=anna.example' | jq -e '.indicators | length == 1'
	[ "$(rows_with anna.example)" = 7 ]

	run ctl erase --reason 'A person asked for it' anna.example
	[ "$status" -eq 0 ]
	[[ $output == *'erased 1 from 1 lists, 1 lines approved again'* ]]
	[[ $output == *'anna.example: the notes of 2 reports are gone with it, from 0101 0751; another report brings it back'* ]]
	[ "$(rows_with anna.example)" = 0 ]
	run ! grep anna.example "$(cat "$HUB/private")/varseld.log" "$HUB/varseld.log"
	TOKEN=$token get 0101 '/v1/lookup?value=anna.example' | jq -e '.indicators == []'
	ctl audit verify
	ctl audit | grep -P '\terase\t\d+\tA person asked for it$'
}

@test "its campaign is over, on the page's API and in varselctl" {
	[ "$(sql "SELECT key, closed IS NOT NULL, indicators, orgs FROM campaign")" = '(erased)|t|0|3' ]
	ctl campaigns --all | grep -q $'\tclosed\t3\t0\t.*(erased)'
	ctl campaigns --json --all | jq -e '.campaigns[0].indicators == []'
	get 0101 /v1/campaigns | jq -e '.campaigns[0] | .state == "closed" and .key == "(erased)"'
	# Who follows from the start is told no more than who comes later.
	get 0101 '/v1/events?after=0' -m 3 >"$tmp/events" || true
	grep -q '(erased)' "$tmp/events"
	run ! grep anna.example "$tmp/events"
}

@test "the alert that was still to go out goes out without it" {
	echo take >"$ALERTS/mode"
	sql "UPDATE outbox SET due = now()"
	until_true are_alerts taken 2
	alerts taken campaign | jq -s -e '(map(.data.change) | sort) == ["closed", "opened"]
		and all(.data.key == "(erased)" and .data.indicators == [])'
}

@test "what the same report named with it stays; the same report does not bring it back" {
	ctl show other.example >"$tmp/shown"
	grep -q '0101' "$tmp/shown"
	[ "$(ctl show --json other.example | jq -r .orgs)" = 1 ]
	ctl list | grep -q keep.example
	# It may come again: then it is new.
	echo anna.example | as 0461 push -
	[ "$(ctl show --json anna.example | jq -r '[.state, .orgs] | @csv')" = '"pending",1' ]
	run ctl erase --reason 'Again' anna.example
	[ "$status" -eq 0 ]
	[[ $output == *'erased 1, which no list approved'* ]]
	[ "$(rows_with anna.example)" = 0 ]
}

@test "a campaign that others are in goes on without it" {
	local code
	for code in 0101 0751 0461; do
		printf 'x1.shared.example\nx2.shared.example\n' | as "$code" push -
	done
	[ "$(sql "SELECT count(*) FROM campaign WHERE closed IS NULL AND indicators = 2")" = 1 ]
	ctl erase --reason 'On request' x1.shared.example
	[ "$(sql "SELECT indicators, closed IS NULL FROM campaign ORDER BY id DESC LIMIT 1")" = '1|t' ]
	[ "$(rows_with x1.shared.example)" = 0 ]
	ctl campaigns --json | jq -e '.campaigns[0].indicators | map(.value) == ["x2.shared.example"]'
}

@test "what cannot be erased is said: a live list, a reason, people's own words" {
	local id
	ctl approve live.example
	id=$(ctl show --json live.example | jq -r .id)
	TOKEN=$(tail -n 1 "$HUB/coordinator/state/token") get - "/v1/indicators/$id/erasure" \
		-H 'Content-Type: application/json' -d '{"reason":"x"}' | jq -e '.slug == "conflict"'
	status_is 409
	# A member has no say.
	get 0101 "/v1/indicators/$id/erasure" -H 'Content-Type: application/json' \
		-d '{"reason":"x"}' >"$tmp/refused"
	status_is 403
	run ctl erase --reason 'live.example is a person' live.example
	[ "$status" -eq 65 ]
	[[ $output == *'must not name the value'* ]]
	echo spoken.example | as 0101 push -
	ctl reject spoken.example --reason 'spoken.example is ours'
	run ctl erase --reason 'On request' spoken.example
	[ "$status" -eq 65 ]
	[[ $output == *'1 rows of the audit and 0 notices hold them'* ]]
}
