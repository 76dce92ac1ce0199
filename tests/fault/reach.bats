#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Two machines, each a network namespace: the municipality's firewall, and all the rest of the
# world: the gateway, the resolver and the hub behind nginx, on three addresses of one net. The
# coordinators approve that net.

# shellcheck disable=SC2153 # front_make sets PORT
setup_file() {
	load lib
	load ../integration/front
	export CLIENT=varsel-c-$$ WORLD=varsel-w-$$ REST=$BATS_FILE_TMPDIR/world
	mkdir -p "$REST"
	for ns in "$CLIENT" "$WORLD"; do
		ip netns add "$ns" || {
			echo 'this machine makes no network namespaces; run the tests as root'
			return 1
		}
		ip -n "$ns" link set lo up
	done
	ip -n "$CLIENT" link add inside type veth peer name outside netns "$WORLD"
	ip -n "$CLIENT" address add 203.0.113.2/24 dev inside
	for last in 1 10 53 99; do
		ip -n "$WORLD" address add "203.0.113.$last/24" dev outside
	done
	ip -n "$WORLD" link set outside up
	ip -n "$CLIENT" link set inside up
	ip -n "$CLIENT" route add default via 203.0.113.1
	# What ip netns exec puts in the place of the machine's own.
	mkdir -p "/etc/netns/$CLIENT"
	echo 'nameserver 203.0.113.53' >"/etc/netns/$CLIENT/resolv.conf"
	world devhub start "$HUB"
	world devhub enrol "$HUB" 0101 København
	resolver
	front_make
	certificate
	site "$(sed 's/.*://' "$HUB/hub.url")"
	sed -i "s/listen 127.0.0.1:$PORT /listen 203.0.113.10:443 /" "$FRONT/varsel.site"
	world nginx -p "$FRONT" -c "$FRONT/nginx.conf" -e "$FRONT/error.log"
	sed -i "s|^hub = .*|hub = \"https://hub.varsel.example\"\\ntls-ca = \"$REST/ca.pem\"|
		/^output/,\$d" "$HUB/0101/varsel.conf"
	echo 'output nftables {}' >>"$HUB/0101/varsel.conf"
}

teardown_file() {
	load lib
	load ../integration/front
	front_stop
	[ ! -s "$REST/unbound.pid" ] || kill "$(cat "$REST/unbound.pid")" || true
	hub_stop
	ip netns delete "$CLIENT" || true
	ip netns delete "$WORLD" || true
	rm -rf "/etc/netns/$CLIENT"
}

setup() {
	load lib
}

world() {
	ip netns exec "$WORLD" "$@"
}

client() {
	ip netns exec "$CLIENT" "$@"
}

# Of its own authority, in $REST and where nginx looks for it.
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 \
		-subj /CN=authority -keyout "$REST/ca.key" -out "$REST/ca.pem" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=hub \
		-addext 'subjectAltName=DNS:hub.varsel.example' -keyout "$FRONT/privkey.pem" \
		-out "$REST/hub.csr" 2>/dev/null
	openssl x509 -req -in "$REST/hub.csr" -CA "$REST/ca.pem" -CAkey "$REST/ca.key" -days 9 \
		-copy_extensions copyall -out "$FRONT/fullchain.pem" 2>/dev/null
}

resolver() {
	cat >"$REST/unbound.conf" <<-CONF
		server:
			username: ""
			chroot: ""
			directory: "$REST"
			pidfile: "$REST/unbound.pid"
			logfile: "$REST/unbound.log"
			use-syslog: no
			interface: 203.0.113.53
			access-control: 203.0.113.0/24 allow
			module-config: iterator
			local-zone: "varsel.example." static
			local-data: "hub.varsel.example. 60 A 203.0.113.10"
	CONF
	world unbound -c "$REST/unbound.conf"
}

as_client() {
	client "$ROOT/build/varsel" -c "$HUB/0101/varsel.conf" "$@"
}

coordinator() {
	world "$ROOT/build/varselctl" -c "$HUB/coordinator.conf" "$@"
}

answers() {
	client ping -q -c 1 -W 1 "$1" >"$BATS_TEST_TMPDIR/ping"
}

@test "an approval that covers the hub, a resolver, the gateway: they stay reachable, and so does the revocation" {
	as_client pull
	answers 203.0.113.99
	coordinator approve 203.0.113.0/24 varsel.example --override --reason test
	run -0 --separate-stderr as_client pull
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *'203.0.113.0/24 is approved but covers 203.0.113.'*': that stays reachable'* ]]
	# Really cut, all but these.
	run ! answers 203.0.113.99
	for each in 203.0.113.1 203.0.113.10 203.0.113.53; do
		answers "$each"
	done
	[ "$(client dig +short +time=2 +tries=1 @203.0.113.53 hub.varsel.example)" = 203.0.113.10 ]
	# Who calls from outside is cut, and the gateway is not.
	run ! world ping -q -c 1 -W 1 -I 203.0.113.99 203.0.113.2
	world ping -q -c 1 -W 1 -I 203.0.113.1 203.0.113.2
	coordinator revoke 203.0.113.0/24 --reason test
	as_client pull
	answers 203.0.113.99
}

@test "reboot, ruleset flushed by another tool: a set of this machine's own kernel, when any ruleset has changed" {
	local generation
	generation() {
		jq .generation "$HUB/0101/state/state.json"
	}
	coordinator approve 198.51.100.7 --reason test
	as_client pull
	generation=$(generation)
	[ "$generation" -gt 0 ]
	# Somebody else's change, and then one to ours.
	client nft add table inet other
	[ -z "$(as_client pull 2>&1)" ]
	client nft flush set inet varsel block4
	run -0 as_client pull
	[[ $output == *'taken out of the kernel'* ]]
	client nft list set inet varsel block4 | grep -q 198.51.100.7
	[ "$(generation)" -eq $((generation + 3)) ]
	[ -z "$(as_client pull 2>&1)" ]
	client nft delete table inet other
}

@test "reboot, ruleset flushed by another tool: the rules around the sets, of this machine's own kernel" {
	local chain want
	rules() {
		client nft -t list table inet varsel | sed '/chain/,$!d'
	}
	coordinator approve 203.0.113.99 --reason test
	as_client pull
	run ! answers 203.0.113.99
	want=$(rules)
	for chain in input output from to deny; do
		client nft flush chain inet varsel "$chain"
		[ "$(rules)" != "$want" ]
		run -0 as_client pull
		[[ $output == *'taken out of the kernel'* ]]
		[ "$(rules)" = "$want" ]
		[ -z "$(as_client pull 2>&1)" ]
	done
	run ! answers 203.0.113.99
	# One that lets pass what is blocked.
	client nft insert rule inet varsel deny accept
	answers 203.0.113.99
	as_client pull
	run ! answers 203.0.113.99
	# Another table's rules are nobody's business here.
	client nft add table inet other
	client nft add chain inet other some
	client nft add rule inet other some drop
	[ -z "$(as_client pull 2>&1)" ]
	client nft delete table inet other
	coordinator revoke 203.0.113.99 --reason test
	as_client pull
}

@test "reboot, ruleset flushed by another tool: the rules around the sets, when there is something else to write as well" {
	local dir=$HUB/0101 want
	rules() {
		client nft -t list table inet varsel | sed '/chain/,$!d'
	}
	stands() {
		client nft list set inet varsel block4 | grep -q 198.51.100.8
	}
	coordinator approve 198.51.100.8 --reason test
	as_client pull
	want=$(rules)
	# What is never blocked changes by itself: an address, a gateway, a resolver.
	client nft flush chain inet varsel input
	echo 192.0.2.1 >>"$dir/never-block"
	run -0 as_client pull
	[[ $output == *'taken out of the kernel'* ]]
	[ "$(rules)" = "$want" ]
	client nft flush set inet varsel block4
	echo 192.0.2.2 >>"$dir/never-block"
	run -0 as_client pull
	[[ $output == *'taken out of the kernel'* ]]
	stands
	# Its file cannot be written; what stands in the kernel is looked at all the same.
	echo "output nftables { file = \"$dir/none/varsel.nft\" }" >"$BATS_TEST_TMPDIR/output"
	sed '/^output/,$d' "$dir/varsel.conf" | cat - "$BATS_TEST_TMPDIR/output" >"$dir/failing.conf"
	run -73 client "$ROOT/build/varsel" -c "$dir/failing.conf" pull
	client nft flush chain inet varsel input
	run -0 as_client pull
	[ "$(rules)" = "$want" ]
	run -73 client "$ROOT/build/varsel" -c "$dir/failing.conf" pull
	client nft flush set inet varsel block4
	run -73 client "$ROOT/build/varsel" -c "$dir/failing.conf" pull
	stands
	# Nobody knows any more which rules there were.
	client nft flush chain inet varsel input
	rm "$dir/state/state.json"
	as_client pull
	[ "$(rules)" = "$want" ]
	[ -z "$(as_client pull 2>&1)" ]
	sed -i '/192.0.2.[12]/d' "$dir/never-block"
	coordinator revoke 198.51.100.8 --reason test
	as_client pull
}
