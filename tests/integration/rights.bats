#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The hub's role in the database. That it suffices, every other test of a hub shows; here is
# what it cannot do.

setup_file() {
	load lib
	hub_start
	enrol 0101 København
	as 0101 push - <<<evil.example
	ctl approve evil.example
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	url=$(sed -n 's/^database = "\(.*\)"/\1/p' "$HUB/varseld.conf")
}

# denied SQL...: refused for want of rights, each.
denied() {
	local sql
	for sql in "$@"; do
		run psql -X -q -v ON_ERROR_STOP=1 "$url" -c "$sql"
		[ "$status" -ne 0 ] || {
			echo "was allowed: $sql"
			return 1
		}
		[[ $output == *'permission denied'* || $output == *'must be owner of'* ]] || {
			echo "$sql: $output"
			return 1
		}
	done
}

@test "no DDL" {
	denied 'DROP TABLE audit' 'ALTER TABLE audit DISABLE TRIGGER ALL' \
		'CREATE TABLE mine ()' 'CREATE TEMP TABLE audit ()' 'CREATE SCHEMA mine' \
		'TRUNCATE audit' 'ALTER FUNCTION audit_append RENAME TO x' \
		'CREATE INDEX ON audit (actor)'
}

@test "the audit is written by its function alone, and never changed" {
	denied "UPDATE audit SET actor = 'x'" 'DELETE FROM audit' \
		"INSERT INTO audit VALUES (999, now(), 'x', 'x', 'x', '', sha256('x'))" \
		"INSERT INTO audit_cut VALUES (3, sha256('x'), now())"
	psql -X -q "$url" -c "SELECT audit_append('{1800000000}', '{hub}', '{test}', '{x}', '{}')" &&
		false
	psql -X -q "$url" -c "SELECT audit_append('{1800000000}', '{hub}', '{test}', '{x}', '{y}')"
	ctl audit verify
}

@test "what was written stays: statements, reports, bundles, roots, checkpoints" {
	denied 'DELETE FROM statement' "UPDATE statement SET verb = 'revoke'" \
		"UPDATE report SET note = ''" 'DELETE FROM report' \
		"UPDATE bundle SET content = ''" 'UPDATE root SET note = note' \
		'DELETE FROM checkpoint' 'UPDATE checkpoint SET root = root' \
		"UPDATE log SET origin = 'x'" 'DELETE FROM log' \
		"UPDATE indicator SET value = 'x'" 'UPDATE statement SET note = note'
}

@test "nobody new gets in: roots, coordinators, others' keys" {
	denied "INSERT INTO root VALUES (2, '', now(), 'x')" \
		"INSERT INTO login_key (name, vkey, created) VALUES ('x', 'x', now())" \
		"UPDATE login_key SET switched_off = NULL" "UPDATE org_key SET vkey = 'x'"
}

@test "it does not read what it does not need" {
	denied 'SELECT created_by FROM enrol_link' 'SELECT note FROM checkpoint' \
		'SELECT added_by FROM root' 'SELECT created FROM login_key'
}

@test "every table has its line in schema/rights, and nothing else has rights" {
	sql "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
		AND relnamespace = 'public'::regnamespace
		ORDER BY 1" >"$BATS_TEST_TMPDIR/tables"
	sed -nE "s/^[[:space:]]+\('([a-z_]+)',.*/\1/p" "$ROOT/schema/rights/hub.sql" | sort |
		same "$BATS_TEST_TMPDIR/tables" -
	sql "GRANT DELETE ON audit TO varsel_hub"
	as_hub migrate
	denied 'DELETE FROM audit'
}

as_hub() {
	local private
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	(. "$ROOT/deploy/lib.bash" && as_service "$private/varseld" -c "$private/varseld.conf" "$@")
}

@test "check tells when the hub runs as the owner; each role has its name" {
	local conf=$BATS_TEST_TMPDIR/varseld.conf owner
	as_hub check >"$BATS_TEST_TMPDIR/check"
	run ! grep 'could rewrite the audit' "$BATS_TEST_TMPDIR/check"
	owner=$(cat "$HUB/postgres.url")
	grep -v '^database' "$HUB/varseld.conf" >"$conf"
	echo "database = \"$owner\"" >>"$conf"
	run varseld -c "$conf" check
	[[ $output == *'could rewrite the audit'* ]]
	echo "database-owner = \"$owner\"" >>"$conf"
	run -78 varseld -c "$conf" migrate
	[[ $output == *"user varsel is the tables' owner"* ]]
	sed -i 's/^database = .*/database = "dbname=x"/' "$conf"
	run -78 varseld -c "$conf" migrate
	[[ $output == *'database: names no user'* ]]
}
