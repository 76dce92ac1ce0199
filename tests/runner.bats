#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The judge of all other tests: what must not look like success does not.

setup() {
	bats_require_minimum_version 1.5.0
	tap=$BATS_TEST_DIRNAME/tap
	results=$BATS_TEST_TMPDIR/results
}

# judge PASSED FAILED COMMAND...
judge() {
	local want="$1 $2 x"
	shift 2
	"$tap" "$results" x "$@" || true
	[ "$(cat "$results")" = "$want" ] || {
		echo "judged $(cat "$results"), where $want was expected"
		return 1
	}
}

@test "tests that pass count" {
	judge 2 0 printf '1..2\nok 1 - a\nok 2 - b\n'
}

@test "a test that fails counts, and what it said is shown" {
	run ! "$tap" "$results" x sh -c 'printf "1..2\nok 1 - a\nnot ok 2 - b\n# because\n"; exit 1'
	[ "$(cat "$results")" = '1 1 x' ]
	[[ $output == *'# because'* ]]
	[[ $output != *'ok 1 - a'* ]]
}

@test "no test at all is a failure" {
	judge 0 1 true
}

@test "fewer tests than planned is a failure" {
	judge 1 2 printf '1..3\nok 1 - a\n'
}

@test "a skipped test is a failure" {
	judge 1 1 printf '1..2\nok 1 - a\nok 2 - b # skip no root\n'
}

@test "a crash after tests that passed is a failure" {
	# shellcheck disable=SC2016 # for the inner shell
	judge 1 1 sh -c 'printf "1..1\nok 1 - a\n"; kill -SEGV $$'
}

@test "an exit status after tests that passed is a failure" {
	judge 1 1 sh -c 'printf "1..1\nok 1 - a\n"; exit 3'
}

@test "a test that never ends is a failure" {
	export TEST_TIMEOUT=1
	judge 1 1 sh -c 'printf "1..2\nok 1 - a\n"; exec sleep 60'
}

@test "the replay of a fuzz corpus names its input and fails on an empty folder" {
	local dir=$BATS_TEST_TMPDIR
	cat >"$dir/target.c" <<-'C'
		#include <stdint.h>
		#include <stdlib.h>
		int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);
		int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n)
		{
			if (n > 2 && d[0] == 'b' && d[1] == 'a' && d[2] == 'd')
				abort();
			return 0;
		}
	C
	gcc -o "$dir/replay" "$dir/target.c" "$BATS_TEST_DIRNAME/fuzz/replay.c"
	mkdir "$dir/corpus"
	judge 0 1 "$dir/replay" "$dir/corpus"
	rm "$results"
	echo good >"$dir/corpus/1"
	: >"$dir/corpus/2"
	judge 2 0 "$dir/replay" "$dir/corpus"
	rm "$results"
	echo bad >"$dir/corpus/3"
	run ! "$tap" "$results" x "$dir/replay" "$dir/corpus"
	[[ $output == *'corpus/3'* ]]
}
