#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# An output that cannot hold all: what it keeps, and how loud that is. The tests follow each
# other.

setup_file() {
	load lib
	make -s -C "$ROOT" build/tests/integration/nft/changes_test
	hub_start
	enrol 0101 København
	sed -i '/^output/,$d' "$HUB/0101/varsel.conf"
	cat >>"$HUB/0101/varsel.conf" <<-CONF
		output nftables {
			load = false
			file = "$HUB/0101/out/varsel.nft"
			max = 2
		}
		output rpz {
			file = "$HUB/0101/out/rpz.zone"
			max = 1
		}
		output list {
			kind = "ip"
			file = "$HUB/0101/out/list-ip.txt"
		}
	CONF
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
}

# report CONFIDENCE VALUE...
report() {
	local confidence=$1
	shift
	{
		echo value,confidence
		printf "%s,$confidence\n" "$@"
	} | as 0101 push --format csv -
	ctl approve --reason test "$@"
}

# blocked: the addresses in the nftables file.
blocked() {
	grep -oP '^[0-9./-]+(?= timeout)' "$HUB/0101/out/varsel.nft" | sort
}

@test "whatever changes, the differences lead where the whole leads, in the real kernel" {
	"$ROOT/build/tests/integration/nft/changes_test"
}

@test "the most confident are kept, and what is left out is loud" {
	report 40 203.0.113.1 low.example
	report 90 203.0.113.9
	run as 0101 pull
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	report 70 198.51.100.0/24 sure.example
	run --separate-stderr as 0101 pull
	[ "$status" -eq 0 ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *'output nftables: FULL: 1 entries are not enforced, 1 more than before'* ]]
	[[ $stderr == *'output rpz: FULL: 1 entries are not enforced, 1 more than before'* ]]
	[ "$(blocked)" = "$(printf '198.51.100.0-198.51.100.255\n203.0.113.9')" ]
	grep -q '^sure.example CNAME' "$HUB/0101/out/rpz.zone"
	run ! grep low.example "$HUB/0101/out/rpz.zone"
	# The list has no maximum.
	[ "$(out 0101 list-ip.txt | wc -l)" = 3 ]
	as 0101 status --json | jq -e '[.outputs[] | .left_out] == [1, 1, 0]'
	[[ $(as 0101 status) == *'output     nftables: 2 entries, '*', 1 left out'* ]]
	# Said when it grows, not at each pull.
	run as 0101 pull
	[ -z "$output" ]
}

@test "why says that a value is over the maximum, and of which output" {
	run as 0101 why 203.0.113.1
	[ "$status" -eq 0 ]
	[[ $output == *': blocked, '*'over the maximum of output nftables (2): not enforced there'* ]]
	as 0101 why --json 203.0.113.1 | jq -e '.entries[0] | .over_max == ["nftables"] and .enforced'
	run as 0101 why low.example
	[[ $output == *'approved, but no output has room for it'* ]]
	as 0101 why --json low.example | jq -e '.blocked == false and .entries[0].over_max == ["rpz"]'
	as 0101 why --json sure.example | jq -e '.blocked and .entries[0].over_max == []'
}

@test "what is more confident takes the place of what is less, and gives it back" {
	report 80 203.0.113.2
	run as 0101 pull
	[[ $output == *'output nftables: FULL: 2 entries'* ]]
	[ "$(blocked)" = "$(printf '203.0.113.2\n203.0.113.9')" ]
	ctl revoke --reason test 203.0.113.9
	run as 0101 pull
	[ -z "$output" ]
	[ "$(blocked)" = "$(printf '198.51.100.0-198.51.100.255\n203.0.113.2')" ]
}

@test "confidence alone changes what is kept" {
	local until
	until=$(as 0101 why --json 203.0.113.1 | jq -r '.entries[0].until')
	printf 'value,confidence\n203.0.113.1,100\n' | as 0101 push --format csv -
	ctl approve --reason test --until "$until" 203.0.113.1
	as 0101 pull
	[ "$(as 0101 why --json 203.0.113.1 | jq -r '.entries[0].until')" = "$until" ]
	[ "$(blocked)" = "$(printf '203.0.113.1\n203.0.113.2')" ]
}

@test "another maximum holds at the next pull, without news" {
	sed -i 's/max = 2/max = 3/; s/max = 1$/max = 1000/' "$HUB/0101/varsel.conf"
	run as 0101 pull
	[ -z "$output" ]
	[ "$(blocked | wc -l)" = 3 ]
	grep -q '^low.example CNAME' "$HUB/0101/out/rpz.zone"
	as 0101 status --json | jq -e '[.outputs[] | .left_out] == [0, 0, 0]'
	sed -i 's/max = 3/max = 0/' "$HUB/0101/varsel.conf"
	run as 0101 pull
	[ "$status" -eq 78 ]
	[[ $output == *'0 is not between 1 and '* ]]
}
