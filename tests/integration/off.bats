#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Break glass: varsel off and on, with real packets through a real ruleset and a real
# resolver. The tests follow each other.

setup_file() {
	load lib
	hub_start
	enrol 0751 Aarhus
	GATE=varsel-off-$$ DNS=$BATS_FILE_TMPDIR/dns
	export GATE DNS
	ip netns add "$GATE" || {
		echo 'this machine makes no network namespaces; run the tests as root'
		return 1
	}
	ip -n "$GATE" link set lo up
	ip -n "$GATE" address add 203.0.113.7/32 dev lo
	mkdir "$DNS"
	start_unbound
	sed -i '/^output/,$d' "$HUB/0751/varsel.conf"
	cat >>"$HUB/0751/varsel.conf" <<-CONF
		output nftables {
			nft = {"ip", "netns", "exec", "$GATE", "nft"}
		}
		output rpz {
			file = "$DNS/rpz.zone"
			reload = {"unbound-control", "-c", "$DNS/unbound.conf", "auth_zone_reload", "varsel.rpz"}
		}
		output list-ip {
			kind = "ip"
			file = "$HUB/0751/out/list-ip.txt"
		}
	CONF
	varselctl -c "$HUB/coordinator.conf" approve --reason test 203.0.113.7 evil.example
}

teardown_file() {
	load lib
	[ ! -s "$DNS/unbound.pid" ] || kill "$(cat "$DNS/unbound.pid")" || true
	hub_stop
	ip netns delete "$GATE" || true
}

setup() {
	load lib
	conf=$HUB/0751/varsel.conf
	state=$(sed -n 's/^state-dir = "\(.*\)"/\1/p' "$conf")
	tmp=$BATS_TEST_TMPDIR
}

start_unbound() {
	port_free >"$DNS/port"
	printf '%s\n' '@ 60 SOA localhost. root.localhost. 1 60 60 60 60' '@ 60 NS localhost.' |
		tee "$DNS/rpz.zone" >"$DNS/example.zone"
	echo '* 60 A 192.0.2.80' >>"$DNS/example.zone"
	cat >"$DNS/unbound.conf" <<-CONF
		server:
			interface: 127.0.0.1
			port: $(cat "$DNS/port")
			directory: "$DNS"
			chroot: ""
			username: ""
			pidfile: "$DNS/unbound.pid"
			use-syslog: no
			module-config: "respip iterator"
			do-not-query-localhost: no
		remote-control:
			control-enable: yes
			control-interface: "$DNS/unbound.sock"
			control-use-cert: no
		auth-zone:
			name: "example."
			zonefile: "$DNS/example.zone"
			for-upstream: yes
			for-downstream: no
		rpz:
			name: "varsel.rpz"
			zonefile: "$DNS/rpz.zone"
	CONF
	unbound -c "$DNS/unbound.conf"
}

gate() {
	ip netns exec "$GATE" "$@"
}

answer() {
	dig +tries=5 +time=1 @127.0.0.1 -p "$(cat "$DNS/port")" "$1" A | grep -oP 'status: \K[A-Z]+'
}
export -f answer

# A reload may still be at work when its command has returned.
answers() {
	timeout 20 bash -c "until [ \"\$(answer evil.example)\" = $1 ]; do :; done"
}

enforced() {
	run ! gate ping -q -c 1 -W 1 203.0.113.7
	answers NXDOMAIN
	[ "$(out 0751 list-ip.txt)" = 203.0.113.7 ]
}

lifted() {
	gate ping -q -c 1 -W 1 203.0.113.7
	[ -z "$(gate nft list ruleset)" ]
	answers NOERROR
	[ -z "$(out 0751 list-ip.txt)" ]
}

# seconds_off: how long it still lasts.
seconds_off() {
	local until
	until=$(as 0751 status --json | jq -r .off.until)
	echo $(($(date -d "$until" +%s) - $(date +%s)))
}

@test "off lifts all of it at once, and says so wherever it is asked" {
	as 0751 pull
	enforced
	as 0751 status --json | jq -e '.off == null'
	run as 0751 off
	[ "$status" -eq 0 ]
	[[ $output == "off until "*": nothing is enforced here; "* ]]
	lifted
	[ "$(seconds_off)" -gt 3500 ]
	[ "$(seconds_off)" -le 3600 ]
	as 0751 status --json | jq -e '[.outputs[] | .count == 0 and (.error | test("^off until 20"))] | all'
	[[ $(as 0751 status) == *'OFF        until '* ]]
	[[ $(as 0751 status) != *FAILED* ]]
	run as 0751 why 203.0.113.7
	[ "$status" -eq 1 ]
	[[ $output == *'approved, but varsel is off'*'off until '* ]]
	run as 0751 why --json evil.example
	jq -e '.blocked == false and .entries[0].enforced == false and .off_until != null' <<<"$output"
}

@test "a pull leaves it lifted, says so each time, and goes on following" {
	ctl approve --reason test 203.0.113.8
	for _ in 1 2; do
		run --separate-stderr as 0751 pull
		[ "$status" -eq 0 ]
		# shellcheck disable=SC2154 # bats sets it
		[[ $stderr == *'off until '*': nothing is enforced here'* ]]
		lifted
	done
	[ "$(as 0751 status --json | jq .active)" = 3 ]
}

@test "off again counts from now" {
	as 0751 off --for 2h
	[ "$(seconds_off)" -gt 7100 ]
	as 0751 status --json | jq -e '.off.until as $t | [.outputs[].error == "off until " + $t] | all'
	lifted
}

@test "on restores at once with the hub away, together with what came meanwhile" {
	cp "$conf" "$tmp/good.conf"
	sed -i "s|^hub = .*|hub = \"http://127.0.0.1:$(port_free)\"|" "$conf"
	run as 0751 on
	cp "$tmp/good.conf" "$conf"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	ctl revoke --reason test 203.0.113.8
	as 0751 pull
	enforced
	as 0751 status --json | jq -e '.off == null and ([.outputs[].error == null] | all)'
	[ "$(as 0751 why --json evil.example | jq .blocked)" = true ]
	[ ! -e "$state/off" ]
}

@test "off works with the hub away, and the first pull after its end restores" {
	cp "$conf" "$tmp/good.conf"
	sed -i "s|^hub = .*|hub = \"http://127.0.0.1:$(port_free)\"|" "$conf"
	as 0751 off --for 1s
	lifted
	timeout 20 bash -c "until [ \"\$(date +%s)\" -gt $(date +%s) ]; do :; done"
	timeout 20 bash -c "until [ \"\$(date +%s)\" -gt $(date +%s) ]; do :; done"
	# What is over is not over before somebody restores it.
	[ "$(as 0751 why --json evil.example | jq .blocked)" = false ]
	run as 0751 pull
	cp "$tmp/good.conf" "$conf"
	[ "$status" -eq 69 ]
	[[ $output != *'nothing is enforced'* ]]
	enforced
	[ ! -e "$state/off" ]
}

@test "off does not wait for a pull that waits for news" {
	as 0751 pull
	varsel -c "$conf" pull --wait 50 3>&- &
	local waiting=$!
	# The part of it that talks to the hub is its child.
	timeout 20 bash -c "until ls -l /proc/\$(tr -d ' ' </proc/$waiting/task/$waiting/children)/fd |
		grep -q socket:; do :; done" 2>"$tmp/err"
	as 0751 off
	lifted
	run ! flock -n "$state/lock" true
	kill "$waiting"
	wait "$waiting" || true
	as 0751 on
	enforced
}

@test "off works on a full disk, for what needs none" {
	mkdir "$tmp/full"
	mount -t tmpfs -o size=16k tmpfs "$tmp/full"
	cp "$conf" "$tmp/good.conf"
	sed -i "s|^state-dir = .*|state-dir = \"$tmp/full\"|" "$conf"
	dd if=/dev/zero of="$tmp/full/rest" bs=4k status=none || true
	run as 0751 off
	cp "$tmp/good.conf" "$conf"
	umount "$tmp/full"
	[ "$status" -eq 73 ]
	[[ $output == *'No space left'* ]]
	gate ping -q -c 1 -W 1 203.0.113.7
	answers NOERROR
	# It could not be remembered, so the next pull restores.
	as 0751 pull
	enforced
}

@test "off for longer than a day, or for no time, is refused" {
	for t in 25h 0s soon ''; do
		run as 0751 off --for "$t"
		[ "$status" -eq 64 ]
	done
	enforced
	# Nor does a file that says so do it.
	echo '2020-01-01T00:00:00Z 2120-01-01T00:00:00Z' >"$state/off"
	run as 0751 pull
	[[ $output == *'off: damaged, and not minded'* ]]
	enforced
	as 0751 off
	printf '%s %s\n' "$(date -u -d '+1 hour' +%FT%TZ)" "$(date -u -d '+2 hours' +%FT%TZ)" >"$state/off"
	as 0751 pull
	enforced
}
