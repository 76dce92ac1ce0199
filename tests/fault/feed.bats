#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A hub that lies about its log, with the keys to sign its lies.

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
}

# time_is TIME: the hub shows the same log, signed at that time, and gives its tokens itself.
time_is() {
	log_publish "$1"
	as 0101 token >"$EVIL/token"
	lie v1/token <<<"{\"token\":\"t\",\"expires\":\"$(rfc $(($1 + 900)))\",\"scope\":\"feed\"}"
}

# at TIME CODE COMMAND...: as, with that clock.
at() {
	local time=$1 code=$2
	shift 2
	faketime -f "@$(date -d "@$time" '+%F %T')" varsel -c "$HUB/$code/varsel.conf" "$@"
}

@test "rollback: an older checkpoint is held, and both notes are kept" {
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	cp "$EVIL/www/$FEED/checkpoint" "$BATS_TEST_TMPDIR/older"
	approve "$NOW" $((NOW + DAY)) 'domain b.example'
	log_publish
	follows "$ME"
	lie "$FEED/checkpoint" <"$BATS_TEST_TMPDIR/older"
	held "$ME" 'rollback: the log has 1 entries, and it had 2'
	blocks "$ME" a.example b.example
	[ "$(evidence "$ME" stored)" = 1 ]
	same "$BATS_TEST_TMPDIR/older" "$HUB/$ME"/state/feed/evidence/*-received
	# Also one that was signed just now; and it stays held while nothing better comes.
	resign <"$BATS_TEST_TMPDIR/older" | lie "$FEED/checkpoint"
	held "$ME" rollback
	log_publish
	follows "$ME"
	blocks "$ME" a.example b.example
}

@test "same size, other root: a twin of the log is held, and both notes are kept" {
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	follows "$ME"
	cp "$EVIL/www/$FEED/checkpoint" "$BATS_TEST_TMPDIR/true"
	log_begin
	approve "$NOW" $((NOW + DAY)) 'domain twin.example'
	log_publish
	held "$ME" 'fork: another log of 1 entries'
	blocks "$ME" a.example
	same "$BATS_TEST_TMPDIR/true" "$HUB/$ME"/state/feed/evidence/*-stored
	same "$EVIL/www/$FEED/checkpoint" "$HUB/$ME"/state/feed/evidence/*-received
}

@test "fork: of a log that does not go on from ours only revocations apply" {
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	approve "$NOW" $((NOW + DAY)) 'domain b.example'
	log_publish
	follows "$ME"
	log_begin
	approve "$NOW" $((NOW + DAY)) 'domain b.example'
	approve "$NOW" $((NOW + DAY)) 'domain c.example'
	approve "$NOW" $((NOW + DAY)) 'domain d.example'
	revoke $((NOW + 1)) 'domain a.example'
	revoke_text $((NOW + 1)) 'domain b.example' | forge sign "$LOG_KEY" | log_add
	log_publish
	held "$ME" 'fork: the log of 5 entries does not continue the one of 2'
	blocks "$ME" b.example
	[ "$(evidence "$ME")" = 2 ]
	# Nor does the rest of it apply at the next pull, or when the output is written anew.
	rm "$HUB/$ME/out/list-domain.txt"
	held "$ME" fork
	blocks "$ME" b.example
}

@test "hub key stolen: what the hub's own keys approve is refused" {
	local key
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	for key in "$LOG_KEY" "$FRESH_KEY" "$HUB/coordinator/login.key" "$HUB/0101/key"; do
		approve_text "$NOW" $((NOW + DAY)) 'domain forged.example' |
			forge sign "$key" | log_add
	done
	# Signed by the coordinator, and altered.
	approve_text "$NOW" $((NOW + DAY)) 'domain forged.example' |
		forge sign "$COORDINATOR_KEY" | sed "s/^expires .*/expires $(rfc $((NOW + 2 * DAY)))/" |
		log_add
	approve "$NOW" $((NOW + DAY)) 'domain b.example'
	log_publish
	run --separate-stderr as "$ME" pull
	[ "$status" -eq 0 ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *'5 log entries skipped: log entry 1: '* ]]
	blocks "$ME" a.example b.example
	# When the statements are read from the disk they are judged again.
	approve "$NOW" $((NOW + DAY)) 'domain c.example'
	log_publish
	as "$ME" pull
	blocks "$ME" a.example b.example c.example
}

@test "hub key stolen: a bundle with other bytes is not what was signed" {
	local hex file
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	hex=$(sed -n 's/^bundle //p' "$ENTRIES/00000")
	file=$EVIL/www/$FEED/bundle/$hex
	sed -i 's/a\.example/b.example/' "$file"
	run --separate-stderr as "$ME" pull
	[[ $stderr == *'not the bytes that were signed'* ]]
	blocks "$ME"
}

# Some of the 120 orders of five statements, always the same.
orders() {
	python3 - <<-'PY'
		import itertools
		for order in list(itertools.permutations(range(5)))[::17]:
		    print(*order)
	PY
}

@test "statements reordered or repeated: the set is the same" {
	local order i dir=$BATS_TEST_TMPDIR/statements all=0
	approve $((NOW - 50)) $((NOW + 9 * DAY)) 'domain a.example'
	approve $((NOW - 40)) $((NOW + 5 * DAY)) 'domain a.example'
	approve $((NOW - 30)) $((NOW + 5 * DAY)) 'domain b.example'
	revoke $((NOW - 20)) 'domain b.example'
	approve $((NOW - 10)) $((NOW + 2 * DAY)) 'domain c.example'
	mv "$ENTRIES" "$dir"
	while read -r order; do
		log_begin
		for i in $order 3 1; do
			log_add <"$dir/0000$i"
		done
		log_publish
		newcomer "$ME"
		as "$ME" pull
		blocks "$ME" a.example c.example
		sed -n 2,99p "$HUB/$ME/state/enforced" >"$BATS_TEST_TMPDIR/got"
		[ -s "$BATS_TEST_TMPDIR/want" ] || cp "$BATS_TEST_TMPDIR"/{got,want}
		same "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
		all=$((all + 1))
	done < <(orders)
	[ "$all" = 8 ]
	figure orders "$all"
	# Of the same second: the revocation counts, whichever has the greater hash.
	log_begin
	for i in 1 2 3 4 5 6 7 8; do
		approve $((NOW - 30)) $((NOW + i * DAY)) "domain tie$i.example"
		revoke $((NOW - 30)) "domain tie$i.example"
	done
	log_publish
	newcomer "$ME"
	as "$ME" pull
	blocks "$ME"
}

@test "approve expires while an older, longer one lives: newcomer and veteran agree" {
	local later=$((NOW + 7200)) other="newcomer$BATS_TEST_NUMBER"
	approve $((NOW - 2 * DAY)) $((NOW + 20 * DAY)) 'domain a.example'
	approve $((NOW - DAY)) $((NOW + 3600)) 'domain a.example'
	approve $((NOW - DAY)) $((NOW + 3600)) 'domain b.example'
	log_publish
	follows "$ME"
	blocks "$ME" a.example b.example
	as "$ME" why a.example | grep -qF "$(rfc $((NOW + 20 * DAY)))"
	# Two hours on, before a hub that is as far.
	time_is $later
	newcomer "$other"
	at $later "$ME" pull
	at $later "$other" pull
	blocks "$ME" a.example
	blocks "$other" a.example
	same "$HUB/$ME/state/enforced" "$HUB/$other/state/enforced"
	at $later "$ME" why a.example | grep -qF "$(rfc $((NOW + 20 * DAY)))"
}

# What was active with this seed, in these rounds, for those who came early and late.
agree() {
	make --no-print-directory -s -C "$ROOT" build/tests/fault/hostile/newcomer
	"$ROOT/build/tests/fault/hostile/newcomer" "$1" "$2"
	figure property_rounds "$2"
}

@test "approve expires while an older, longer one lives: random statements, orders, roots, times" {
	agree 1 15
}

# bats test_tags=slow
@test "approve expires while an older, longer one lives: many more of them" {
	agree "$(date +%s)" 200
}

@test "freeze: a checkpoint that is not signed again is held, and nothing new applies" {
	local late=$((NOW + 3700))
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish $((NOW - 3700))
	held "$ME" 'freeze: the newest checkpoint is of .*, older than'
	blocks "$ME"
	log_publish
	follows "$ME"
	blocks "$ME" a.example
	# The hub stops signing; what it still logs waits, and revocations do not.
	approve $((NOW + 1)) $((NOW + DAY)) 'domain b.example'
	revoke $((NOW + 1)) 'domain a.example'
	time_is "$NOW"
	run at $late "$ME" pull
	[ "$status" -eq 76 ]
	[[ $output == *freeze* ]]
	blocks "$ME"
	log_publish
	follows "$ME"
	blocks "$ME" b.example
}

@test "freeze: a hub that is not reached ends in a hold, and blocks go on to their end" {
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	approve "$NOW" $((NOW + 3600)) 'domain b.example'
	log_publish
	follows "$ME"
	fault . status '503 busy'
	run as "$ME" pull
	[ "$status" -eq 75 ]
	sed -i 's|^hub = .*|hub = "http://127.0.0.1:9"|' "$HUB/$ME/varsel.conf"
	run at $((NOW + 1800)) "$ME" pull
	[ "$status" -eq 69 ]
	blocks "$ME" a.example b.example
	# For that it needs no token either.
	rm "$HUB/$ME/state/login/token"
	run at $((NOW + 3800)) "$ME" pull
	[ "$status" -eq 76 ]
	[[ $output == *freeze* ]]
	as "$ME" status --json | jq -e '.hold.reason | test("freeze")' >/dev/null
	blocks "$ME" a.example
}

@test "freeze: a hub that says it has no memory, or anything else, does not hide it" {
	local answer
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	approve "$NOW" $((NOW + 3600)) 'domain b.example'
	log_publish
	follows "$ME"
	time_is "$NOW"
	for answer in '503 out-of-memory' '500 internal' '422 stale' '404 not-found' '401 x' '302 x'; do
		: >"$EVIL/faults"
		fault checkpoint status "$answer"
		run at $((NOW + 3800)) "$ME" pull
		[ "$status" -eq 76 ] || {
			echo "$answer: exit $status: $output"
			return 1
		}
		blocks "$ME" a.example
	done
}

@test "revoke bundle withheld: nothing new applies until it is there" {
	local hex answer
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	follows "$ME"
	revoke $((NOW + 1)) 'domain a.example'
	hex=$(sed -n 's/^bundle //p' "$ENTRIES/00001")
	approve "$NOW" $((NOW + DAY)) 'domain b.example'
	log_publish
	# However it is withheld: a hub cannot talk a client into forgetting it.
	for answer in '404 not-found' '422 value' '413 too-large' '503 out-of-memory' '500 io'; do
		: >"$EVIL/faults"
		fault "$hex" status "$answer"
		held "$ME" "a revocation's bundle cannot be had"
		blocks "$ME" a.example
	done
	: >"$EVIL/faults"
	follows "$ME"
	blocks "$ME" b.example
}

@test "other channel's or hub's statement: it is passed over, whoever signed it" {
	local log
	for log in devhub.varsel.test/feed/test other.test/feed/kommuner "${ORIGIN}2"; do
		approve_text "$NOW" $((NOW + DAY)) 'domain drill.example' |
			sed "s|^log .*|log $log|" | forge sign "$COORDINATOR_KEY" | log_add
	done
	# Of this log, by somebody else's coordinator of the same name.
	varselctl keygen --no-passphrase -o "$BATS_TEST_TMPDIR/key" \
		devhub.varsel.test/coordinator/coordinator
	approve_text "$NOW" $((NOW + DAY)) 'domain drill.example' |
		forge sign "$BATS_TEST_TMPDIR/key" | log_add
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	run as "$ME" pull
	[ "$status" -eq 0 ]
	[[ $output == *'4 log entries skipped: log entry 0: made for the log devhub.varsel.test/feed/test'* ]]
	blocks "$ME" a.example
}

@test "other channel's or hub's statement: another log's checkpoint is refused" {
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	sed "1s|.*|devhub.varsel.test/feed/test|" "$BATS_TEST_TMPDIR/checkpoint" |
		forge sign "$LOG_KEY" "$FRESH_KEY" | lie "$FEED/checkpoint"
	run as "$ME" pull
	[ "$status" -eq 65 ]
	[[ $output == *'of the log devhub.varsel.test/feed/test'* ]]
	varselctl keygen --no-passphrase -o "$BATS_TEST_TMPDIR/key" "$ORIGIN"
	forge sign "$BATS_TEST_TMPDIR/key" "$FRESH_KEY" <"$BATS_TEST_TMPDIR/checkpoint" |
		lie "$FEED/checkpoint"
	run as "$ME" pull
	[ "$status" -eq 65 ]
	[[ $output == *"not signed by $ORIGIN"* ]]
	blocks "$ME"
}

@test "malformed entry in a valid tree: it is folded, passed over and told; later ones apply" {
	local bad
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	for bad in '' garbage '\n' '\n\n' '\xff\xfe\n\n' 'varsel/statement/v1\n' \
		'varsel/statement/v2\nlog x\n\n\xe2\x80\x94 x AAAA\n' 'a\0b'; do
		# shellcheck disable=SC2059 # they are meant to be read
		printf "$bad" | log_add
	done
	head -c 65535 /dev/zero | log_add
	head -c 60000 /dev/urandom | log_add
	head -c -9 "$ENTRIES/00000" | log_add
	sed 's/ verb/verb/; s/^verb/ verb/' "$ENTRIES/00000" | log_add
	approve "$NOW" $((NOW + DAY)) 'domain b.example'
	log_publish
	run as "$ME" pull
	[ "$status" -eq 0 ]
	[[ $output == *'12 log entries skipped: log entry 1: '* ]]
	blocks "$ME" a.example b.example
	follows "$ME"
	[ "$(as "$ME" status --json | jq .size)" = 14 ]
	figure bad_inputs 12
}
