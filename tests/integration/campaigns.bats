#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# An attack goes from one municipality to the next: what the hub makes a campaign, what it does
# with it, and whom it tells.

setup_file() {
	load lib
	load receiver
	hub_start
	receiver_start </dev/null
	enrol 0101 København 0751 Aarhus 0461 Odense 0851 Aalborg
	# Tokens for the whole file.
	local code
	for code in 0101 0751 0461 0851; do
		as "$code" token >"$BATS_FILE_TMPDIR/token.$code"
	done
	ctl approve --reason test seen.example twice.example old.example
	varselctl -c "$HUB/coordinator.conf" watch --since 0 >"$BATS_FILE_TMPDIR/watched" \
		2>"$BATS_FILE_TMPDIR/watched.errors" 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/watch.pid"
}

teardown_file() {
	load lib
	load receiver
	[ ! -s "$BATS_FILE_TMPDIR/watch.pid" ] || kill "$(cat "$BATS_FILE_TMPDIR/watch.pid")" || true
	receiver_stop
	hub_stop
}

setup() {
	load lib
	load receiver
	watched=$BATS_FILE_TMPDIR/watched
	tmp=$BATS_TEST_TMPDIR
}

# push CODE LINE...: a report of these lines.
push() {
	local code=$1
	shift
	printf '%s\n' "$@" | as "$code" push -
}

# see CODE VALUE [TIME]: a sighting.
see() {
	local at=${3:-$(date -u +%FT%TZ)}
	TOKEN=$(cat "$BATS_FILE_TMPDIR/token.$1") get "$1" /v1/sightings \
		-H 'Content-Type: application/json' --data-binary \
		"{\"sightings\":[{\"value\":\"$2\",\"count\":1,\"first\":\"$at\",\"last\":\"$at\",\"source\":\"dns\"}]}" \
		>"$tmp/sighted"
	jq -e '.accepted == 1' "$tmp/sighted" >"$tmp/accepted"
}

campaigns() {
	sql "SELECT joined_by, key, orgs, indicators FROM campaign WHERE closed IS NULL ORDER BY id"
}

count() {
	sql "SELECT count(*) FROM campaign"
}

alert_stored() {
	[ "$(sql "SELECT count(*) FROM outbox WHERE delivered IS NULL")" = 0 ]
}

# told CHANGE KEY: how many events say so.
told() {
	sql "SELECT count(*) FROM event WHERE kind = 'campaign' AND audience = 'member'
		AND body->>'change' = '$1' AND body->>'key' = '$2'"
}

@test "two municipalities are none, however often they see it" {
	for _ in 1 2 3; do
		see 0101 twice.example
		see 0751 twice.example
		push 0751 twice.example
	done
	[ "$(count)" = 0 ]
	[ "$(ctl campaigns --json | jq -c .campaigns)" = '[]' ]
	until_true grep -q '  0751 reported 1 indicator, 1 of them known (report [0-9]*)$' "$watched"
	grep -q '^....-..-..T..:..:..Z  0101 saw 1 indicator, 1 time$' "$watched"
	run ! grep campaign "$watched"
	[ ! -s "$ALERTS/log" ]
}

@test "three that see one domain are a campaign, and one alert, though the hub is killed" {
	see 0101 seen.example
	see 0751 seen.example
	see 0751 seen.example
	[ "$(count)" = 0 ]
	# Killed while the receiver has it and has not answered.
	echo hold >"$ALERTS/mode"
	see 0461 seen.example
	[ "$(campaigns)" = 'indicator|seen.example|3|1' ]
	[ "$(told opened seen.example)" = 1 ]
	until_true are_alerts held 1
	hub_kill
	echo take >"$ALERTS/mode"
	until_true are_alerts gone 1
	devhub resume "$HUB"
	until_true are_alerts taken 1
	alerts taken campaign | jq -e '.kind == "campaign" and .data.change == "opened" and .data.orgs == 3
		and .data.key == "seen.example" and .data.indicators[0].value == "seen.example"'
	[ "$(alerts gone)" = "$(alerts taken)" ] # the same number and bytes
	until_true grep -q 'Z  campaign 1: 3 municipalities reported or saw 1 indicator, joined by indicator seen.example$' \
		"$watched"
	# Killed once more, when that is stored: nothing comes again.
	until_true alert_stored
	hub_kill
	devhub resume "$HUB"
	[ "$(grep -c 'Z  campaign 1: 3 ' "$watched")" = 1 ]
	ctl campaigns | grep -q $'^1\topen\t3\t1\t.*\tindicator seen.example'
	ctl show seen.example | grep -q '^campaigns   1, open, indicator seen.example: 3 municipalities, 1 indicators'
	[ "$(sql "SELECT actor, detail FROM audit WHERE action = 'campaign'")" = \
		'hub|opened: by indicator, 3 organisations, 1 indicators' ]
	# More of the same are no news; another municipality is.
	see 0461 seen.example
	[ "$(told grown seen.example)" = 0 ]
	see 0851 seen.example
	[ "$(campaigns)" = 'indicator|seen.example|4|1' ]
	[ "$(told grown seen.example)" = 1 ]
	until_true grep -q 'Z  campaign 1 has grown: 4 municipalities ' "$watched"
	[ "$(count)" = 1 ]
}

@test "what is seen later below the same registered domain joins it" {
	push 0101 login.seen.example
	[ "$(campaigns)" = 'indicator|seen.example|4|2' ]
	[ "$(told grown seen.example)" = 2 ]
}

@test "who was part of it is for coordinators" {
	local token
	token=$(cat "$BATS_FILE_TMPDIR/token.0101")
	TOKEN=$token get 0101 /v1/campaigns | jq -e '.campaigns[0] | .orgs == 4 and (has("members") | not)
		and .indicators[0].value == "seen.example" and .indicators[0].state == "approved"'
	TOKEN=$token get 0101 /v1/campaigns/1 | jq -e '.size == 2 and (has("members") | not)'
	ctl campaigns --json | jq -e '.campaigns[0].members | map(.name) ==
		["København", "Odense", "Aarhus", "Aalborg"]'
	TOKEN=$token get 0101 /v1/campaigns/7 >"$tmp/answer"
	status_is 404
	TOKEN=$token get 0101 '/v1/campaigns?state=x' >"$tmp/answer"
	status_is 422
	TOKEN=$token get 0101 /v1/campaigns/1/close -H 'Content-Type: application/json' --data '{}' \
		>"$tmp/answer"
	status_is 403
}

@test "what was seen before the window does not count" {
	local before
	before=$(count)
	see 0101 old.example "$(date -u -d '-25 hours' +%FT%TZ)"
	see 0751 old.example "$(date -u -d '-23 hours' +%FT%TZ)"
	see 0461 old.example
	[ "$(count)" = "$before" ]
	see 0101 old.example "$(date -u -d '-23 hours' +%FT%TZ)"
	[ "$(campaigns | tail -n1)" = 'indicator|old.example|3|1' ]
	# Nor what was seen within it, and is not any more when others come.
	before=$(count)
	push 0101 aged.example
	push 0751 aged.example
	sql "UPDATE activity SET last = ARRAY(SELECT l - interval '25 hours' FROM unnest(last) l)"
	push 0461 aged.example
	[ "$(count)" = "$before" ]
}

@test "neighbours are one: a registered domain, a /24, a /48" {
	push 0101 a.shop.co.uk 198.51.100.7
	push 0751 https://b.shop.co.uk/login 198.51.100.9
	push 0461 other.co.uk 2001:db8:7:1::1
	[ "$(told opened shop.co.uk)" = 0 ]
	push 0461 mail@shop.co.uk
	[ "$(campaigns | tail -n1)" = 'domain|shop.co.uk|3|3' ]
	push 0461 198.51.100.11
	[ "$(campaigns | tail -n1)" = 'net|198.51.100.0/24|3|3' ]
	push 0101 2001:db8:7:2::1
	push 0751 2001:db8:7:3::1
	[ "$(campaigns | tail -n1)" = 'net|2001:db8:7::/48|3|3' ]
	# other.co.uk shares but a public suffix with the shop.
	[ "$(sql "SELECT count(*) FROM campaign_indicator x JOIN indicator i ON i.id = x.indicator_id
		WHERE i.value = 'other.co.uk'")" = 0 ]
}

@test "what one report names together is one" {
	push 0101 first.example second.example third.example
	push 0751 second.example
	[ "$(told opened "$(sql 'SELECT max(report_id) FROM joint')")" = 0 ]
	push 0461 third.example
	[ "$(campaigns | tail -n1)" = "report|$(sql 'SELECT max(report_id) FROM joint')|3|3" ]
}

@test "a longer report joins less: each ten lines take one municipality more" {
	local before
	before=$(count)
	# shellcheck disable=SC2046 # one a word
	push 0101 $(printf 'daily%d.example ' {1..11})
	push 0751 daily3.example
	push 0461 daily7.example
	[ "$(count)" = "$before" ]
	push 0851 daily9.example
	[ "$(campaigns | tail -n1)" = "report|$(sql 'SELECT max(report_id) FROM joint')|4|11" ]
}

@test "long addresses keep no report out" {
	local filler
	filler=$(printf 'x%.0s' {1..1900})
	# shellcheck disable=SC2046 # a line each
	push 0101 $(seq -f "https://long.example/$filler-%.0f" 12)
	push 0751 https://long.example/
	push 0461 long.example
	[ "$(campaigns | tail -n1)" = 'domain|long.example|3|14' ]
	[ "$(told opened long.example)" = 1 ]
	TOKEN=$(cat "$BATS_FILE_TMPDIR/token.0101") get 0101 /v1/campaigns >"$tmp/answer"
	jq -e '.campaigns[0].size == 14 and (.campaigns[0].indicators | length) == 10' "$tmp/answer"
}

@test "what was taken back does not count, for nothing of it" {
	local first
	push 0101 back.example kept.example
	first=$(sql 'SELECT max(id) FROM report')
	push 0101 other.back.example
	push 0101 kept.example
	as 0101 withdraw "$first"
	push 0751 back.example
	push 0461 back.example
	push 0461 kept.example
	# By its domain alone, of which another report of 0101 says something.
	[ "$(campaigns | tail -n1)" = 'domain|back.example|3|2' ]
	push 0851 back.example
	push 0751 kept.example
	[ "$(campaigns | tail -n1)" = 'indicator|kept.example|3|1' ]
	push 0101 gone.example with.example
	as 0101 withdraw "$(sql 'SELECT max(id) FROM report')"
	push 0751 gone.example
	push 0461 with.example gone.example
	[ "$(campaigns | tail -n1)" = 'indicator|kept.example|3|1' ]
}

@test "an indicator of a thousand tags costs no more than one of a few" {
	local before
	ctl approve --reason test tagged.test
	sql "INSERT INTO indicator_tag SELECT id, 'x' || n FROM indicator, generate_series(1, 1000) n
		WHERE value = 'tagged.test'"
	before=$(sql 'SELECT count(*) FROM activity')
	see 0101 tagged.test
	[ $(($(sql 'SELECT count(*) FROM activity') - before)) -le 18 ]
}

@test "a tag joins, too" {
	printf 'value,tag\n%s\n' 'one-tagged.example,kampagne7' | as 0101 push --format csv -
	printf 'value,tag\n%s\n' 'two-tagged.example,kampagne7' | as 0751 push --format csv -
	printf 'value,tag\n%s\n' '192.0.2.77,kampagne7' | as 0851 push --format csv -
	[ "$(campaigns | tail -n1)" = 'tag|kampagne7|3|3' ]
}

@test "three long lists that are the same are one campaign, not hundreds" {
	local before code
	before=$(count)
	seq -f 'host.list-%.0f.example' 300 >"$tmp/list"
	for code in 0101 0751 0461; do
		as "$code" push "$tmp/list"
	done
	[ "$(count)" = $((before + 1)) ]
	[ "$(campaigns | tail -n1 | cut -d'|' -f1,3,4)" = 'report|3|300' ]
}

@test "its indicators are raised in the queue" {
	push 0101 alone.example
	# first.example has one municipality and is in a campaign, popular.example has two.
	push 0101 popular.example
	push 0751 popular.example
	ctl queue >"$tmp/queue"
	[ "$(grep -n $'\tfirst.example\t' "$tmp/queue" | cut -d: -f1)" -lt \
		"$(grep -n $'\tpopular.example\t' "$tmp/queue" | cut -d: -f1)" ]
	grep $'\tfirst.example\t' "$tmp/queue" | cut -f10 | grep -qx campaign
	grep $'\tpopular.example\t' "$tmp/queue" | cut -f10 | grep -qx ''
	# It is no flag: --all takes them.
	ctl approve --reason test --all --tag kampagne7
	[ "$(sql "SELECT count(*) FROM indicator i JOIN indicator_tag t ON t.indicator_id = i.id
		WHERE tag = 'kampagne7' AND state = 'approved'")" = 3 ]
}

@test "those that come at the same time do not miss each other" {
	local i code
	for i in $(seq 6); do
		for code in 0101 0751 0461 0851; do
			push "$code" "at-once-$i.example" 3>&- &
		done
		wait
	done
	[ "$(sql "SELECT count(*), min(orgs), max(orgs) FROM campaign WHERE key LIKE 'at-once-%'")" = '6|4|4' ]
	for i in $(seq 6); do
		[ "$(told opened "at-once-$i.example")" = 1 ]
	done
}

@test "closed it is over: it takes three anew to open another" {
	local id
	id=$(sql "SELECT id FROM campaign WHERE key = 'seen.example'")
	ctl campaigns --close "$id" --reason 'ryddet op'
	[ "$(sql "SELECT campaigns FROM indicator WHERE value = 'seen.example'")" = 0 ]
	[ "$(told closed seen.example)" = 1 ]
	run ! grep seen.example <(ctl campaigns)
	ctl campaigns --all | grep -q $'^'"$id"$'\tclosed\t4\t2\t.*\tryddet op$'
	sql "SELECT actor, detail FROM audit WHERE action = 'campaign' AND subject = '$id' ORDER BY id" |
		tail -n1 | grep -qx 'devhub.varsel.test/login/coordinator|closed: ryddet op'
	ctl campaigns --close "$id" # is what it was
	[ "$(told closed seen.example)" = 1 ]
	see 0101 seen.example
	see 0751 seen.example
	[ "$(sql "SELECT count(*) FROM campaign WHERE key = 'seen.example'")" = 1 ]
	see 0851 seen.example
	[ "$(sql "SELECT count(*) FROM campaign WHERE key = 'seen.example'")" = 2 ]
	run -64 ctl campaigns --close x
	run -65 ctl campaigns --close 999
	[[ $output == *'no campaign 999'* ]]
}

@test "each that opened or closed was one alert, whatever happened" {
	until_true alert_stored
	sql "SELECT id FROM event WHERE kind = 'campaign' AND body->>'change' <> 'grown' ORDER BY id" \
		>"$tmp/want"
	alerts taken | jq .event | sort -n | same "$tmp/want" -
	[ "$(grep -c ' campaign [0-9]*: ' "$watched")" = "$(count)" ]
	until_true grep -q ' campaign 1 is over: 4 municipalities ' "$watched"
}

@test "watch: as JSON, from where one likes; Ctrl-C ends it with 0" {
	varselctl -c "$HUB/coordinator.conf" watch --json --since 0 >"$tmp/all" 3>&- &
	local all=$!
	until_true grep -q "^{\"id\":$(sql 'SELECT max(id) FROM event')," "$tmp/all"
	jq .id "$tmp/all" | same <(sql 'SELECT id FROM event ORDER BY id') -
	jq -es 'map(select(.event == "campaign"))[0].data.key == "seen.example"' "$tmp/all"
	kill -INT "$all"
	wait "$all"
	kill -INT "$(cat "$BATS_FILE_TMPDIR/watch.pid")"
	until_true eval "! kill -0 $(cat "$BATS_FILE_TMPDIR/watch.pid") 2>/dev/null"
	: >"$BATS_FILE_TMPDIR/watch.pid"
	# It said that the hub was away, and missed nothing.
	grep -q 'it will be tried again$' "$BATS_FILE_TMPDIR/watched.errors"
	[ "$(wc -l <"$watched")" = "$(sql 'SELECT count(*) FROM event')" ]
	run -64 ctl watch x
}

quiet() {
	[ "$(sql "SELECT closed_by FROM campaign WHERE key = 'old.example'")" = hub ]
}

@test "quiet for a week it closes by itself; retention takes it away" {
	local private
	sql "UPDATE campaign SET last = last - interval '8 days' WHERE key = 'old.example'"
	until_true quiet
	sql "UPDATE campaign SET closed = closed - interval '800 days' WHERE key = 'old.example';
		UPDATE activity SET last = ARRAY[now() - interval '2 days'];
		UPDATE joint SET at = now() - interval '2 days'"
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	run -0 as_service "$private/varseld" -c "$private/varseld.conf" retain
	[[ $output == *'1 campaigns from before '* ]]
	[ "$(sql "SELECT count(*) FROM campaign WHERE key = 'old.example'")" = 0 ]
	[ "$(sql 'SELECT (SELECT count(*) FROM activity) + (SELECT count(*) FROM joint)')" = 0 ]
}
