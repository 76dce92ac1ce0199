#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What is old goes, by date, and what must stay stays.

setup_file() {
	load lib
	hub_start --coordinators 2
	enrol 0101 København
	printf 'evil.example\nother.example\n' | as 0101 push --comment 'set i loggen'
	as 0101 push - <<<third.example
	ctl approve evil.example
	ctl2 cosign 1 --yes
	as 0101 dispute evil.example --reason 'vores egen'
	ctl revoke evil.example --reason fejl
	ctl org link 0101 >/dev/null
	ctl audit verify
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
}

# retain [OPTION...]: as the console's user, with further lines in the configuration.
retain() {
	local private
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	{
		cat "$HUB/varseld.conf"
		printf '%s\n' "$@"
	} | as_service tee "$private/retain.conf" >/dev/null
	as_service "$private/varseld" -c "$private/retain.conf" retain
}

# Everything was done at least two seconds ago.
older() {
	# shellcheck disable=SC2016 # for the inner shell
	timeout 20 bash -c 'until [ "$(date +%s)" -gt "$1" ]; do sleep 0.1; done' - \
		"$(sql "SELECT extract(epoch FROM max(at))::bigint + 2 FROM audit")"
}

@test "by default nothing of today goes, and nothing is said" {
	[ -z "$(retain)" ]
	[ "$(sql "SELECT count(*) FROM report WHERE octet_length(note) > 0")" = 2 ]
}

@test "notes and comments of reports go; the reports stay, and are known again" {
	sql 'SELECT id, sha256, accepted, known FROM report ORDER BY id' >"$tmp/before"
	sql "UPDATE report SET received = now() - interval '729 days' WHERE id = 1"
	[ -z "$(retain)" ]
	sql "UPDATE report SET received = now() - interval '731 days' WHERE id = 1"
	[[ $(retain) == '1 notes of reports from before '* ]]
	sql 'SELECT id, sha256, accepted, known FROM report ORDER BY id' | same "$tmp/before" -
	[ "$(sql "SELECT string_agg(id || ':' || octet_length(note) || comment, ' ' ORDER BY id)
		FROM report WHERE octet_length(note) = 0")" = 1:0 ]
	get 0101 /v1/reports/1 | jq -e '.note == "" and .accepted == 2'
	ctl show evil.example
	[ -z "$(retain)" ]
}

@test "links that were used or ran out, nonces, closed disputes, settled proposals" {
	local open
	older
	open=$(sql 'SELECT count(*) FROM enrol_link WHERE used IS NULL')
	sql "UPDATE token_nonce SET at = at - interval '1 hour'"
	retain 'retain-links = "1s"' 'retain-disputes = "1s"' 'retain-proposals = "1s"' >"$tmp/out"
	sed 's/ from before .*//' "$tmp/out" | same - <(printf '1 enrolment links\n1 disputes\n1 proposals\n')
	[ "$(sql 'SELECT count(*) FROM enrol_link')" = "$open" ]
	[ "$(sql 'SELECT count(*) FROM token_nonce')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM dispute')|$(sql 'SELECT count(*) FROM proposal')" = '0|0' ]
	ctl audit | grep -P '\tconsole:[a-z]+\tretain\tdisputes\t1 from before '
}

@test "0s keeps for ever" {
	older
	[ -z "$(retain 'retain-reports = "0s"' 'retain-audit = "0s"')" ]
}

@test "the audit goes from its beginning, and the chain holds from there" {
	local last
	older
	last=$(sql 'SELECT max(id) FROM audit')
	ctl audit verify
	[[ $(retain 'retain-audit = "1s"') == "$last audit from before "* ]]
	# The record of what went stays.
	[ "$(sql "SELECT string_agg(id || action, ' ' ORDER BY id) FROM audit")" = \
		"$((last + 1))retain $((last + 2))retain" ]
	[ "$(sql 'SELECT count(*), min(id) FROM audit_cut')" = "1|$last" ]
	ctl audit verify | grep "^2 rows hold, up to row $((last + 2))$"
	as 0101 push - <<<fourth.example
	ctl audit verify | grep '^3 rows hold'
	# Another cut, and then somebody helps himself to one row more.
	older
	retain 'retain-audit = "1s"'
	ctl audit verify
	sql 'DELETE FROM audit WHERE id = (SELECT min(id) FROM audit)'
	run -65 ctl audit verify
	[[ $output == *'missing'* ]]
}

@test "who runs the hub cannot, nor does who deletes see what members wrote" {
	local hub
	hub=$(sed -n 's/^database = //p' "$HUB/varseld.conf")
	sed -i '/^database-retain/d' "$HUB/varseld.conf"
	run retain "database-retain = $hub" 'retain-audit = "1s"'
	[ "$status" -ne 0 ]
	[[ $output == *'permission denied'* ]]
	run psql -X "${hub//\"/}" -c 'DELETE FROM audit'
	[[ $output == *'permission denied'* ]]
	for statement in 'DELETE FROM report' 'SELECT comment FROM report' 'DELETE FROM statement' \
		"UPDATE audit SET actor = 'x'" 'DELETE FROM indicator' 'SELECT * FROM org_key'; do
		run psql -X "$(sed 's/user=varsel$/user=varsel_retain/' "$HUB/postgres.url")" \
			-c "$statement"
		[[ $output == *'permission denied'* ]]
	done
}
