#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Sightings at the hub: what is counted, once; what is refused; how long it is kept.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
	printf 'evil.example\n45.1.1.159\n' | as 0101 push -
	ctl approve --reason test evil.example
	as 0751 pull
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
}

# post CODE JSON
post() {
	get "$1" /v1/sightings -H 'Content-Type: application/json' --data-binary "$2"
}

# row VALUE COUNT [FIRST [LAST]]
row() {
	local now
	now=$(date -u +%FT%TZ)
	printf '{"value":"%s","count":%s,"first":"%s","last":"%s","source":"dns"}' \
		"$1" "$2" "${3:-$now}" "${4:-${3:-$now}}"
}

seen() {
	ctl show --json "$1" | jq '.sightings'
}

@test "varsel hunt: what it finds is counted at the hub, for that municipality" {
	local before
	before=$(seen evil.example)
	printf '%s client 10.20.30.40 EVIL.example.\n' "$(date -u +%FT%TZ)" "$(date -u +%FT%TZ)" \
		>"$tmp/q.log"
	as 0751 hunt --count "$tmp/q.log"
	[ "$(seen evil.example)" -eq $((before + 2)) ]
	[ -z "$(ls "$HUB/0751/state/sightings")" ]
	[ "$(sql "SELECT o.code, s.source, s.count FROM sighting s JOIN org o ON o.id = s.org_id")" = \
		'0751|other|2' ]
	[ "$(sql "SELECT subject, detail FROM audit WHERE action = 'sightings'")" = \
		'0751|accepted 1, refused 0' ]
}

@test "any spelling, or an id; the rows of an hour are one" {
	local before id hour
	before=$(seen 45.1.1.159)
	id=$(ctl show --json 45.1.1.159 | jq .id)
	hour=$(date -u -d '-26 hours' +%FT%H)
	post 0101 "{\"sightings\":[$(row '45[.]1[.]1[.]159' 3 "$hour:10:00Z" "$hour:20:00Z"),
		{\"id\":$id,\"count\":4,\"first\":\"$hour:05:00Z\",\"last\":\"$hour:15:00Z\",\"source\":\"dns\"}]}" \
		>"$tmp/answer"
	status_is 200
	jq -e '.accepted == 2 and .refused == [] and (.repeated | not)' "$tmp/answer"
	[ "$(seen 45.1.1.159)" -eq $((before + 7)) ]
	[ "$(sql "SELECT count, extract(minute FROM first)::int, extract(minute FROM last)::int
		FROM sighting WHERE indicator_id = $id")" = '7|5|20' ]
}

@test "a batch counts once for its municipality, however often it comes" {
	local before
	before=$(seen evil.example)
	for _ in 1 2 3; do
		post 0101 "{\"batch\":\"a1\",\"sightings\":[$(row evil.example 5)]}" >"$tmp/answer"
		status_is 200
		jq -e '.accepted == 1' "$tmp/answer"
	done
	jq -e '.repeated' "$tmp/answer"
	[ "$(seen evil.example)" -eq $((before + 5)) ]
	post 0751 "{\"batch\":\"a1\",\"sightings\":[$(row evil.example 5)]}"
	[ "$(seen evil.example)" -eq $((before + 10)) ]
}

@test "a row that is wrong is refused alone, with its place and the reason" {
	local before
	before=$(seen evil.example)
	post 0101 "{\"sightings\":[$(row unknown.example 1),$(row evil.example 1),$(row evil.example 0),
		$(row evil.example 1 2020-01-01T00:00:00Z),$(row evil.example 1 2099-01-01T00:00:00Z),
		$(row evil..example 1),$(row evil.example 1 "$(date -u +%FT%TZ)" "$(date -u -d '-1 hour' +%FT%TZ)")]}" \
		>"$tmp/answer"
	status_is 200
	[ "$(jq -r '.refused[] | "\(.index) \(.reason)"' "$tmp/answer")" = \
"0 the hub does not know it
2 count: at least 1
3 first is more than 90 days ago
4 last is in the future
5 domain \"evil..example\": a label is empty
6 first is after last" ] || { cat "$tmp/answer"; false; }
	[ "$(seen evil.example)" -eq $((before + 1)) ]
}

@test "what is no batch is refused whole" {
	post 0101 '{"sightings":[{"value":"evil.example","who":"hansen"}]}'
	status_is 400
	post 0101 '{"sightings":7}'
	status_is 400
	post 0101 "{\"who\":\"x\",\"sightings\":[]}"
	status_is 400
	TOKEN=$(as 0101 token --scope feed) post 0101 "{\"sightings\":[$(row evil.example 1)]}"
	status_is 403
}

@test "last month's are in a partition of their own, and go with it" {
	local private
	post 0101 "{\"sightings\":[$(row evil.example 1 "$(date -u -d '-40 days' +%FT%TZ)")]}"
	status_is 200
	[ "$(sql "SELECT count(*) FROM pg_inherits WHERE inhparent = 'sighting'::regclass")" -ge 2 ]
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	{ cat "$HUB/varseld.conf"; echo 'retain-sightings = "8d"'; } |
		as_service tee "$private/retain.conf" >/dev/null
	run -0 as_service "$private/varseld" -c "$private/retain.conf" retain
	[[ $output == *'1 sightings from before '* ]]
	[ "$(sql "SELECT count(*) FROM sighting WHERE hour < now() - interval '39 days'")" = 0 ]
	[ "$(sql 'SELECT count(*) FROM sighting')" -gt 0 ]
}
