#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Large lists: more than one report, more than one bundle, more than the guard asks about.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
}

@test "1,001 approvals after an empty pull are enforced without a question" {
	as 0751 pull
	seq 1001 | sed 's/.*/first&.example/' >"$tmp/list"
	as 0101 push "$tmp/list"
	ctl approve --all --until 30d
	as 0751 pull
	LC_ALL=C sort "$tmp/list" >"$tmp/want"
	out 0751 list-domain.txt >"$tmp/got"
	same "$tmp/want" "$tmp/got"
}

@test "a plan that was made while the queue was all but empty looks at each indicator once" {
	local owner
	owner=$(cat "$HUB/postgres.url")
	sql 'VACUUM ANALYZE queue'
	psql -X -q -A -t -v ON_ERROR_STOP=1 "${owner/user=varsel/user=postgres}" 2>"$tmp/plans" <<-'SQL'
		LOAD 'auto_explain';
		SET auto_explain.log_analyze = on;
		SET auto_explain.log_min_duration = 0;
		SET auto_explain.log_nested_statements = on;
		SET client_min_messages = log;
		BEGIN;
		CREATE FUNCTION pg_temp.decide(first int, last int) RETURNS void LANGUAGE sql AS $$
			INSERT INTO indicator (kind, value, state, action, tlp, confidence, first_seen,
				last_seen, created, changed, flags)
				SELECT 'domain', 'late' || n || '.example', 'pending', 'block', 2, 50, now(),
					now(), now(), now(), 0
				FROM generate_series(first, last) n;
			UPDATE indicator SET state = 'approved' WHERE state = 'pending';
		$$;
		SELECT pg_temp.decide(1, 1);
		SELECT pg_temp.decide(2, 301);
		ROLLBACK;
	SQL
	grep -q 'on queue .*rows=300 loops=1)' "$tmp/plans"
	run ! grep -E '(Tuplestore Scan|on queue) .*loops=([2-9]|[0-9]{2})' "$tmp/plans"
}

@test "100,000 addresses are pushed in ten reports, approved and enforced" {
	# 198.18.0.0/15 has 131,072.
	awk 'BEGIN { for (i = 0; i < 100000; i++)
		print "198." 18 + int(i / 65536) "." int(i / 256) % 256 "." i % 256 }' >"$tmp/all"
	as 0101 push --format plain "$tmp/all"
	[ "$(sql "SELECT count(*) FROM report WHERE accepted = 10000")" = 10 ]
	ctl approve --all --until 30d --reason 'a list of 100,000'
	# So much at once is what the guard is for; it says how to go on.
	run as 0751 pull
	[ "$status" -ne 0 ]
	[[ $output == *--confirm* ]]
	as 0751 pull --confirm
	LC_ALL=C sort "$tmp/all" >"$tmp/want"
	out 0751 list-ip.txt >"$tmp/got"
	same "$tmp/want" "$tmp/got"
	nft -c -f "$HUB/0751/out/varsel.nft"
	# Again, without news: nothing is written anew.
	stat -c "%n %Y %i" "$HUB"/0751/out/* >"$tmp/before"
	as 0751 pull
	stat -c "%n %Y %i" "$HUB"/0751/out/* | same "$tmp/before" -
}
