#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The firewall of a municipality: a namespace behind which the world's addresses stand, real
# packets, the real nft. The tests follow each other.

setup_file() {
	load lib
	hub_start
	enrol 0751 Aarhus
	GATE=varsel-gate-$$ WORLD=varsel-world-$$
	export GATE WORLD
	ip netns add "$GATE" || {
		echo 'this machine makes no network namespaces; run the tests as root'
		return 1
	}
	ip netns add "$WORLD"
	ip -n "$GATE" link add wan type veth peer name wan netns "$WORLD"
	for ns in "$GATE" "$WORLD"; do
		ip -n "$ns" link set lo up
		ip -n "$ns" link set wan up
	done
	ip -n "$GATE" address add 192.0.2.1/24 dev wan
	ip -n "$GATE" address add 2001:db8::1/64 dev wan nodad
	ip -n "$GATE" route add default via 192.0.2.2
	ip -n "$GATE" route add default via 2001:db8::2
	for a in 192.0.2.2/24 203.0.113.7/32 203.0.113.8/32 198.51.100.9/32 198.51.100.10/32; do
		ip -n "$WORLD" address add "$a" dev wan
	done
	for a in 2001:db8::2/64 2001:db8:bad::7/128 2001:db8:bad::8/128; do
		ip -n "$WORLD" address add "$a" dev wan nodad
	done
	sed -i '/^output/,$d' "$HUB/0751/varsel.conf"
	cat >>"$HUB/0751/varsel.conf" <<-CONF
		output nftables {
			nft = {"ip", "netns", "exec", "$GATE", "nft"}
		}
	CONF
	echo 198.51.100.9 >"$HUB/0751/never-block"
}

teardown_file() {
	load lib
	hub_stop
	ip netns delete "$GATE" || true
	ip netns delete "$WORLD" || true
}

setup() {
	load lib
	conf=$HUB/0751/varsel.conf
	tmp=$BATS_TEST_TMPDIR
}

gate() {
	ip netns exec "$GATE" "$@"
}

# A real packet there and back.
reaches() {
	gate ping -q -c 1 -W 1 "$1" >/dev/null
}

dropped() {
	! reaches "$1"
}

approve() {
	ctl approve --reason test "$@"
}

# What one element of a set counted.
counted() {
	gate nft get element inet varsel "$1" "{ $2 }" | grep -oP 'packets \K[0-9]+'
}

elements() {
	gate nft list set inet varsel "$1" | grep -o ' timeout ' | wc -l
}

members() {
	gate nft -j list set inet varsel "$1" |
		jq -c '[.nftables[].set? | .elem[]? | if type == "object" and has("elem") then .elem.val else . end] | sort'
}

@test "before anything is approved every packet passes" {
	as 0751 pull
	gate nft list table inet varsel >"$tmp/table"
	for a in 203.0.113.7 203.0.113.8 198.51.100.9 198.51.100.10 2001:db8:bad::7; do
		reaches "$a"
	done
}

@test "an approved address is dropped, its neighbour is not" {
	approve 203.0.113.7 2001:db8:bad::7
	as 0751 pull
	dropped 203.0.113.7
	dropped 2001:db8:bad::7
	reaches 203.0.113.8
	reaches 2001:db8:bad::8
	[ "$(counted block4 203.0.113.7)" -ge 1 ]
	[ "$(counted block6 2001:db8:bad::7)" -ge 1 ]
}

@test "what a blocked address sends is dropped as well" {
	local before
	before=$(counted block4 203.0.113.7)
	run ! ip netns exec "$WORLD" ping -q -c 1 -W 1 -I 203.0.113.7 192.0.2.1
	[ "$(counted block4 203.0.113.7)" -gt "$before" ]
	ip netns exec "$WORLD" ping -q -c 1 -W 1 -I 203.0.113.8 192.0.2.1
}

@test "a prefix is dropped but for the one address on the never-block list" {
	approve 198.51.100.0/24
	as 0751 pull
	dropped 198.51.100.10
	reaches 198.51.100.9
	as 0751 status --json | jq -e '.outputs[0] | .count == 3 and .spared == 1'
}

@test "a change of 100 leaves what is there and its counters alone" {
	local before
	before=$(counted block4 203.0.113.7)
	[ "$before" -ge 1 ]
	seq -f '203.0.113.%g' 100 199 >"$tmp/more"
	approve --from "$tmp/more"
	as 0751 pull
	[ "$(elements block4)" = 101 ]
	[ "$(counted block4 203.0.113.7)" -ge "$before" ]
	xargs -a "$tmp/more" "$ROOT/build/varselctl" -c "$HUB/coordinator.conf" revoke --reason test
	as 0751 pull
	[ "$(elements block4)" = 1 ]
	[ "$(counted block4 203.0.113.7)" -ge "$before" ]
}

@test "a set that somebody flushes by hand is there again after the next pull, which says so" {
	local set before
	[ -z "$(as 0751 pull 2>&1)" ]
	for set in block4 block6 net4 allow4 allow6; do
		before=$(members "$set")
		[ "$before" != '[]' ]
		gate nft flush set inet varsel "$set"
		[ "$(members "$set")" = '[]' ]
		run as 0751 pull
		[ "$status" -eq 0 ]
		[[ $output == *'somebody else has taken out of the kernel what is enforced: written anew'* ]]
		[ "$(members "$set")" = "$before" ]
		[ -z "$(as 0751 pull 2>&1)" ]
	done
	dropped 203.0.113.7
	dropped 2001:db8:bad::7
	dropped 198.51.100.10
	reaches 198.51.100.9
	# And beside news, which would otherwise be a change to what is not there.
	gate nft flush set inet varsel block4
	approve 203.0.113.8
	as 0751 pull
	dropped 203.0.113.7
	dropped 203.0.113.8
	ctl revoke --reason test 203.0.113.8
	as 0751 pull
}

@test "nested prefixes with ends of their own do not clash" {
	approve --until 10d 198.51.100.0/25
	approve --until 90d 198.51.100.8/30
	as 0751 pull
	dropped 198.51.100.10
	gate nft list set inet varsel net4 | grep -q '198.51.100.8/30'
	# 65: something wider still covers them, which is the point here
	run -65 ctl revoke --reason test 198.51.100.8/30 198.51.100.0/25
	as 0751 pull
	dropped 198.51.100.10
}

@test "an element lives as long as it is approved, and longer once renewed" {
	gate nft get element inet varsel block4 '{ 203.0.113.7 }' | grep -Eq 'timeout (30d|29d23h)'
	ctl renew 203.0.113.7 --until 60d
	as 0751 pull
	gate nft get element inet varsel block4 '{ 203.0.113.7 }' | grep -Eq 'timeout (60d|59d23h)'
	dropped 203.0.113.7
}

seen() {
	ctl show --json "$1" | jq .sightings
}

# Sends N packets to ADDRESS that are dropped.
packets() {
	run ! gate ping -q -c "$1" -i 0.2 -W 1 "$2"
}

@test "what was dropped is counted at the hub, to the packet" {
	local one net six
	as 0751 pull
	one=$(seen 203.0.113.7) net=$(seen 198.51.100.0/24) six=$(seen 2001:db8:bad::7)
	[ "$one" -ge 1 ]
	packets 3 203.0.113.7
	packets 2 198.51.100.10
	packets 1 2001:db8:bad::7
	reaches 198.51.100.9
	run -0 as 0751 sightings
	[ "$output" = "2 ip 198.51.100.0/24 (firewall)
1 ip 2001:db8:bad::7 (firewall)
3 ip 203.0.113.7 (firewall)" ]
	[ "$(seen 203.0.113.7)" -eq $((one + 3)) ]
	[ "$(seen 198.51.100.0/24)" -eq $((net + 2)) ]
	[ "$(seen 2001:db8:bad::7)" -eq $((six + 1)) ]
	run -0 as 0751 sightings
	[ -z "$output" ]
	packets 1 203.0.113.7
	as 0751 pull
	[ "$(seen 203.0.113.7)" -eq $((one + 4)) ]
	[ "$(sql "SELECT DISTINCT source FROM sighting")" = firewall ]
}

@test "what a change sets back to 0 is read before it" {
	local one net
	one=$(seen 203.0.113.7) net=$(seen 198.51.100.0/24)
	packets 2 203.0.113.7
	packets 2 198.51.100.10
	ctl renew 203.0.113.7 --until 80d
	approve 198.51.99.0/24
	as 0751 pull
	[ "$(counted block4 203.0.113.7)" = 0 ]
	packets 3 203.0.113.7
	packets 3 198.51.100.10
	as 0751 pull
	[ "$(seen 203.0.113.7)" -eq $((one + 5)) ]
	[ "$(seen 198.51.100.0/24)" -eq $((net + 5)) ]
	packets 1 203.0.113.7
	as 0751 off
	reaches 203.0.113.7
	as 0751 on
	packets 1 203.0.113.7
	as 0751 pull
	[ "$(seen 203.0.113.7)" -eq $((one + 7)) ]
	ctl revoke --reason test 198.51.99.0/24
	as 0751 pull
}

@test "the kernel lets go of what has expired, without a pull" {
	approve --until 4s 203.0.113.8
	as 0751 pull
	dropped 203.0.113.8
	timeout 20 bash -c "until ip netns exec $GATE ping -q -c 1 -W 1 203.0.113.8 >/dev/null; do :; done"
	run as 0751 pull
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	reaches 203.0.113.8
	dropped 203.0.113.7
}

@test "a pull restores what another tool flushed" {
	gate nft flush ruleset
	reaches 203.0.113.7
	as 0751 pull
	dropped 203.0.113.7
	dropped 198.51.100.10
	reaches 198.51.100.9
}

@test "a pull goes on when somebody changed our sets by hand" {
	gate nft delete element inet varsel block4 '{ 203.0.113.7 }'
	gate nft delete set inet varsel applied
	ctl revoke --reason test 203.0.113.7
	approve 203.0.113.8
	as 0751 pull
	reaches 203.0.113.7
	dropped 203.0.113.8
}

@test "a failing nft keeps the last good set, says so, and is tried again" {
	printf '#!/bin/sh\necho no firewall today\nexit 1\n' >"$tmp/nft"
	chmod +x "$tmp/nft"
	cp "$conf" "$tmp/good.conf"
	sed -i "s|nft = .*|nft = {\"$tmp/nft\"}|" "$conf"
	approve 203.0.113.7
	run as 0751 pull
	[ "$status" -eq 73 ]
	[[ $output == *"output nftables: "*"no firewall today"* ]]
	as 0751 status --json | jq -e '.outputs[0].error | contains("no firewall today")'
	dropped 203.0.113.8
	dropped 198.51.100.10
	reaches 203.0.113.7
	cp "$tmp/good.conf" "$conf"
	as 0751 pull
	dropped 203.0.113.7
	as 0751 status --json | jq -e '.outputs[0].error == null'
}

@test "an unreachable hub leaves the firewall as it is, and a flush is healed all the same" {
	cp "$conf" "$tmp/good.conf"
	sed -i "s|^hub = .*|hub = \"http://127.0.0.1:$(port_free)\"|" "$conf"
	run as 0751 pull
	[ "$status" -eq 69 ]
	dropped 203.0.113.7
	gate nft flush ruleset
	run as 0751 pull
	[ "$status" -eq 69 ]
	dropped 203.0.113.7
	cp "$tmp/good.conf" "$conf"
}

@test "only the hooks of the configuration drop" {
	sed -i '/nft = /a\	hook = {"forward"}' "$conf"
	as 0751 pull
	reaches 203.0.113.7
	gate nft list chain inet varsel forward
	run ! gate nft list chain inet varsel input
	sed -i '/hook = /d' "$conf"
	as 0751 pull
	dropped 203.0.113.7
}

@test "a new never-block line frees at the next pull, without news" {
	echo 203.0.113.7 >>"$HUB/0751/never-block"
	as 0751 pull
	reaches 203.0.113.7
	dropped 203.0.113.8
	run as 0751 why 203.0.113.7
	[ "$status" -eq 1 ]
	[[ $output == *"never blocked here: 203.0.113.7, line 2 of "* ]]
}

@test "a file that nft refuses replaces nothing" {
	cp "$conf" "$tmp/good.conf"
	printf '#!/bin/sh\necho this file is no good\nexit 1\n' >"$tmp/nft"
	chmod +x "$tmp/nft"
	echo 'the last good one' >"$HUB/0751/out/kept.nft"
	sed -i "s|nft = .*|load = false\n\tnft = {\"$tmp/nft\"}\n\tfile = \"$HUB/0751/out/kept.nft\"|" \
		"$conf"
	run as 0751 pull
	cp "$tmp/good.conf" "$conf"
	[ "$status" -eq 73 ]
	[[ $output == *"this file is no good"* ]]
	[ "$(cat "$HUB/0751/out/kept.nft")" = 'the last good one' ]
	dropped 203.0.113.8
}

@test "load = false writes the file and leaves the kernel alone" {
	gate nft flush ruleset
	sed -i "s|nft = .*|load = false\n\tfile = \"$HUB/0751/out/own.nft\"|" "$conf"
	as 0751 pull
	[ -z "$(gate nft list ruleset)" ]
	reaches 203.0.113.8
	gate nft -c -f "$HUB/0751/out/own.nft"
	gate nft -f "$HUB/0751/out/own.nft"
	dropped 203.0.113.8
}
