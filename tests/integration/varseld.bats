#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The hub's commands on the console: what they say, and how they end.

setup_file() {
	load lib
	embedded-postgres start "$BATS_FILE_TMPDIR"
}

teardown_file() {
	load lib
	if [ -f "$BATS_FILE_TMPDIR/private" ]; then
		embedded-postgres stop "$BATS_FILE_TMPDIR"
	fi
}

setup() {
	load lib
	dir=$BATS_FILE_TMPDIR
	url=$(cat "$dir/postgres.url")
	conf=$dir/varseld.conf
	cat >"$conf" <<-CONF
		hub = "hub.varsel.test"
		public-url = "https://hub.varsel.test"
		database = "$url"
		state-dir = "$dir/state"
	CONF
}

hub() {
	varseld -c "$conf" "$@"
}

# fails CODE WORDS COMMAND...: exits so, says so on stderr, and nothing on stdout.
fails() {
	local code=$1 words=$2
	shift 2
	run --separate-stderr hub "$@"
	[ "$status" -eq "$code" ] || {
		echo "exit $status: $stderr"
		return 1
	}
	[ -z "$output" ]
	[[ $stderr == *"$words"* ]] || {
		echo "says: $stderr"
		return 1
	}
}

@test "help goes to stdout, wrong usage to stderr" {
	local command
	run --separate-stderr varseld -h
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	for command in run migrate init check root coordinator; do
		[[ $output == *"  $command"* ]]
		run --separate-stderr varseld "$command" -h
		[ "$status" -eq 0 ] && [ -z "$stderr" ] && [[ $output == usage:* ]]
		run --separate-stderr varseld -c "$conf" "$command" --nonsense
		[ "$status" -eq 64 ] && [ -z "$output" ] && [ -n "$stderr" ]
		run --separate-stderr varseld -h
	done
	fails 64 'no command "serve"' serve
	fails 64 usage
	fails 64 usage root add
	fails 64 usage root drop x
	fails 64 usage coordinator add anna
	fails 64 usage init
	fails 64 usage migrate now
}

@test "a configuration that is not there or wrong: 78, with its place" {
	run --separate-stderr varseld -c "$dir/none" check
	[ "$status" -eq 78 ] && [[ $stderr == *"$dir/none"* ]]
	echo 'colour = "red"' >>"$conf"
	fails 78 "$conf" check
	fails 78 colour migrate
}

@test "before migrate and init, check says what to do" {
	fails 65 'varseld init' check
	fails 78 'the configuration says' init --hub other.test
	fails 78 'the configuration says' init --hub hub.varsel.test --channel drill
	[ ! -e "$dir/state" ]
}

@test "init makes keys that only their owner reads, once" {
	local first
	first=$(hub init --hub hub.varsel.test --channel kommuner)
	[ "$(wc -l <<<"$first")" -eq 2 ]
	[[ $first == hub.varsel.test/feed/kommuner+*$'\n'hub.varsel.test/feed/kommuner/fresh+* ]]
	[ "$(stat -c %a "$dir/state")" = 700 ]
	[ "$(stat -c %a "$dir"/state/{log,fresh,jwt}.key | sort -u)" = 600 ]
	[ "$(hub init --hub hub.varsel.test)" = "$first" ]
	chmod 644 "$dir/state/log.key"
	fails 77 log.key check
	chmod 600 "$dir/state/log.key"
	mv "$dir/state/head" "$dir/head"
	fails 65 head init --hub hub.varsel.test
	mv "$dir/head" "$dir/state/head"
}

@test "migrate twice, and twice at once, does it once" {
	fails 65 'varseld migrate' check
	hub migrate >"$dir/one" &
	hub migrate >"$dir/two"
	wait $!
	[ "$(sort "$dir/one" "$dir/two")" = "$(cd "$ROOT/schema" && printf '%s\n' ./*.sql | cut -c3-)" ] ||
		[ "$(cat "$dir/one" "$dir/two" | sort | uniq -d)" = '' ]
	[ -z "$(hub migrate)" ]
	fails 65 'root add' check
	# By hand it stops at its own registration.
	run psql -X -q -v ON_ERROR_STOP=1 "$url" -f "$ROOT/schema/0001-base.sql"
	[ "$status" -ne 0 ]
	[ -z "$(hub migrate)" ]
}

root_new() {
	varselctl root new --hub hub.varsel.test --key "root=$(cat "$dir/root.vkey")" \
		--key "coordinator=$(cat "$dir/anna.vkey")" --key "log=$1" --key "fresh=$2" \
		--coordinator-threshold 1 --attest-within 0s -o "$3"
}

@test "root documents: signed, and for this hub's log" {
	local keys other
	mapfile -t keys < <(hub init --hub hub.varsel.test)
	varselctl keygen --no-passphrase -o "$dir/root.key" hub.varsel.test/root/1 \
		>"$dir/root.vkey"
	varselctl keygen --no-passphrase -o "$dir/anna.key" \
		hub.varsel.test/coordinator/anna >"$dir/anna.vkey"
	root_new "${keys[0]}" "${keys[1]}" "$dir/root.1"
	fails 65 signature root add "$dir/root.1"
	varselctl root sign --key "$dir/root.key" "$dir/root.1" >"$dir/out"
	fails 65 'No such file' root add "$dir/none"

	# The keys of another hub that took the same name.
	sed "s|$dir/state|$dir/other|" "$conf" >"$dir/other.conf"
	mapfile -t other < <(varseld -c "$dir/other.conf" init --hub hub.varsel.test)
	root_new "${other[0]}" "${other[1]}" "$dir/root.other"
	varselctl root sign --key "$dir/root.key" "$dir/root.other" >"$dir/out"
	fails 65 log.key root add "$dir/root.other"

	[ "$(hub root add "$dir/root.1")" = 'root 1' ]
	[ "$(hub root add "$dir/root.1")" = 'root 1: already here' ]
	run hub check
	[ "$status" -eq 0 ]
	[[ $output == *'root 1, good until'*'all in place' ]]
	run varseld -c "$dir/other.conf" check
	[ "$status" -eq 65 ]
	[[ $output == *'names other log keys'* ]]
}

@test "coordinators' login keys: named for the hub, on and off" {
	local vkey
	vkey=$(varselctl keygen --no-passphrase -o "$dir/login.key" hub.varsel.test/login/anna)
	fails 65 hub.varsel.test/login/bo coordinator add bo "$vkey"
	fails 65 base64 coordinator add anna "${vkey%?}"
	hub coordinator add anna "$vkey"
	hub coordinator add anna "$vkey"
	hub coordinator remove anna
	fails 65 'hub.varsel.test/login/anna' coordinator remove anna
	# Who did it stands in the audit.
	[ "$(psql -X -q -A -t "$url" -c "SELECT count(*), min(actor) FROM audit
		WHERE action LIKE 'coordinator-%'")" = "2|console:$(id -un)" ]
}

@test "the database is down: 75, try again" {
	embedded-postgres halt "$dir"
	fails 75 database check
	fails 75 database migrate
	embedded-postgres resume "$dir"
	hub check
}
