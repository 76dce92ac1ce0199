#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Somebody with rights on the database edits the record of who did what.

setup_file() {
	load lib
	hub_start
	enrol 0101 København
	local i
	for i in 1 2 3 4 5; do
		as 0101 push - <<<"evil$i.example"
	done
	ctl audit verify
	sql 'CREATE TABLE kept AS SELECT * FROM audit'
	cp "$HUB/coordinator/state/audit-head" "$BATS_FILE_TMPDIR/head"
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	sql 'TRUNCATE audit; INSERT INTO audit SELECT * FROM kept'
	cp "$BATS_FILE_TMPDIR/head" "$HUB/coordinator/state/audit-head"
	last=$(sql 'SELECT max(id) FROM audit')
	ctl audit verify
}

# tampered SQL WANT: after the edit verify ends with 65 and says so.
tampered() {
	sql "$1"
	run -65 ctl audit verify
	[[ $output = "varselctl: audit: $2"* ]] || {
		echo "$output"
		return 1
	}
	# And again: what was wrong is not remembered as right.
	run -65 ctl audit verify
}

@test "audit row edited in the database: each column, and verify names the row" {
	local column
	for column in actor action subject detail; do
		tampered "UPDATE audit SET $column = $column || 'x' WHERE id = 5" 'row 5: changed'
		sql "UPDATE audit a SET $column = k.$column FROM kept k WHERE k.id = a.id"
	done
	tampered "UPDATE audit SET at = at + interval '1 s' WHERE id = 5" 'row 5: changed'
	sql "UPDATE audit a SET at = k.at FROM kept k WHERE k.id = a.id"
	tampered "UPDATE audit SET hash = sha256(hash) WHERE id = 5" 'row 5: changed'
	sql "UPDATE audit a SET hash = k.hash FROM kept k WHERE k.id = a.id"
	figure bad_inputs 6
	ctl audit verify
}

@test "audit row edited in the database: one deleted in the middle is missed" {
	tampered 'DELETE FROM audit WHERE id = 4' 'row 4: missing: row 5 comes behind row 3'
}

@test "audit row edited in the database: the first ones deleted are missed" {
	tampered 'DELETE FROM audit WHERE id <= 2' 'row 1: missing: row 3 comes behind row 0'
}

@test "audit row edited in the database: the tail cut off is missed" {
	tampered "DELETE FROM audit WHERE id > $last - 2" \
		"row $((last - 1)): missing: the end was cut off; row $last was the last"
}

@test "audit row edited in the database: two that changed places" {
	tampered "$(swap 4 7)" \
		'row 4: out of order: its place is taken; it stands as row 7'
}

# SQL that lets the rows $1 and $2 change places.
swap() {
	printf '%s; ' "ALTER TABLE audit DROP CONSTRAINT audit_pkey" \
		"UPDATE audit SET id = $1 + $2 - id WHERE id IN ($1, $2)" \
		"ALTER TABLE audit ADD PRIMARY KEY (id)"
}

@test "audit row edited in the database: a chain computed anew is not the one that was seen" {
	tampered "CREATE TEMP TABLE x AS SELECT * FROM audit ORDER BY id; TRUNCATE audit;
		UPDATE x SET subject = 'x' WHERE id = 4;
		SELECT audit_append(array_agg(extract(epoch FROM at)::bigint ORDER BY id),
			array_agg(actor ORDER BY id), array_agg(action ORDER BY id),
			array_agg(subject ORDER BY id), array_agg(detail ORDER BY id)) FROM x" \
		"row $last: changed: not the one that was verified at"
}
