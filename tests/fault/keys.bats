#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Keys in the wrong hands, and root documents that take them away, before a client.

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
	cd "$BATS_TEST_TMPDIR" || return
	KEYS=$BATS_TEST_TMPDIR/keys
	mkdir -m 700 "$KEYS"
}

# key_make NAME FILE: a new key pair; FILE.vkey is its public half.
key_make() {
	varselctl keygen --no-passphrase -o "$KEYS/$2.key" "devhub.varsel.test/$1" >"$KEYS/$2.vkey"
}

# root_put N [-k KEYFILE]... DRAFT: serves it as root N, signed by those keys.
root_put() {
	local n=$1
	shift
	forge sign "${@:2}" <"$1" | lie "v1/root/$n"
	echo "$n" >"$EVIL/hint"
}

# draft N OPTION...: the draft of root N, from root N-1.
draft() {
	local from=root.$(($1 - 1))
	[ "$1" != 2 ] || from=$HUB/root.1
	varselctl root new --from "$from" "${@:2}" -o draft 2>/dev/null
	sed '/^$/,$d' draft >"root.$1"
}

version_is() {
	as "$ME" status --json | jq -e --argjson v "$1" '.root_version == $v' >/dev/null
}

# A root that asks two coordinators, whose second key is $KEYS/second.key.
two_of_two() {
	key_make coordinator/second second
	draft 2 --key "coordinator=$(cat "$KEYS/second.vkey")" --coordinator-threshold 2
	root_put 2 root.2 "$ROOT_KEY"
}

@test "one of two coordinators stolen: alone it approves nothing, whatever the hub logs" {
	two_of_two
	approve_text "$NOW" $((NOW + DAY)) 'domain both.example' |
		forge sign "$COORDINATOR_KEY" "$KEYS/second.key" | log_add
	approve_text "$NOW" $((NOW + DAY)) 'domain alone.example' |
		forge sign "$KEYS/second.key" | log_add
	# Its signature twice is still one key.
	approve_text "$NOW" $((NOW + DAY)) 'domain twice.example' |
		forge sign "$KEYS/second.key" "$KEYS/second.key" | log_add
	log_publish
	run as "$ME" pull
	[ "$status" -eq 0 ]
	version_is 2
	blocks "$ME" both.example
	# Taking away takes one.
	revoke_text $((NOW + 1)) 'domain both.example' | forge sign "$KEYS/second.key" | log_add
	log_publish
	as "$ME" pull
	blocks "$ME"
}

@test "one of two coordinators stolen: even both cannot block the whole Internet" {
	two_of_two
	approve_text "$NOW" $((NOW + DAY)) 'ip 0.0.0.0/0' |
		forge sign "$COORDINATOR_KEY" "$KEYS/second.key" | log_add
	approve_text "$NOW" $((NOW + DAY)) 'ip 198.51.100.7' |
		forge sign "$COORDINATOR_KEY" "$KEYS/second.key" | log_add
	log_publish
	run as "$ME" pull
	[ "$status" -eq 0 ]
	same - <(out "$ME" list-ip.txt) <<<198.51.100.7
}

@test "old approval replayed after a revocation: it stays revoked" {
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	approve "$NOW" $((NOW + DAY)) 'domain b.example'
	log_publish
	follows "$ME"
	blocks "$ME" a.example b.example
	revoke $((NOW + 1)) 'domain a.example'
	log_publish
	follows "$ME"
	blocks "$ME" b.example
	# The same note, and the same text signed anew.
	log_add <"$ENTRIES/00000"
	sed '/^$/,$d' "$ENTRIES/00000" | forge sign "$COORDINATOR_KEY" | log_add
	log_publish
	follows "$ME"
	blocks "$ME" b.example
	# For who was not there, too.
	newcomer later
	follows later
	blocks later b.example
}

@test "statement from the future: it waits, and is looked at again at each run" {
	approve "$NOW" $((NOW + DAY)) 'domain now.example'
	approve $((NOW + 400)) $((NOW + DAY)) 'domain soon.example'
	approve $((NOW + 3600)) $((NOW + DAY)) 'domain later.example'
	approve $((NOW + 70 * 365 * DAY)) $((NOW + 70 * 365 * DAY + DAY)) 'domain never.example'
	log_publish
	as "$ME" pull
	blocks "$ME" now.example
	# Nothing new from the hub; only the time has come.
	faketime -f +150s varsel -c "$HUB/$ME/varsel.conf" pull
	blocks "$ME" now.example soon.example
}

@test "coordinator key removed from root: what it alone signed falls, for newcomer and veteran" {
	key_make coordinator/second second
	draft 2 --key "coordinator=$(cat "$KEYS/second.vkey")"
	root_put 2 root.2 "$ROOT_KEY"
	approve "$NOW" $((NOW + DAY)) 'domain kept.example'
	approve_text "$NOW" $((NOW + DAY)) 'domain falls.example' | forge sign "$KEYS/second.key" | log_add
	log_publish
	as "$ME" pull
	blocks "$ME" falls.example kept.example
	draft 3 --drop devhub.varsel.test/coordinator/second --compromised
	root_put 3 root.3 "$ROOT_KEY"
	run as "$ME" pull
	[ "$status" -eq 0 ]
	version_is 3
	blocks "$ME" kept.example
	newcomer later
	as later pull
	blocks later kept.example
}

@test "root rotation: what is not signed by enough keys of both, or is not the next, is refused" {
	local case signers
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	follows "$ME"
	key_make root/2 new
	key_make root/3 stranger
	draft 2 --key "root=$(cat "$KEYS/new.vkey")" --drop devhub.varsel.test/root/1
	# By whom: only the old, only the new, a stranger.
	for signers in "$ROOT_KEY" "$KEYS/new.key" "$KEYS/stranger.key"; do
		root_put 2 root.2 "$signers"
		run as "$ME" pull
		[ "$status" -ne 0 ]
		version_is 1
		blocks "$ME" a.example
	done
	# A version that is not the next one.
	for case in 1 3; do
		sed "s/^version 2$/version $case/" root.2 >odd
		root_put 2 odd "$ROOT_KEY" "$KEYS/new.key"
		run as "$ME" pull
		[ "$status" -ne 0 ]
		version_is 1
	done
	root_put 2 root.2 "$ROOT_KEY" "$KEYS/new.key"
	follows "$ME"
	version_is 2
	# The old key is of no use any more.
	draft 3
	root_put 3 root.3 "$ROOT_KEY"
	run as "$ME" pull
	[ "$status" -ne 0 ]
	version_is 2
	root_put 3 root.3 "$KEYS/new.key"
	follows "$ME"
	version_is 3
	blocks "$ME" a.example
}

@test "root rotation: that a document has expired matters at the end of the chain only" {
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	follows "$ME"
	draft 2
	sed -i "s/^issued .*/issued $(rfc $((NOW - 2 * DAY)))/; s/^expires .*/expires $(rfc $((NOW - DAY)))/" root.2
	root_put 2 root.2 "$ROOT_KEY"
	held "$ME" 'root 2 expired at'
	blocks "$ME" a.example
	newcomer later
	draft 3 --expires 365d
	root_put 3 root.3 "$ROOT_KEY"
	follows "$ME"
	version_is 3
	follows later
	blocks later a.example
}
