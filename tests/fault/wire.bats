#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What comes off the wire cut, without end, slowly, or in another spelling.

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
	approve "$NOW" $((NOW + DAY)) 'domain a.example'
	log_publish
	hex=$(sed -n 's/^bundle //p' "$ENTRIES/00000")
}

# cut_everywhere STEP: each of the three files, cut behind every STEP-th byte, in both ways.
cut_everywhere() {
	local file at n kind tried=0
	for file in checkpoint "bundle/$hex" tile/entries/000.p/1; do
		n=$(wc -c <"$EVIL/www/$FEED/$file")
		for ((at = 0; at < n; at += $1)); do
			for kind in cut short; do
				: >"$EVIL/faults"
				fault "$file" "$kind" "$at"
				rm -rf "$HUB/$ME/state/feed"
				run as "$ME" pull
				[ "$status" -ne 0 ] || [[ $output == *'1 bundles not had yet'* ]] || {
					echo "$file, $kind at $at: $output"
					return 1
				}
				[ "$file $kind" != "bundle/$hex short" ] ||
					[[ $output == *"$at bytes instead of $n"* ]]
				[ "$file $kind" != 'tile/entries/000.p/1 short' ] ||
					[[ $output == *'entry bundle: '*'cut '* ]]
				blocks "$ME"
				tried=$((tried + 1))
			done
		done
	done
	figure bad_inputs "$tried"
	: >"$EVIL/faults"
	follows "$ME"
	blocks "$ME" a.example
}

@test "truncated download: nothing of it is applied, and the whole is at the next pull" {
	cut_everywhere 97
}

# bats test_tags=slow
# shellcheck disable=SC2030 # nothing is lost
@test "truncated download: cut behind every byte" {
	cut_everywhere 1
}

# stops SECONDS WHY: the pull takes no longer, gives WHY and applies nothing, and the hub has
# not got rid of much more than the 16 MB that the longest answer may have.
# shellcheck disable=SC2031 # `run` is called here
stops() {
	local seconds=$1 why=$2 begin=$SECONDS
	: >"$EVIL/log"
	run timeout 60 varsel -c "$HUB/$ME/varsel.conf" pull
	[[ $output == *"$why"* ]] || {
		echo "exit $status: $output"
		return 1
	}
	[ $((SECONDS - begin)) -le "$seconds" ]
	blocks "$ME"
	# shellcheck disable=SC2016 # for the inner shell
	timeout 20 bash -c 'until grep -q . "$0/log"; do sleep 0.05; done' "$EVIL"
	awk '$4 > 25000000 { print "sent", $4; bad = 1 } END { exit bad }' "$EVIL/log"
}

@test "endless body, gzip bomb, 1 byte/s: it stops at the signed size, or a fixed one" {
	local kind
	for kind in endless bomb; do
		newcomer "$ME"
		: >"$EVIL/faults"
		fault /checkpoint "$kind"
		stops 20 'the answer is over 1024 bytes'
		: >"$EVIL/faults"
		fault /tile/ "$kind"
		stops 30 "$([ $kind = bomb ] && echo fork || echo 'the answer is over 16777472 bytes')"
		: >"$EVIL/faults"
		fault /bundle/ "$kind"
		stops 20 "the answer is over $(sed -n 's/^bytes //p' "$ENTRIES/00000") bytes"
	done
	: >"$EVIL/faults"
	fault /checkpoint headers
	stops 20 '/checkpoint: the headers are over 65536 bytes'
	: >"$EVIL/faults"
	follows "$ME"
	blocks "$ME" a.example
}

@test "endless body, gzip bomb, 1 byte/s: a slow answer is given up" {
	local path
	sed -i '1i stall = "2s"' "$HUB/$ME/varsel.conf"
	for path in /checkpoint /tile/ /bundle/; do
		: >"$EVIL/faults"
		fault "$path" drip 1
		stops 20 'Operation too slow'
	done
	: >"$EVIL/faults"
	follows "$ME"
	blocks "$ME" a.example
}

# shellcheck disable=SC2030 # nothing is lost
@test "endless body, gzip bomb, 1 byte/s: the whole has a deadline, too" {
	local path
	sed -i '1i timeout = "1s"' "$HUB/$ME/varsel.conf"
	for path in /checkpoint /bundle/; do
		: >"$EVIL/faults"
		fault "$path" drip 70
		stops 20 'timed out'
	done
}

# Of the log the first entry applies, and no other.
# shellcheck disable=SC2031 # `run` is called here
skips_the_rest() {
	local n
	n=$(($(find "$ENTRIES" -type f | wc -l) - 1))
	log_publish
	run as "$ME" pull
	[ "$status" -eq 0 ]
	[[ $output == *"$n log entries skipped"* ]] || {
		echo "not $n: $output"
		return 1
	}
	blocks "$ME" a.example
	figure bad_inputs "$n"
}

# spoilt FIELD VALUE <TEXT: that field of a text with another value.
spoilt() {
	sed "s|^$1 .*|$1 $2|"
}

@test "size overflow, leading zeros, +, duplicate or unknown field: in a statement" {
	local text value line
	text=$(approve_text "$NOW" $((NOW + DAY)) 'domain bad.example')
	add() {
		forge sign "$COORDINATOR_KEY" | log_add
	}
	for value in 0110 +110 -110 110.0 1e2 0x6e 18446744073709551726 9223372036854775918 '' ' 110'; do
		spoilt bytes "$value" <<<"$text" | add
	done
	for value in 01 +1 -1 18446744073709551617 4294967297 0; do
		spoilt count "$value" <<<"$text" | add
	done
	for value in 2026-11-25 '2026-11-25T10:00:00+00:00' '2026-02-30T00:00:00Z' 1795514400; do
		spoilt issued "$value" <<<"$text" | add
	done
	for ((line = 1; line <= 8; line++)); do
		sed "${line}p" <<<"$text" | add
		sed "${line}d" <<<"$text" | add
		sed "${line}a extra 1" <<<"$text" | add
		sed "${line}s/\$/ /" <<<"$text" | add
	done
	spoilt verb Approve <<<"$text" | add
	sed '3{h;d};4{G}' <<<"$text" | add
	skips_the_rest
}

@test "size overflow, leading zeros, +, duplicate or unknown field: in a bundle" {
	local until good bad
	until=$(rfc $((NOW + DAY)))
	good="domain bad.example block until=$until"
	# The statement is in order, and names the bundle as it is.
	add() {
		local file=$BATS_TEST_TMPDIR/bad hex
		cat >"$file"
		hex=$(sha256sum "$file" | cut -d' ' -f1)
		lie "$FEED/bundle/$hex" <"$file"
		printf 'varsel/statement/v1\nlog %s\nissued %s\nverb approve\nexpires %s\nbundle %s\nbytes %d\ncount %d\n' \
			"$ORIGIN" "$(rfc "$NOW")" "$until" "$hex" "$(wc -c <"$file")" \
			"${1:-1}" | forge sign "$COORDINATOR_KEY" | log_add
	}
	head='varsel/bundle/v1\nsalt 000102030405060708090a0b0c0d0e0f\nreason test\n'
	for bad in "$good\n$good" "domain BAD.example block until=$until" \
		"domain bad.example. block until=$until" "ip 010.0.0.1 block until=$until" \
		"ip 198.51.100.7/24 block until=$until" "$good confidence=080" \
		"$good confidence=+80" "$good confidence=101" "$good orgs=99999999999999999999" \
		"$good until=$until" "domain bad.example block" "$good " "$good\r" "\n$good" \
		"domain z.example block until=$until\n$good"; do
		# shellcheck disable=SC2059 # they are meant to be read
		printf "$head\n$bad\n" | add "$(printf "$bad\n" | wc -l)"
	done
	# shellcheck disable=SC2059 # as above
	for bad in "$head$head\n$good\n" "${head/v1/v2}\n$good\n" "${head}extra 1\n\n$good\n" \
		"${head/0a0b/0A0B}\n$good\n" "${head/salt 00/salt }\n$good\n" "$head\n$good" \
		"${head}reason again\n\n$good\n"; do
		printf "$bad" | add
	done
	# More lines than there are, and a byte more.
	# shellcheck disable=SC2059 # as above
	printf "$head\n$good\n" | add 2
	skips_the_rest
}

# shellcheck disable=SC2030 # nothing is lost
@test "size overflow, leading zeros, +, duplicate or unknown field: in a checkpoint" {
	local size edit
	n=0
	approve "$NOW" $((NOW + DAY)) 'domain b.example'
	log_publish
	for size in 02 +2 -2 2.0 0x2 ' 2' '2 ' '' 18446744073709551618 9223372036854775810 \
		340282366920938463463374607431768211458; do
		try "2s/.*/$size/"
	done
	for edit in 1p 2p 3p 1d 2d 3d '3a extra' '1s/$/ /' '3s/=$//' '3s/$/\r/' '3s/^/A/'; do
		try "$edit"
	done
	log_publish
	follows "$ME"
	blocks "$ME" a.example b.example
	figure bad_inputs "$n"
}

# One edit of the checkpoint's text, signed by the log as if it were right.
# shellcheck disable=SC2031 # `run` is called here
try() {
	sed "$1" "$BATS_TEST_TMPDIR/checkpoint" | forge sign "$LOG_KEY" "$FRESH_KEY" |
		lie "$FEED/checkpoint"
	run as "$ME" pull
	[ "$status" -eq 65 ] || {
		echo "$1: exit $status: $output"
		return 1
	}
	[ "$(as "$ME" status --json | jq .size)" = 0 ]
	n=$((n + 1))
}

@test "size overflow, leading zeros, +, duplicate or unknown field: in a root" {
	local n=0 edit text
	text=$(sed '/^$/,$d; s/^version 1$/version 2/' "$HUB/root.1")
	echo 2 >"$EVIL/hint"
	for edit in 's/^version 2/version 02/' 's/^version 2/version +2/' \
		's/^version 2/version 18446744073709551618/' 's/^version 2/version 3/' \
		's/^threshold root 1/threshold root 01/' 's/^threshold root 1/threshold root 0/' \
		's/^threshold root 1/threshold root 2/' 's/^max-age .*/max-age +3600/' \
		's/^max-age .*/max-age 99999999999999999999/' '/^version/p' '/^max-age/d' \
		'/^hub/a extra 1' '/^key fresh/p' '/^key coordinator/p' 's/^hub .*/hub other.test/' \
		's/^expires .*/expires never/' '/^key log/d'; do
		sed "$edit" <<<"$text" | forge sign "$ROOT_KEY" | lie v1/root/2
		run as "$ME" pull
		[ "$status" -ne 0 ] || {
			echo "$edit: exit $status: $output"
			return 1
		}
		[ "$(as "$ME" status --json | jq .root_version)" = 1 ]
		n=$((n + 1))
	done
	forge sign "$ROOT_KEY" <<<"$text" | lie v1/root/2
	follows "$ME"
	[ "$(as "$ME" status --json | jq .root_version)" = 2 ]
	blocks "$ME" a.example
	figure bad_inputs "$n"
}
