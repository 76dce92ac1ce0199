#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The heartbeat that stops: a root that asks for an attest every few seconds.
load lib

setup_file() {
	hub_start --attest 6
	enrol 0101 København
}
teardown_file() { hub_stop; }

@test "revocation withheld: an attest overdue is a hold, in which revocations apply and approvals wait; the next one ends it" {
	export HUB
	ctl approve first.example second.example --reason test >"$BATS_TEST_TMPDIR/out"
	ctl attest
	as 0101 pull
	ctl approve late.example --reason test >"$BATS_TEST_TMPDIR/out"
	ctl revoke first.example --reason test >"$BATS_TEST_TMPDIR/out"
	# shellcheck disable=SC2016 # for the inner shell
	timeout 30 bash -c 'while varsel -c "$HUB/0101/varsel.conf" pull 2>"$HUB/why"; do :; done'
	grep 'attest overdue' "$HUB/why"
	run -76 as 0101 pull
	[ "$(as 0101 status --json | jq -r .hold.reason | cut -c1-14)" = 'attest overdue' ]
	out 0101 list-domain.txt | grep second.example
	run -0 out 0101 list-domain.txt
	[[ $output != *first.example* ]]
	ctl attest
	as 0101 pull
	out 0101 list-domain.txt | grep late.example
}
