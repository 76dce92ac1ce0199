#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The heartbeat: varselctl attest signs which tree it followed, and the hub logs it when it
# is its own. What clients make of it: tests/fault/attest.bats.
load lib

setup_file() {
	hub_start --attest 86400
	enrol 0101 København
}
teardown_file() { hub_stop; }

log_size() {
	sql "SELECT size FROM log"
}

# post_attest SIZE ROOT [KEY]: posts what varselctl attest would never sign, issued a little
# later than anything that it did sign. The answer is in $output.
post_attest() {
	local note=$BATS_TEST_TMPDIR/attest
	printf 'varsel/statement/v1\nlog %s\nissued %s\nverb attest\nsize %s\nroot %s\n' \
		"devhub.varsel.test/feed/kommuner" "$(date -u -d '+60 seconds' +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" \
		>"$note.text"
	sign_note "$note.text" "${3:-$HUB/attest.key}" >"$note"
	run -0 get - /v1/statements -H 'Content-Type: text/plain' --data-binary "@$note"
}

@test "an attest of an empty log is logged, and says nothing" {
	run -0 --separate-stderr ctl attest
	[ -z "$output$stderr" ]
	[ "$(log_size)" = 1 ]
	[ "$(sql "SELECT verb, expires IS NULL, bundle_sha256 IS NULL FROM statement")" = 'attest|t|t' ]
	[ "$(sql "SELECT action, detail FROM audit WHERE action = 'attest'")" = 'attest|0 entries' ]
}

@test "what is approved, revoked and attested is followed without a word" {
	ctl approve evil.example other.example --reason test >"$BATS_TEST_TMPDIR/out"
	ctl revoke other.example --reason test >"$BATS_TEST_TMPDIR/out"
	run -0 ctl attest -v
	[ "$output" = 'attested 3 entries, as entry 3' ]
	run -0 --separate-stderr as 0101 pull
	[ -z "$output$stderr" ]
	[ "$(out 0101 list-domain.txt)" = evil.example ]
	[ "$(as 0101 status --json | jq .hold)" = null ]
}

@test "an attest key is good for nothing else, and no other key attests" {
	local conf=$HUB/attests.conf
	sed "s|^signing = .*|signing = \"$HUB/attest.key\"|; /^name = /d" \
		"$HUB/coordinator.conf" >"$conf"
	run -65 varselctl -c "$conf" approve forged.example --reason test
	sed "s|^attest = .*|attest = \"$HUB/coordinator/coordinator.key\"|" \
		"$HUB/coordinator.conf" >"$conf"
	run -65 varselctl -c "$conf" attest
	[[ $output == *'attest'* ]]
	[ "$(log_size)" = 4 ]
	rm "$conf"
}

@test "the hub refuses the attest of a tree that it never signed" {
	export TOKEN
	TOKEN=$(tail -n1 "$HUB/coordinator/state/token")
	post_attest 99 "$(printf '%064d' 0)"
	status_is 422
	[[ $output == *'of 99 entries; this log has 4'* ]]
	post_attest 3 "$(printf '%064d' 0)"
	status_is 422
	[[ $output == *'the root of the first 3 entries is '*", not $(printf '%064d' 0)"* ]]
	[ "$(log_size)" = 4 ]
	post_attest 3 "$(sql "SELECT encode(root, 'hex') FROM checkpoint WHERE size = 3")"
	status_is 201
	[ "$(log_size)" = 5 ]
}

@test "a statement that the log lacks is named, and nothing is signed" {
	local kept=$HUB/coordinator/state/signed lost=$BATS_TEST_TMPDIR/lost
	# As if the hub had answered, and then never logged it: what another hub would take.
	printf 'varsel/statement/v1\nlog %s\nissued %s\nverb void\nstatement %s\n' \
		"devhub.varsel.test/feed/kommuner" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
		"$(printf '%064d' 0)" >"$lost.text"
	sign_note "$lost.text" "$HUB/coordinator/coordinator.key" >"$lost"
	hash=$(sha256sum <"$lost.text" | cut -d' ' -f1)
	cp "$lost" "$kept/$hash"
	run -76 ctl attest
	[[ $output == *"the log lacks what was signed here: void issued "*"$hash" ]]
	[ "$(log_size)" = 5 ]
	# damaged: what was signed can no longer be told
	echo x >>"$kept/$hash"
	run -65 ctl attest
	[[ $output == *"$hash: "* ]]
	rm "$kept/$hash"
	run -0 ctl attest
	[ -z "$output" ]
}

@test "a root without attests wants none" {
	local dir=$BATS_FILE_TMPDIR/plain
	devhub start "$dir"
	run varselctl -c "$dir/coordinator.conf" attest
	devhub stop "$dir"
	[ "$status" -eq 78 ]
	[[ $output == *attest* ]]
}
