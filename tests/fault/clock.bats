#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Clocks that are wrong, and a hub that is away for days: what is in force stays so, in files
# and in a kernel. The tests follow each other.

setup_file() {
	load lib
	GATE=varsel-clock-$$
	export GATE
	ip netns add "$GATE" || {
		echo 'this machine makes no network namespaces; run the tests as root'
		return 1
	}
	hub_start
	enrol 0751 Aarhus
	cat >>"$HUB/0751/varsel.conf" <<-CONF
		output nftables-kernel {
			nft = {"ip", "netns", "exec", "$GATE", "nft"}
		}
	CONF
	ctl approve --reason test --until 30d long.example 203.0.113.7
	as 0751 pull
}

teardown_file() {
	load lib
	hub_stop
	ip netns delete "$GATE" || true
}

setup() {
	load lib
}

gate() {
	ip netns exec "$GATE" "$@"
}

listed() {
	out 0751 list-domain.txt | grep -qx "$1"
}

dropped() {
	gate nft get element inet varsel block4 "{ $1 }" >/dev/null
}

# at OFFSET STATUS: a pull under a clock that is so far off ends so, and says why.
at() {
	run faketime -f "$1" varsel -c "$HUB/0751/varsel.conf" pull
	echo "$output"
	[ "$status" -eq "$2" ]
	as 0751 status --json >"$BATS_TEST_TMPDIR/status.json"
}

hold_says() {
	jq -e --arg what "$1" '.hold.reason | contains($what)' "$BATS_TEST_TMPDIR/status.json"
}

# Approves for a moment, and waits until it is over.
lapse() {
	ctl approve --reason test --until 3s "$@"
	as 0751 pull
	timeout 20 bash -c "until ! $ROOT/build/varsel -c $HUB/0751/varsel.conf why $1 >/dev/null; do :; done"
}

@test "clock behind: nothing expires, and it says so" {
	lapse short.example
	at -1h 76
	hold_says 'behind'
	listed short.example
	listed long.example
	dropped 203.0.113.7
	as 0751 pull
	run ! listed short.example
	as 0751 status --json | jq -e '.hold == null'
}

@test "clock far ahead: ten years later nothing expires, and it says so" {
	at +10y 76
	hold_says 'ahead'
	listed long.example
	dropped 203.0.113.7
	as 0751 pull
	listed long.example
	as 0751 status --json | jq -e '.hold == null'
}

@test "clock far ahead: the kernel's own timeouts run all the same" {
	ctl approve --reason test --until 4s 203.0.113.8
	as 0751 pull
	dropped 203.0.113.8
	at +10y 76
	timeout 20 bash -c "while ip netns exec $GATE nft get element inet varsel block4 '{ 203.0.113.8 }' >/dev/null 2>&1; do :; done"
	dropped 203.0.113.7
	as 0751 pull
	dropped 203.0.113.7
}

@test "freeze: a hub that has been away for 48 hours leaves what has not expired in force, and flushes nothing" {
	ctl approve --reason test --until 1d day.example
	as 0751 pull
	out 0751 list-ip.txt >"$BATS_TEST_TMPDIR/before"
	devhub halt "$HUB"
	run as 0751 pull
	[ "$status" -eq 69 ]
	at +48h 76
	hold_says 'freeze: '
	jq -e '.hold.since != null' "$BATS_TEST_TMPDIR/status.json"
	run faketime -f +48h varsel -c "$HUB/0751/varsel.conf" status
	[[ $output == *'ON HOLD'* ]]
	listed long.example
	run ! listed day.example
	out 0751 list-ip.txt | same "$BATS_TEST_TMPDIR/before" -
	dropped 203.0.113.7
	# Nor at the next one, or when somebody flushes the ruleset meanwhile.
	gate nft flush ruleset
	at +49h 76
	listed long.example
	dropped 203.0.113.7
	devhub resume "$HUB"
	as 0751 pull
	as 0751 status --json | jq -e '.hold == null'
	listed long.example
	dropped 203.0.113.7
}
