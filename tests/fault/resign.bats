#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Before a key leaves the root document, or a threshold rises: what hangs on it is found
# offline, and signed again.

setup_file() {
	load lib
	hub_start --coordinators 2 --threshold 1
	enrol 0101 København
	ctl2 approve old.example back.example --until 20d --reason 'By the second'
	ctl approve other.example --until 20d
	ctl approve kept-out.example --until 20d
	ctl2 revoke kept-out.example --reason 'By the second'
	ctl2 revoke back.example --reason 'By the second'
	ctl approve --action watch back.example --until 10d
	ctl approve erased.example beside.example
	ctl2 erase erased.example --reason 'On request'
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	cd "$BATS_TEST_TMPDIR" || return 1
	umask 077
	SECOND=devhub.varsel.test/coordinator/coordinator2
}

in_force() {
	varselctl -c "$HUB/coordinator.conf" list --json | jq -c '[.[] | [.value, .action, .until, .orgs, .tags]]'
}

@test "coordinator key removed from root: root new refuses to drop a key on which something in force hangs" {
	ctl list >/dev/null
	run ctl root new --from "$HUB/root.1" --drop "$SECOND"
	[ "$status" -eq 65 ]
	[[ $output == *'2 lines in force, 1 revoked values and 1 voids hang on it, as known here at 20'* ]]
	[[ $output == *'varselctl resign'* ]]
	[[ $output != *'varsel/root/v1'* ]]
	# The other key, the threshold, the lifetime, another log.
	run ctl root new --from "$HUB/root.1" --drop devhub.varsel.test/coordinator/coordinator
	[ "$status" -eq 65 ]
	run ctl root new --from "$HUB/root.1" --coordinator-threshold 2
	[ "$status" -eq 65 ]
	[[ $output == *'4 lines in force, 0 revoked values and 0 voids hang on it'* ]]
	run ctl root new --from "$HUB/root.1" --max-lifetime 1d
	[ "$status" -eq 65 ]
	# What changes nothing of that is drafted.
	run ctl root new --from "$HUB/root.1" --max-age 2h
	[ "$status" -eq 0 ]
	[[ $output == *'0 lines in force, 0 revoked values and 0 voids hang on it'* ]]
	run ctl root new --from "$HUB/root.1" --drop "$SECOND" --compromised
	[ "$status" -eq 0 ]
	[[ $output == *'varsel/root/v1'* ]]
	# Nothing known: said, and drafted.
	run varselctl -c nowhere root new --from "$HUB/root.1" --drop "$SECOND"
	[ "$status" -eq 0 ]
	[[ $output == *'not checked'* ]]
}

@test "coordinator key removed from root: after resign what is in force stays as it is, and what is out stays out" {
	local before
	before=$(in_force)
	run ctl resign -n --drop "$SECOND"
	[ "$status" -eq 0 ]
	[ "$output" = '2 lines in force, 1 revoked values and 1 voids hang on it' ]
	run ctl2 resign --drop "$SECOND"
	[ "$status" -eq 65 ]
	[[ $output == *'is not to stay'* ]]
	run ctl resign --drop nobody
	[ "$status" -eq 64 ]
	run ctl resign
	[ "$status" -eq 0 ]
	[[ $output == *'approved 2, revoked 1, void 1'* ]]
	ctl root new --from "$HUB/root.1" --drop "$SECOND" -o root.2
	[ "$(in_force)" = "$before" ]
	run ctl resign --drop "$SECOND"
	[ "$status" -eq 0 ]
	[ "$output" = '0 lines in force, 0 revoked values and 0 voids hang on it' ]
	varselctl root sign --key "$HUB/root.key" root.2
	as 0101 pull
	out 0101 list-domain.txt >before.list
	root_add root.2
	as 0101 pull
	[ "$(as 0101 status --json | jq .root_version)" = 2 ]
	out 0101 list-domain.txt | same before.list -
	[ "$(in_force)" = "$before" ]
	enrol 0751 Aarhus
	as 0751 pull
	out 0751 list-domain.txt | same before.list -
	run ctl2 approve late.example
	[ "$status" -eq 65 ]
}

@test "coordinator key removed from root: a threshold that rises, signed ahead by two" {
	local second before id
	second=$(cat "$HUB/coordinator2.vkey")
	before=$(in_force)
	ctl root new --from root.2 --key coordinator="$second" -o root.3 2>/dev/null ||
		varselctl root new --from <(curl -s "$(hub_url)/v1/root/2") --key coordinator="$second" -o root.3
	varselctl root sign --key "$HUB/root.key" root.3
	root_add root.3
	ctl list >/dev/null
	run ctl resign --coordinator-threshold 2
	[ "$status" -eq 75 ]
	id=$(sed -n 's/^proposal //p' <<<"$output")
	run ctl resign --coordinator-threshold 2
	[ "$status" -eq 75 ]
	[ "$(sed -n 's/^proposal //p' <<<"$output")" = "$id" ]
	ctl2 cosign --yes "$id"
	run ctl resign --coordinator-threshold 2
	[ "$status" -eq 0 ]
	ctl root new --from root.3 --coordinator-threshold 2 -o root.4
	varselctl root sign --key "$HUB/root.key" root.4
	root_add root.4
	[ "$(in_force)" = "$before" ]
	as 0101 pull
	[ "$(as 0101 status --json | jq .root_version)" = 4 ]
	[ "$(ctl approve more.example | cut -d' ' -f1)" = proposal ]
}
