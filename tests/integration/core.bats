#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The hub's rules, without HTTP, against a real PostgreSQL. One program for each subject.

setup_file() {
	load lib
	embedded-postgres start "$BATS_FILE_TMPDIR"
	make -s -C "$ROOT" core-tests
}

teardown_file() {
	load lib
	if [ -f "$BATS_FILE_TMPDIR/private" ]; then
		embedded-postgres stop "$BATS_FILE_TMPDIR"
	fi
}

setup() {
	load lib
	VARSEL_TEST_DATABASE=$(cat "$BATS_FILE_TMPDIR/postgres.url")
	export VARSEL_TEST_DATABASE
}

core() {
	"$ROOT/build/tests/integration/core/$1_test"
}

@test "reports: whose, which lines, counted right, also side by side" {
	core submission
}

@test "statements: who may decide, on what, and what it does" {
	core decision
}

@test "the log: start, crash, a second hub, a restored backup" {
	core log
}

@test "queue, list and lookup, page by page" {
	core indicators
}

@test "organisations, links, tokens, coordinators, root documents" {
	core access
}

@test "the connection: lost and found, deadlocks, migrations; every column is commented" {
	core db
}

@test "never-block hit: flagged when reported, refused without override, audited with it" {
	core neverblock
}

@test "disputes: in the queue whatever the state, closed by what is decided" {
	core dispute
}

@test "withdrawals: counted anew, also side by side" {
	core withdrawal
}

@test "voids: what they may name, and what is left of the indicators" {
	core voiding
}
