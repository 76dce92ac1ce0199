#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The benchmarks run; how fast is for `make bench` to say.

@test "every row of the benchmarks prints its figures" {
	load lib
	cd "$ROOT"
	run -0 --separate-stderr tests/bench/run --quick
	for row in tests/bench/rows/*; do
		[[ $output == *"| ${row##*/}"* ]]
	done
	run -1 grep -vE '^\|.*\|.*\|.*\|.*\|$' <<<"$output"
}
