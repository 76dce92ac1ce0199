#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# GET /v1/events: who is told what, where it goes on, and when it ends.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
	# Followers for the whole file: what they were sent is looked at when it is due.
	follow member "$(as 0101 token)"
	ctl queue >/dev/null
	follow coordinator "$(coordinator)"
}

teardown_file() {
	load lib
	local pid
	while read -r pid; do
		kill "$pid" 2>/dev/null || true
	done <"$BATS_FILE_TMPDIR/followers"
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
	files=$BATS_FILE_TMPDIR
}

coordinator() {
	tail -n1 "$HUB/coordinator/state/token"
}

# follow NAME TOKEN [CURL OPTION...]: a follower in the background, whose first bytes are
# here when this returns. Its pid is in FOLLOWER.
follow() {
	local name=$1 token=$2
	shift 2
	: >"$BATS_FILE_TMPDIR/$name"
	curl -sN -o "$BATS_FILE_TMPDIR/$name" -H "Authorization: Bearer $token" "$@" \
		"$(hub_url)/v1/events" 3>&- &
	FOLLOWER=$!
	echo "$FOLLOWER" >>"$BATS_FILE_TMPDIR/followers"
	until_true grep -q '^retry: ' "$BATS_FILE_TMPDIR/$name"
}

# data NAME KIND: the data of a follower's events of a kind.
data() {
	grep -A1 "^event: $2\$" "$files/$1" | sed -n 's/^data: //p'
}

numbers() {
	sed -n 's/^id: //p' "$1"
}

@test "a report, what it leads to, sightings and receipts are told to those who may know" {
	local now
	now=$(date -u +%FT%TZ)
	printf '45.1.1.159\nevil.example\n' | as 0751 push -
	ctl approve --reason test evil.example 45.1.1.159
	as 0751 pull
	get 0751 /v1/sightings -H 'Content-Type: application/json' --data-binary \
		"{\"sightings\":[{\"value\":\"evil.example\",\"count\":3,\"first\":\"$now\",\"last\":\"$now\",\"source\":\"dns\"}]}"
	status_is 200
	until_true grep -q '^event: sighting$' "$files/coordinator"
	data coordinator queue | jq -e '.org == "0751" and .accepted == 2 and .report == 1'
	data coordinator receipt | jq -e '.org == "0751" and .size == 1 and .active == 2 and .failed == 0'
	data coordinator sighting | jq -e '.org == "0751" and .rows == 1 and .count == 3'
	data coordinator log | jq -e '.size == 1 and .verb == "approve" and .lines == 2'
	until_true grep -q '^event: log$' "$files/member"
	data member log | jq -e '.size == 1 and .at >= "2026"'
	[ "$(grep -c '^event: ' "$files/member")" = 1 ]
}

@test "what was refused or came twice is told to nobody" {
	local before
	before=$(sql 'SELECT count(*) FROM event')
	as 0751 sign - <<<'203.0.113.9' >"$tmp/note"
	post_note() {
		get 0751 /v1/reports -H 'Content-Type: text/plain' --data-binary @"$tmp/note" >"$tmp/answer"
	}
	post_note
	post_note
	TOKEN=$(as 0101 token) post_note
	status_is 403
	as 0751 pull
	[ "$(sql 'SELECT count(*) FROM event')" = $((before + 1)) ]
}

@test "Last-Event-ID goes on behind that one; after= does, too" {
	local last
	last=$(sql "SELECT min(id) FROM event WHERE kind = 'queue'")
	follow again "$(coordinator)" -H "Last-Event-ID: $last"
	sql "SELECT id FROM event WHERE id > $last ORDER BY id" >"$tmp/want"
	same "$tmp/want" <(numbers "$files/again")
	get 0101 "/v1/events?after=0" -m 2 -N >"$tmp/all" || true
	sql "SELECT id FROM event WHERE audience = 'member' ORDER BY id" | same - <(numbers "$tmp/all")
	get 0101 /v1/events -H 'Last-Event-ID: 7x' >"$tmp/answer"
	status_is 422
	TOKEN=$(as 0101 token --scope report) get 0101 /v1/events >"$tmp/answer"
	status_is 403
}

@test "with many writers at once the followers get all of it, in order and once" {
	local i from
	from=$(sql 'SELECT max(id) FROM event')
	for i in $(seq 24); do
		echo "203.0.113.$((i + 10))" |
			as "$([ $((i % 2)) = 0 ] && echo 0101 || echo 0751)" push - 3>&- &
		[ $((i % 6)) != 0 ] || wait
	done
	wait
	sql "SELECT id FROM event WHERE id > $from ORDER BY id" >"$tmp/want"
	[ "$(wc -l <"$tmp/want")" = 24 ]
	until_true grep -qx "id: $(tail -n1 "$tmp/want")" "$files/coordinator"
	same "$tmp/want" <(numbers "$files/coordinator" | awk -v from="$from" '$1 > from')
}

@test "one that fell far behind gets a portion, and the next when it comes again" {
	local last
	sql "INSERT INTO event (at, kind, audience, body)
		SELECT now(), 'notice', 'member', '{}' FROM generate_series(1, 1500)"
	# The answer ends by itself.
	get 0101 '/v1/events?after=0' -N >"$tmp/portion"
	[ "$(numbers "$tmp/portion" | wc -l)" = 1000 ]
	last=$(numbers "$tmp/portion" | tail -n1)
	follow rest "$(as 0101 token)" -H "Last-Event-ID: $last"
	until_true grep -qx "id: $(sql 'SELECT max(id) FROM event')" "$files/rest"
	sql "SELECT id FROM event WHERE id > $last AND audience = 'member' ORDER BY id" |
		same - <(numbers "$files/rest")
}

@test "a ping comes when nothing else does" {
	until_true grep -qx ': ping' "$files/member"
}

@test "a suspended municipality is told no more" {
	follow gone "$(as 0751 token)"
	ctl org suspend 0751
	until_true eval "! kill -0 $FOLLOWER"
	wait "$FOLLOWER"
}

@test "who follows does not keep the hub from stopping; its limits hold" {
	local private
	devhub halt "$HUB" 2>"$tmp/halt"
	[ ! -s "$tmp/halt" ]
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	{ cat "$HUB/varseld.conf"; printf 'streams = 3\nstreams-per-org = 2\n'; } |
		as_service tee "$private/varseld.conf" >/dev/null
	devhub resume "$HUB"
	follow one "$(as 0101 token)"
	follow two "$(as 0101 token)"
	get 0101 /v1/events >"$tmp/answer"
	status_is 429
	ctl queue >/dev/null
	follow three "$(coordinator)"
	TOKEN=$(coordinator) get - /v1/events >"$tmp/answer"
	status_is 503
	# Who leaves makes room, also when nothing happens.
	kill "$FOLLOWER"
	room() {
		TOKEN=$(coordinator) get - /v1/events -m 1 >"$tmp/answer" || true
		grep -q 200 "$tmp/status"
	}
	until_true room
}

@test "varseld retain takes old events away" {
	local private
	sql "UPDATE event SET at = at - interval '40 days' WHERE kind = 'notice'"
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	run -0 as_service "$private/varseld" -c "$private/varseld.conf" retain
	[[ $output == *'1500 events from before '* ]]
	[ "$(sql "SELECT count(*) FROM event WHERE kind = 'notice'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM event")" -gt 20 ]
}
