# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# A hub under load.py, and under a program that watches it.

# shellcheck source=tests/integration/http.bash
. "$(dirname "${BASH_SOURCE[0]}")/../../integration/http.bash"
# shellcheck source=tests/fault/lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/../lib.bash"

# load_setup: a hub with something in it, and what load.py needs in $LOAD.
# shellcheck disable=SC2119 # bats sets no arguments
load_setup() {
	hub_start
	enrol 0101 'København'
	export LOAD=$BATS_FILE_TMPDIR/load
	mkdir -p "$LOAD"
	ctl approve first.example --until 30d
	as 0101 token >"$LOAD/read"
	as 0101 token --scope feed >"$LOAD/feed"
	tail -n1 "$HUB/coordinator/state/token" >"$LOAD/coordinate"
	sql "SELECT encode(sha256, 'hex') FROM bundle LIMIT 1" >"$LOAD/bundle"
	local i
	for i in {1..20}; do
		printf "c2-%d.example\n203.0.113.$i\n" $((i * 3)) $((i * 3 + 1)) |
			as 0101 sign - >"$LOAD/report.$i"
	done
	cp "$(cat "$HUB/private")/varseld" "$BATS_FILE_TMPDIR/varseld"
}

# load_paths: what the functions below use.
load_paths() {
	private=$(cat "$HUB/private")
	port=$(hub_url)
	port=${port##*:}
}

# hub_under: the hub starts anew, as the program on standard input.
hub_under() {
	devhub halt "$HUB"
	rm -f "$private/varseld"
	cat >"$private/varseld"
	chmod 755 "$private/varseld"
	devhub resume "$HUB"
}

# hub_end: devhub would not wait for as long as it takes under valgrind.
hub_end() {
	local pid
	pid=$(cat "$HUB/varseld.pid")
	kill -TERM "$pid"
	timeout 120 tail -f --pid="$pid" /dev/null
}

# valgrind_hub: whatever it finds is in $private/state/valgrind.
valgrind_hub() {
	install -m 755 "$BATS_FILE_TMPDIR/varseld" "$private/varseld.real"
	hub_under <<-SCRIPT
		#!/bin/sh
		export TMPDIR=$private
		exec valgrind --leak-check=full --show-leak-kinds=definite,indirect,possible \\
			--errors-for-leak-kinds=definite,indirect,possible --num-callers=30 \\
			--log-file=$private/state/valgrind $private/varseld.real "\$@"
	SCRIPT
}

# loaded N: so many requests, none answered as if the hub were broken, and the hub stopped.
loaded() {
	timeout 550 python3 "$ROOT/tests/fault/edge/load.py" "$port" "$1" "$LOAD" |
		tee "$BATS_TEST_TMPDIR/seen"
	grep -qx "sent $1" "$BATS_TEST_TMPDIR/seen"
	run ! grep -E '^50[0-24-9]' "$BATS_TEST_TMPDIR/seen"
	hub_end
	figure requests "$1"
}

no_leak() {
	tail -n 25 "$private/state/valgrind"
	grep -q 'ERROR SUMMARY: 0 errors' "$private/state/valgrind"
	figure leaked_bytes "$(awk '/(definitely|indirectly|possibly) lost:/ {
		gsub(",", "", $4); n += $4 } END { print n + 0 }' "$private/state/valgrind")"
}
