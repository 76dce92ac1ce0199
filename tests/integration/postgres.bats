#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The embedded database: private, durable, and gone without a trace afterwards.

setup() {
	load lib
	dir=$BATS_TEST_TMPDIR/a\ folder
	mkdir "$dir"
	chmod 700 "$dir"
}

teardown() {
	if [ -f "$dir/private" ]; then
		embedded-postgres stop "$dir"
	fi
}

query() {
	psql -X -q -A -t -v ON_ERROR_STOP=1 "$(cat "$dir/postgres.url")" -c "$1"
}

@test "start makes a database that only its user and root can reach" {
	local private
	embedded-postgres start "$dir"
	private=$(cat "$dir/private")
	[[ $private =~ ^/tmp/varsel\.[A-Za-z0-9]{6}$ ]]
	[ "$(stat -c %a "$private")" = 700 ]
	[ "$(query 'SHOW fsync')" = on ]
	[ "$(query 'SHOW listen_addresses')" = '' ]
	[ "$(query 'SHOW server_encoding')" = UTF8 ]
	# The hub's role owns its database and is no superuser.
	[ "$(query 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')" = f ]
	query 'CREATE TABLE owned (a int)'
	if [ "$(id -u)" -eq 0 ]; then
		[ "$(stat -c %U "$private")" = postgres ]
		run ! runuser -u nobody -- psql -X "$(cat "$dir/postgres.url")" -c 'SELECT 1'
	fi
}

@test "halt and resume keep the rows, stop removes everything" {
	local private
	embedded-postgres start "$dir"
	private=$(cat "$dir/private")
	query 'CREATE TABLE kept AS SELECT 42 AS a'
	embedded-postgres halt "$dir"
	run ! query 'SELECT 1'
	embedded-postgres resume "$dir"
	[ "$(query 'SELECT a FROM kept')" = 42 ]
	embedded-postgres stop "$dir"
	[ ! -e "$private" ]
	run ! pgrep -f "$private"
	[ -z "$(ls -A "$dir")" ]
}

@test "a second start is refused and harms nothing" {
	embedded-postgres start "$dir"
	run ! embedded-postgres start "$dir"
	[[ $output == *'already has a database'* ]]
	[ "$(query 'SELECT 1')" = 1 ]
}

@test "stop removes nothing that is not its own" {
	local victim=$BATS_TEST_TMPDIR/victim link
	mkdir "$victim"
	echo "$victim" >"$dir/private"
	run ! embedded-postgres stop "$dir"
	[ -d "$victim" ]
	# A link in the right place that leads elsewhere.
	link=$(mktemp -u /tmp/varsel.XXXXXX)
	ln -s "$victim" "$link"
	echo "$link" >"$dir/private"
	run ! embedded-postgres stop "$dir"
	rm "$(cat "$dir/private")"
	[ -d "$victim" ]
	rm "$dir/private"
}

@test "a start that fails leaves nothing" {
	local private
	# The last step cannot be done: a folder stands where the file should go.
	mkdir "$dir/postgres.url"
	run ! embedded-postgres start "$dir"
	private=$(grep -o '/tmp/varsel\.[A-Za-z0-9]* was removed' <<<"$output")
	private=${private% was removed}
	[ ! -e "$private" ]
	[ ! -e "$dir/private" ]
	run ! pgrep -f "$private"
}
