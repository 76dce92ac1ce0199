# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# A hub whose machine and keys are in an attacker's hands, before a client that does not know.
# A test file that needs it says, behind `load lib`, `load hostile/lib`; its setup_file calls
# evil_start, its teardown_file evil_stop, and its setup evil_setup, which makes $ME: a client
# that has seen nothing yet, before a hub that does not lie yet.

EVIL=$BATS_FILE_TMPDIR/evil
ORIGIN=devhub.varsel.test/feed/$CHANNEL
FEED=v1/feed/$CHANNEL

# A hub, a member of it, and the attacker's in between.
evil_start() {
	make --no-print-directory -s -C "$ROOT" build/tests/fault/hostile/forge
	hub_start
	enrol 0101 København
	mkdir -p "$EVIL/www"
	"$ROOT/tests/fault/hostile/server.py" "$EVIL" "$(hub_url)" 3>&- >"$EVIL/err" 2>&1 &
	echo $! >"$EVIL/pid"
	# shellcheck disable=SC2016 # for the inner shell
	timeout 20 bash -c 'until [ -s "$0/port" ]; do sleep 0.05; done' "$EVIL"
}

evil_stop() {
	if [ -s "$EVIL/pid" ]; then
		kill "$(cat "$EVIL/pid")" || true
	fi
	hub_stop
}

evil_setup() {
	local state
	# The attacker's keys, and those that only the test has.
	state=$(cat "$HUB/private")/state
	LOG_KEY=$state/log.key
	FRESH_KEY=$state/fresh.key
	COORDINATOR_KEY=$HUB/coordinator/coordinator.key
	ROOT_KEY=$HUB/root.key
	NOW=$(date +%s)
	DAY=86400
	honest
	newcomer "me$BATS_TEST_NUMBER"
	ME=me$BATS_TEST_NUMBER
}

forge() {
	"$ROOT/build/tests/fault/hostile/forge" "$@"
}

# lie PATH: answers it with standard input.
lie() {
	mkdir -p "$EVIL/www/${1%/*}"
	cat >"$EVIL/www/$1"
}

# fault REGEX KIND [ARGUMENT]: see server.py; the newest counts.
fault() {
	{
		printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}"
		cat "$EVIL/faults" 2>/dev/null || true
	} >"$EVIL/faults.new"
	mv "$EVIL/faults.new" "$EVIL/faults"
}

# Passes everything on again.
honest() {
	rm -rf "$EVIL/www" "$EVIL"/{faults,token,hint}
	mkdir "$EVIL/www"
	: >"$EVIL/log"
}

# resign [TIME] <NOTE: the same checkpoint, signed again by the log's keys.
resign() {
	sed '/^$/,$d' | forge sign ${1:+-t "$1"} "$LOG_KEY" "$FRESH_KEY"
}

# A log of the attacker's own: log_begin empties it, log_add appends standard input, and
# log_publish [TIME] shows it to the clients, signed at that time.
log_begin() {
	ENTRIES=$BATS_TEST_TMPDIR/entries
	rm -rf "$ENTRIES"
	mkdir -p "$ENTRIES"
}

log_add() {
	local n
	n=$(find "$ENTRIES" -type f | wc -l)
	cat >"$ENTRIES/$(printf %05d "$n")"
}

log_publish() {
	forge log "$ENTRIES" "$ORIGIN" "$EVIL/www/$FEED" >"$BATS_TEST_TMPDIR/checkpoint"
	forge sign ${1:+-t "$1"} "$LOG_KEY" "$FRESH_KEY" <"$BATS_TEST_TMPDIR/checkpoint" |
		lie "$FEED/checkpoint"
}

# rfc SECONDS: as on the wire.
rfc() {
	date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

# bundle_put <LINES: serves a bundle of them, and prints the three fields of its statement.
bundle_put() {
	local file=$BATS_TEST_TMPDIR/bundle hex
	{
		printf 'varsel/bundle/v1\nsalt %s\nreason test\n\n' "$(od -An -N16 -tx1 -v /dev/urandom | tr -d ' \n')"
		cat
	} >"$file"
	hex=$(sha256sum "$file" | cut -d' ' -f1)
	lie "$FEED/bundle/$hex" <"$file"
	printf 'bundle %s\nbytes %d\ncount %d\n' "$hex" "$(wc -c <"$file")" \
		"$(sed '1,/^$/d' "$file" | wc -l)"
}

# approve_text ISSUED EXPIRES 'KIND VALUE' [ACTION]: a statement, not signed yet.
approve_text() {
	local fields
	fields=$(bundle_put <<<"$3 ${4:-block} until=$(rfc "$2")")
	printf 'varsel/statement/v1\nlog %s\nissued %s\nverb approve\nexpires %s\n%s\n' \
		"$ORIGIN" "$(rfc "$1")" "$(rfc "$2")" "$fields"
}

revoke_text() {
	local fields
	fields=$(bundle_put <<<"$2")
	printf 'varsel/statement/v1\nlog %s\nissued %s\nverb revoke\nexpires %s\n%s\n' \
		"$ORIGIN" "$(rfc "$1")" "$(rfc $(($1 + 366 * 86400)))" "$fields"
}

# The same, signed by the coordinator and appended to the log.
approve() {
	approve_text "$@" | forge sign "$COORDINATOR_KEY" | log_add
}

revoke() {
	revoke_text "$@" | forge sign "$COORDINATOR_KEY" | log_add
}

# held CODE REASON: the pull ends with 76 and says why, on stderr and in status.
held() {
	local code=$1 reason=$2
	shift 2
	run --separate-stderr as "$code" pull "$@"
	# shellcheck disable=SC2154 # bats sets stderr
	if [ "$status" -ne 76 ] || ! [[ $stderr =~ $reason ]]; then
		echo "exit $status, and said: $stderr"
		return 1
	fi
	as "$code" status --json | jq -e --arg reason "$reason" \
		'.hold.since and (.hold.reason | test($reason))' >/dev/null
	[[ $(as "$code" status) == *'ON HOLD'* ]]
}

# The pull is fine, and so is the status.
follows() {
	as "$1" pull
	as "$1" status --json | jq -e '.hold == null' >/dev/null
}

# blocks CODE DOMAIN...: these, and no other.
blocks() {
	local code=$1
	shift
	out "$code" list-domain.txt | same <(printf '%s\n' "$@" | sed '/^$/d' | sort) -
}

# How many notes a client keeps as evidence.
evidence() {
	find "$HUB/$1/state/feed/evidence" -type f -name "*${2:-}" 2>/dev/null | wc -l
}

# newcomer NAME: a client of the municipality 0101, with nothing in its memory, that follows
# the attacker's hub as it would the real one: nothing but the address is another.
newcomer() {
	local dir=$HUB/$1
	rm -rf "$dir"
	mkdir -p "$dir/out"
	sed "s|$HUB/0101/out/|$dir/out/|; s|^state-dir = .*|state-dir = \"$dir/state\"|
		s|^hub = .*|hub = \"http://127.0.0.1:$(cat "$EVIL/port")\"|" \
		"$HUB/0101/varsel.conf" >"$dir/varsel.conf"
}
