#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What common/ makes of a log, as Go's own sumdb/note and sumdb/tlog see it: at every shape of
# the tree, and with a byte changed in each kind of file.

setup_file() {
	load lib
	make --no-print-directory -s -C "$ROOT" build/tests/integration/tlog/static
	export GOCACHE=$BATS_FILE_TMPDIR/go GO111MODULE=off GOPATH=/usr/share/gocode
	go build -o "$BATS_FILE_TMPDIR/read" "$BATS_TEST_DIRNAME/tlog/main.go"
}

setup() {
	load lib
	log=$BATS_TEST_TMPDIR/log
	mkdir "$log"
}

make_log() {
	"$ROOT/build/tests/integration/tlog/static" "$log" "$1"
}

read_log() {
	"$BATS_FILE_TMPDIR/read" "file://$log" "$(cat "$log/log.vkey")" - \
		>"$BATS_TEST_TMPDIR/entries" 2>"$BATS_TEST_TMPDIR/said"
}

# flip FILE [OFFSET]: one bit of that byte.
flip() {
	python3 - "$log/$1" "${2:-0}" <<-'PY'
		import sys
		path, at = sys.argv[1], int(sys.argv[2])
		data = bytearray(open(path, "rb").read())
		data[at] ^= 1
		open(path, "wb").write(data)
	PY
}

authentic() {
	make_log "$1"
	read_log || {
		cat "$BATS_TEST_TMPDIR/said"
		return 1
	}
	[ "$(cat "$BATS_TEST_TMPDIR/said")" = "$1 entries" ]
}

@test "an empty log" {
	authentic 0
	[ ! -s "$BATS_TEST_TMPDIR/entries" ]
}

@test "one entry" {
	authentic 1
	grep -qx 'entry 0' "$BATS_TEST_TMPDIR/entries"
}

@test "a tile short of one, full, and with one more" {
	for size in 255 256 257; do
		rm -rf "$log"
		mkdir "$log"
		authentic "$size"
	done
}

@test "two levels of tiles, uneven on each" {
	authentic 7777
}

@test "three levels of tiles" {
	authentic $((65536 + 256 + 3))
	grep -aq 'entry 65794$' "$BATS_TEST_TMPDIR/entries"
}

refused() {
	if read_log; then
		echo 'it was taken'
		return 1
	fi
	cat "$BATS_TEST_TMPDIR/said"
	grep -qF "$1" "$BATS_TEST_TMPDIR/said"
}

@test "a changed entry is noticed" {
	authentic 700
	flip tile/entries/001 300
	refused 'is not what the tree holds'
}

@test "a changed leaf hash is noticed" {
	authentic 700
	flip tile/0/002.p/188 40
	refused 'downloaded inconsistent tile'
}

@test "a changed inner hash is noticed" {
	authentic 700
	flip tile/1/000.p/2 40
	refused 'downloaded inconsistent tile'
}

@test "a changed checkpoint is noticed" {
	authentic 700
	flip checkpoint "$(head -n 1 "$log/checkpoint" | wc -c)"
	refused 'invalid signature'
}
