#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What must never be blocked: clients' outputs, and lists that change.
# What the hub makes of it is in tests/fault/reports.bats.

setup_file() {
	load lib
	hub_start
	enrol 0101 København
	as 0101 push - <<-'LIST'
		www.borger.dk
		1.1.1.1
		10.11.12.13
		evil.example
		203.0.113.7
	LIST
	ctl approve --all
	ctl approve www.borger.dk 10.11.12.13 --override --reason 'agreed with its owner'
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
}

flags() {
	ctl queue --json | jq -c ".[] | select(.value == \"$1\") | .flags"
}

flags_become() {
	export -f ctl flags
	export HUB
	# shellcheck disable=SC2016 # for the inner shell
	timeout 20 bash -c 'until [ "$(flags "$0")" = "$1" ]; do sleep 0.1; done' "$1" "$2"
}

@test "a client enforces what an override lifts, and never an address of its own network" {
	run --separate-stderr as 0101 pull
	[ "$status" -eq 0 ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *'ip 10.11.12.13 is approved but not enforced: never block 10.0.0.0/8'* ]]
	[ "$(out 0101 list-domain.txt)" = "$(printf '%s\n' evil.example www.borger.dk)" ]
	[ "$(out 0101 list-ip.txt)" = 203.0.113.7 ]
	run ! grep -F 10.11.12.13 "$HUB/0101/out/varsel.nft"
	[ "$(as 0101 status --json | jq .spared)" = 1 ]
	[[ $(as 0101 status) == *'1 approved entries hit the built-in never-block list'* ]]
	# Said once.
	ctl approve other.example
	run as 0101 pull
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "why names the built-in entry, and what an override blocks all the same" {
	run as 0101 why 10.11.12.13
	[ "$status" -eq 1 ]
	[[ $output == *'approved, but spared'* ]]
	[[ $output == *'never blocked here: 10.0.0.0/8, built in: private addresses'* ]]
	run as 0101 why kl.dk
	[ "$status" -eq 1 ]
	[[ $output == *'never blocked here: kl.dk, built in'* ]]
	run as 0101 why www.borger.dk
	[ "$status" -eq 0 ]
	[[ $output == *blocked* ]]
	[[ $output != *'never blocked'* ]]
	[ "$(as 0101 why --json www.borger.dk | jq .never_block)" = null ]
}

@test "the local file wins over an override" {
	echo borger.dk >>"$HUB/0101/never-block"
	as 0101 pull
	run ! grep -F borger.dk "$HUB/0101/out/list-domain.txt"
	run as 0101 why www.borger.dk
	[ "$status" -eq 1 ]
	[[ $output =~ borger\.dk,\ line\ [0-9]+\ of\ .*/never-block ]]
}

@test "a list that comes later flags what waits already, and approve --all leaves it" {
	local conf list
	list=$(mktemp -d /tmp/varsel.XXXXXX)
	chmod 755 "$list"
	echo '{"name":"Shops","type":"hostname","list":["waits.example"]}' >"$list/shops.json"
	chmod 644 "$list/shops.json"
	conf=$(cat "$HUB/private")/varseld.conf
	cp -p "$conf" "$tmp/varseld.conf"
	as 0101 push - <<<$'waits.example\nplain.example'
	[ "$(flags waits.example)" = '[]' ]
	echo "never-block = { \"$list/shops.json\" }" >>"$conf"
	devhub restart "$HUB"
	flags_become waits.example '["never-block"]'
	grep 'never-block: 1 pending indicators are flagged anew' "$HUB/varseld.log"
	ctl approve --all
	[ "$(ctl queue --json | jq -c 'map(select(.value | endswith("s.example")) | .value)')" = \
		'["waits.example"]' ]
	# Without the list it is as all others.
	cat "$tmp/varseld.conf" >"$conf"
	devhub restart "$HUB"
	flags_become waits.example '[]'
	ctl approve --all
	[ -z "$(flags waits.example)" ]
	rm -r "$list"
}

@test "a warninglist in varseld.conf; a bad one stops the hub and is named" {
	local conf list
	# Where the hub's own user may read it.
	list=$(mktemp -d /tmp/varsel.XXXXXX)
	chmod 755 "$list"
	echo '{"name":"Banks","type":"hostname","list":["www.bank.example","x"]}' >"$list/banks.json"
	chmod 644 "$list/banks.json"
	conf=$(cat "$HUB/private")/varseld.conf
	echo "never-block = { \"$list/banks.json\" }" >>"$conf"
	devhub halt "$HUB"
	devhub resume "$HUB"
	run varseld -c "$conf" check
	echo "$output"
	[[ $output == *'1 of the files skipped: '*'banks.json: list[1]: domain "x"'* ]]
	as 0101 push - <<<'bank.example'
	ctl queue --json | jq -e '.[] | select(.value == "bank.example") | .flags == ["never-block"]'
	run ctl approve bank.example --reason x
	[ "$status" -eq 65 ]
	echo '{"type":"regex","list":["x"]}' >"$list/banks.json"
	run varseld -c "$conf" run
	[ "$status" -eq 78 ]
	[[ $output == *'banks.json: type "regex": only lists of type string'* ]]
	rm -r "$list"
}
