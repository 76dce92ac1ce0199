#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Receipts: after each change the hub has the newest signed word of what a municipality
# enforces, and no trouble with it is ever a pull's.
load lib

setup_file() {
	hub_start
	enrol 0101 København 0751 Aarhus
}
teardown_file() { hub_stop; }

# receipt CODE EXPRESSION: of the one that the hub has.
receipt() {
	sql "SELECT $2 FROM receipt r JOIN org o ON o.id = r.org_id WHERE o.code = '$1'"
}

# The text that was signed.
receipt_text() {
	sql "SELECT convert_from(note, 'UTF8') FROM receipt r
		JOIN org o ON o.id = r.org_id WHERE o.code = '$1'" | sed '/^— /,$d' | sed '$d'
}

@test "the first pull is receipted, and one without news is not" {
	as 0101 pull
	[ "$(receipt 0101 "size, active_count, outputs, failed, hold IS NULL, key_name")" = \
		'0|0|5|0|t|devhub.varsel.test/org/0101/1' ]
	[ ! -e "$HUB/0101/state/receipt" ]
	first=$(receipt 0101 received)
	as 0101 pull
	[ "$(receipt 0101 received)" = "$first" ]
	receipt_text 0101 | grep -E '^output list-ip applied 20[0-9-]{8}T[0-9:]{8}Z$'
	[ "$(receipt 0751 1)" = '' ]
}

@test "its digest is that of what was approved, before what is spared here" {
	local set=$BATS_TEST_TMPDIR/set until
	ctl approve evil.example 203.0.113.7 --until 7d --reason test >"$set.out"
	echo evil.example >"$HUB/0101/never-block"
	as 0101 pull
	as 0751 pull
	[ "$(out 0101 list-domain.txt)" = '' ]
	until=$(ctl list --json | jq -r '.[0].until')
	printf '%s\n' "domain evil.example block $until" "ip 203.0.113.7 block $until" >"$set"
	[ "$(receipt 0101 "size, active_count, encode(active_sha256, 'hex')")" = \
		"1|2|$(sha256sum <"$set" | cut -d' ' -f1)" ]
	[ "$(receipt 0751 'active_sha256')" = "$(receipt 0101 'active_sha256')" ]
	rm "$HUB/0101/never-block"
}

@test "an output that fails is in it, and one that is lifted" {
	local conf=$HUB/0751/varsel.conf
	cp "$conf" "$conf.good"
	sed -i "s|$HUB/0751/out/rpz.zone|$HUB/0751/nowhere/rpz.zone|" "$conf"
	run -73 as 0751 pull
	[ "$(receipt 0751 'outputs, failed')" = '5|1' ]
	receipt_text 0751 | grep -E '^output rpz failed 20[^ ]* output rpz: '
	mv "$conf.good" "$conf"
	as 0751 pull
	[ "$(receipt 0751 'outputs, failed')" = '5|0' ]
	run as 0751 off --for 1h
	[ "$(receipt 0751 'outputs, failed')" = '5|5' ]
	receipt_text 0751 | grep -E '^output list-ip failed 20[^ ]* off until 20'
	run as 0751 on
	[ "$(receipt 0751 'outputs, failed')" = '5|0' ]
}

@test "a hold is in it" {
	# A year ahead the newest checkpoint is far too old, and the hub gives no token.
	run -76 faketime -f +1y varsel -c "$HUB/0101/varsel.conf" pull
	[ -e "$HUB/0101/state/receipt" ]
	grep '^hold 20' "$HUB/0101/state/receipt"
}

@test "the hub down, the receipt waits and the pull is the same" {
	as 0101 pull
	[ ! -e "$HUB/0101/state/receipt" ]
	devhub halt "$HUB"
	rm "$HUB/0101/out/list-ip.txt"
	run -69 as 0101 pull
	[ -e "$HUB/0101/out/list-ip.txt" ]
	[ -e "$HUB/0101/state/receipt" ]
	devhub resume "$HUB"
	run -0 --separate-stderr as 0101 pull
	[ -z "$output$stderr" ]
	[ ! -e "$HUB/0101/state/receipt" ]
}

@test "altered, another's, another log's, old and unsigned ones are refused" {
	local note=$BATS_TEST_TMPDIR/note text=$BATS_TEST_TMPDIR/text
	post() {
		get 0101 /v1/receipts -H 'Content-Type: text/plain' --data-binary "@$1" \
			>"$BATS_TEST_TMPDIR/answer"
	}
	receipt_text 0101 >"$text"
	before=$(receipt 0101 received)
	sign_note "$text" "$HUB/0101/key" >"$note"
	post "$note"
	status_is 200
	jq -e '.stored == false' "$BATS_TEST_TMPDIR/answer"
	sed 's/^active-count .*/active-count 9/' "$note" >"$note.altered"
	post "$note.altered"
	status_is 422
	sign_note "$text" "$HUB/0751/key" >"$note"
	post "$note"
	status_is 403
	sed 's/^org 0101/org 0751/' "$text" >"$text.other"
	sign_note "$text.other" "$HUB/0751/key" >"$note"
	post "$note"
	status_is 403
	sed 's|/feed/kommuner|/feed/test|' "$text" >"$text.log"
	sign_note "$text.log" "$HUB/0101/key" >"$note"
	post "$note"
	status_is 422
	sed 's/^issued .*/issued 2026-01-01T00:00:00Z/' "$text" >"$text.old"
	sign_note "$text.old" "$HUB/0101/key" >"$note"
	post "$note"
	status_is 422
	printf 'output a thought b\n' >>"$text"
	sign_note "$text" "$HUB/0101/key" >"$note"
	post "$note"
	status_is 400
	[ "$(receipt 0101 received)" = "$before" ]
}
