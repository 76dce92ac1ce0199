#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The hub's threads under load; and the first thousand requests, for what each leaves behind.

setup_file() {
	load edge/load
	load_setup
}

teardown_file() {
	load edge/load
	hub_stop
}

setup() {
	load edge/load
	load_paths
}

# bats test_tags=slow
@test "100,000 requests: the first thousand leave nothing behind" {
	valgrind_hub
	loaded 1008
	no_leak
}

# bats test_tags=slow
@test "100,000 requests: threads do not race" {
	make -s -C "$ROOT" SAN=thread build/tsan/varseld
	# shellcheck disable=SC2154 # load_paths sets it
	TSAN_OPTIONS="log_path=$private/state/tsan exitcode=0" hub_under <"$ROOT/build/tsan/varseld"
	loaded 16000
	cat "$private"/state/tsan* 2>/dev/null | head -n 60
	[ ! -e "$private/state/tsan" ]
	run ! compgen -G "$private/state/tsan*"
}
