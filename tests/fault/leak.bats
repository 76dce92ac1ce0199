#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a hub leaves behind when it has answered a hundred thousand requests of every kind.

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
@test "100,000 requests: nothing is leaked" {
	valgrind_hub
	loaded 100000
	no_leak
}
