#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What no coordinator would approve, signed all the same: a hub whose coordinator's key is
# stolen as well can ask for it, and the client does not do it.

setup_file() {
	load lib
	load hostile/lib
	evil_start
}

teardown_file() {
	load lib
	load hostile/lib
	evil_stop
}

setup() {
	load lib
	load hostile/lib
	evil_setup
	log_begin
	alarms=$BATS_TEST_TMPDIR/alarms
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"%s"\n' "$alarms" >"$BATS_TEST_TMPDIR/notify"
	chmod +x "$BATS_TEST_TMPDIR/notify"
	sed -i "s|^state-dir|notify = {\"$BATS_TEST_TMPDIR/notify\"}\n&|" "$HUB/$ME/varsel.conf"
	: >"$alarms"
}

# approve_all <LINES `KIND VALUE`, sorted: all of them in one statement, from now on.
approve_all() {
	local fields
	fields=$(sed "s/\$/ block until=$(rfc $((NOW + DAY)))/" | bundle_put)
	printf 'varsel/statement/v1\nlog %s\nissued %s\nverb approve\nexpires %s\n%s\n' \
		"$ORIGIN" "$(rfc "$NOW")" "$(rfc $((NOW + DAY)))" "$fields" |
		forge sign "$COORDINATOR_KEY" | log_add
}

# domains PREFIX N: that many lines.
domains() {
	seq -w "$2" | sed "s/.*/domain $1&.example/"
}

enforced() {
	out "$ME" list-domain.txt | wc -l
}

@test "a feed that would block too much: more than half as many again waits for a person" {
	domains base 1200 | approve_all
	log_publish
	follows "$ME"
	[ "$(enforced)" = 1200 ]
	domains more 1201 | approve_all
	log_publish
	held "$ME" '1201 new entries beside 1200 enforced: they wait for varsel pull --confirm'
	[ "$(enforced)" = 1200 ]
	run ! grep -q more "$HUB/$ME/out/rpz.zone"
	[ "$(grep -c '1201 new entries' "$alarms")" = 1 ]
	# Also in the next round; what is revoked goes all the same.
	revoke $((NOW + 1)) 'domain base0001.example'
	log_publish
	held "$ME" '1201 new entries'
	[ "$(enforced)" = 1199 ]
	as "$ME" pull --confirm
	[ "$(enforced)" = 2400 ]
	follows "$ME"
}

@test "a feed that would block too much: half as many come unasked" {
	domains base 2400 | approve_all
	log_publish
	follows "$ME"
	domains more 1200 | approve_all
	log_publish
	follows "$ME"
	[ "$(enforced)" = 3600 ]
}

@test "a feed that would block too much: a thousand beside a few come unasked" {
	domains few 10 | approve_all
	log_publish
	follows "$ME"
	domains thousand 1000 | approve_all
	log_publish
	follows "$ME"
	[ "$(enforced)" = 1010 ]
}

@test "a feed that would block too much: prefixes under /16 and /32 are left out, those lines alone" {
	printf 'ip %s\n' 0.0.0.0/0 2001::/16 203.0.0.0/15 203.0.113.7 '::/0' | LC_ALL=C sort |
		approve_all
	log_publish
	run --separate-stderr as "$ME" pull
	[ "$status" -eq 0 ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *'4 approved prefixes are too wide to be believed: left out'* ]]
	[ "$(out "$ME" list-ip.txt)" = 203.0.113.7 ]
	run ! grep -E '^(0\.0|203\.0\.0|2001::|::-)' "$HUB/$ME/out/varsel.nft"
	# The widest that may be.
	printf 'ip %s\n' 2a0f:1234::/32 45.155.0.0/16 | approve_all
	log_publish
	as "$ME" pull
	[ "$(out "$ME" list-ip.txt | wc -l)" = 3 ]
}

@test "a feed that would block too much: never-block hits are not applied, with an alarm" {
	printf '%s\n' 'domain borger.dk' 'domain evil.example' 'domain www.mitid.dk' 'ip 1.1.1.1' \
		'ip 10.0.0.0/16' 'ip 203.0.113.7' | approve_all
	log_publish
	run --separate-stderr as "$ME" pull
	[ "$status" -eq 0 ]
	for value in borger.dk www.mitid.dk 1.1.1.1 10.0.0.0/16; do
		[[ $stderr == *" $value is approved but not enforced: never block "* ]]
		grep -qF " $value is approved but not enforced" "$alarms"
	done
	[ "$(out "$ME" list-domain.txt)" = evil.example ]
	[ "$(out "$ME" list-ip.txt)" = 203.0.113.7 ]
	[ "$(wc -l <"$alarms")" = 4 ]
	[ "$(as "$ME" status --json | jq .spared)" = 4 ]
	run as "$ME" why borger.dk
	[ "$status" -eq 1 ]
	[[ $output == *'approved, but spared'* ]]
}
