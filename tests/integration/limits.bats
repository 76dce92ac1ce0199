#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# How much one address and one organisation may have, and that no other notices.

setup_file() {
	load http
	hub_start
	enrol 0101 'København' 0751 Aarhus
	# Before the limits, as logins count.
	export READ FEED READ2 FEED2
	READ=$(as 0101 token)
	FEED=$(as 0101 token --scope feed)
	READ2=$(as 0751 token)
	FEED2=$(as 0751 token --scope feed)
	# One a minute: however slow this machine is, a bucket that is empty stays so.
	hub_set 'trusted-proxy = "127.0.0.1"' 'connections-per-address = 2' \
		'address-rate = 1' 'address-burst = 5' 'org-rate = 1' 'org-burst = 3' \
		'feed-rate = 60' 'feed-burst = 20'
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load http
	url=$(hub_url)
}

# status_of PATH [CURL OPTION...]: the status alone; the header is in $BATS_TEST_TMPDIR/head, the
# body in .../body.
status_of() {
	local path=$1
	shift
	curl -sS -m 30 -D "$BATS_TEST_TMPDIR/head" -o "$BATS_TEST_TMPDIR/body" \
		-w '%{http_code}\n' "$@" "$url$path"
}

# stranger ADDRESS [CURL OPTION...]: a login that cannot hold, as the proxy tells of it.
stranger() {
	local address=$1
	shift
	status_of /v1/token -H "X-Forwarded-For: $address" -H 'Content-Type: text/plain' -d x "$@"
}

# limited LIMIT: how often it was applied.
limited() {
	metric "varsel_http_limited_total{limit=\"$1\"}"
}

is_429() {
	grep -qi '^retry-after: [1-9]' "$BATS_TEST_TMPDIR/head"
	jq -e '.slug == "rate" and .status == 429' "$BATS_TEST_TMPDIR/body"
}

@test "logins without a token that holds: so many from one address, and no more" {
	local i
	for i in 1 2 3 4 5; do
		[ "$(stranger 203.0.113.7)" = 400 ]
	done
	[ "$(stranger 203.0.113.7)" = 429 ]
	is_429
	[ "$(limited address)" -ge 1 ]
	# The open routes answer, and so does everything to everyone else.
	[ "$(status_of /healthz -H 'X-Forwarded-For: 203.0.113.7')" = 200 ]
	[ "$(stranger 203.0.113.8)" = 400 ]
	[ "$(status_of "/v1/feed/$CHANNEL/checkpoint" -H 'X-Forwarded-For: 203.0.113.7' \
		-H "Authorization: Bearer $FEED")" = 200 ]
}

@test "tokens that do not hold count as none" {
	local i
	for i in 1 2 3 4 5; do
		[ "$(status_of /v1/orgs -H 'X-Forwarded-For: 203.0.113.20' -H 'Authorization: Bearer x.y.z')" = 401 ]
	done
	[ "$(status_of /v1/orgs -H 'X-Forwarded-For: 203.0.113.20' -H 'Authorization: Bearer x.y.z')" = 429 ]
	is_429
	[ "$(stranger 203.0.113.20)" = 429 ]
}

@test "an address is what the proxy appended, not what the client claims" {
	local i
	for i in 1 2 3 4 5; do
		[ "$(stranger "198.51.100.$i, 203.0.113.30")" = 400 ]
	done
	[ "$(stranger '198.51.100.9, 203.0.113.30')" = 429 ]
	[ "$(stranger 198.51.100.9 -H 'X-Forwarded-For: 203.0.113.30')" = 429 ]
	[ "$(stranger '203.0.113.30, 198.51.100.9')" = 400 ]
	# The /64 of an IPv6 address is one.
	for i in 1 2 3 4 5; do
		[ "$(stranger "2001:db8::$i")" = 400 ]
	done
	[ "$(stranger 2001:db8::ffff:6)" = 429 ]
	[ "$(stranger 2001:db8:0:1::1)" = 400 ]
	# What is no address is refused, and says so.
	[ "$(stranger '203.0.113.30, unknown')" = 400 ]
	jq -e '.detail | contains("the proxy'\''s own entry \"unknown\" is no address")' \
		"$BATS_TEST_TMPDIR/body"
}

@test "X-Forwarded-For of anyone but the proxy counts for nothing" {
	local i
	for i in 1 2 3 4 5; do
		[ "$(stranger "198.51.100.$i" --interface 127.0.0.2)" = 400 ]
	done
	[ "$(stranger 198.51.100.9 --interface 127.0.0.2)" = 429 ]
	[ "$(stranger 'no address' --interface 127.0.0.2)" = 429 ]
	[ "$(stranger 198.51.100.9 --interface 127.0.0.3)" = 400 ]
	grep -q ' 429 rate from=127.0.0.2: ' "$HUB/varseld.log"
}

@test "one organisation's requests: so many, from wherever; its feed and others go on" {
	local i
	for i in 1 2 3; do
		[ "$(status_of /v1/lookup?value=a.example -H "X-Forwarded-For: 203.0.113.$i" \
			-H "Authorization: Bearer $READ")" = 200 ]
	done
	[ "$(status_of /v1/lookup?value=a.example -H 'X-Forwarded-For: 203.0.113.99' \
		-H "Authorization: Bearer $READ")" = 429 ]
	is_429
	jq -e '.detail | startswith("too many requests from 0101; come again in ")' \
		"$BATS_TEST_TMPDIR/body"
	[ "$(status_of "/v1/feed/$CHANNEL/checkpoint" -H "Authorization: Bearer $FEED")" = 200 ]
	[ "$(status_of /v1/lookup?value=a.example -H "Authorization: Bearer $READ2")" = 200 ]
	[ "$(limited org)" -ge 1 ]
}

@test "connections of one address: a third is closed, the proxy's are not counted" {
	run -0 timeout 60 python3 - "${url##*:}" <<-'PYTHON'
		import socket, sys
		port = int(sys.argv[1])
		def connect(source):
		    s = socket.socket()
		    s.settimeout(20)
		    s.bind((source, 0))
		    s.connect(("127.0.0.1", port))
		    return s
		def served(s):
		    try:
		        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
		        return s.recv(4096).startswith(b"HTTP/1.1 200")
		    except OSError:
		        return False
		two = [connect("127.0.0.9") for _ in range(2)]
		assert all(served(s) for s in two)
		assert not served(connect("127.0.0.9"))
		assert served(connect("127.0.0.10"))
		assert all(served(s) for s in [connect("127.0.0.1") for _ in range(8)])
		two.pop().close()
		# The hub sees the end a moment later.
		while not served(connect("127.0.0.9")):
		    pass
	PYTHON
	[ "$(limited connections)" -ge 1 ]
}

@test "requests under way of one address behind the proxy: a third long-poll is told to wait" {
	local pids=() i
	poll() {
		status_of "/v1/feed/$CHANNEL/checkpoint?after=0&wait=$2" -H "X-Forwarded-For: $1" \
			-H "Authorization: Bearer $FEED2"
	}
	for i in 1 2; do
		poll 203.0.113.50 20 >/dev/null 3>&- &
		pids+=($!)
	done
	for ((i = 0; i < 200; i++)); do
		! metric_is varsel_http_long_polls 2 || break
	done
	[ "$(poll 203.0.113.50 20)" = 429 ]
	is_429
	[ "$(poll 203.0.113.51 1)" = 200 ]
	ctl approve evil.example --until 30d
	wait "${pids[@]}"
	[ "$(poll 203.0.113.50 1)" = 200 ]
}

@test "the client keeps to the hub's pace" {
	# Three questions, two at once and one in ten seconds: it waits, and all are answered.
	hub_set 'org-rate = 6' 'org-burst = 2'
	run as 0101 lookup a.example b.example c.example
	[ "$status" = 1 ]
	echo "$output"
	[ "$(limited org)" -ge 1 ]
}

@test "a hub that asks for too much patience: push spools, pull says so; nothing is lost" {
	hub_set 'org-rate = 1' 'org-burst = 1' 'feed-rate = 1' 'feed-burst = 1'
	run as 0751 lookup evil.example
	run -75 as 0751 push - <<<'spooled.example'
	echo "$output"
	[[ $output == *'too many requests from 0751'* ]]
	as 0751 status --json | jq -e '.spool == 1'
	run as 0751 pull
	run -75 as 0751 pull
	echo "$output"
	[[ $output == *'too many requests from 0751'* ]]
	hub_set 'org-rate = 0' 'feed-rate = 0'
	run -0 as 0751 pull
	as 0751 status --json | jq -e '.spool == 0'
	[ "$(sql "SELECT count(*) FROM indicator WHERE value = 'spooled.example'")" = 1 ]
}
