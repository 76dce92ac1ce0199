#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The main path: 0101 finds, the coordinator approves, 0751 enforces. The tests follow each
# other, like the work does.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
	python3 "$BATS_TEST_DIRNAME/mixed.py" "$BATS_FILE_TMPDIR"
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	mixed=$BATS_FILE_TMPDIR
	tmp=$BATS_TEST_TMPDIR
}

teardown() {
	if [ -s "$tmp/unbound.pid" ]; then
		kill "$(cat "$tmp/unbound.pid")" || true
	fi
	netns_remove
}

same_lists() {
	local kind
	for kind in ip domain url; do
		out 0751 "list-$kind.txt" >"$tmp/$kind"
		LC_ALL=C sort "$1/$kind" | same - "$tmp/$kind"
	done
}

@test "1,000 mixed lines are taken, and each refused one is named" {
	as 0101 push "$mixed/findings.txt" 2>"$tmp/err"
	grep -oE '^line [0-9]+' "$tmp/err" | cut -d' ' -f2 |
		sort -n | same "$mixed/refused" -
	[ "$(sql 'SELECT count(*) FROM indicator')" = 1000 ]
}

@test "a second push of the same file exits 0 and adds nothing" {
	as 0101 push "$mixed/findings.txt"
	[ "$(sql 'SELECT count(*) FROM indicator')" = 1000 ]
}

@test "an empty pull enforces nothing" {
	as 0751 pull
	[ -z "$(out 0751 list-ip.txt)" ]
	nft -c -f "$HUB/0751/out/varsel.nft"
}

@test "approve --all, and the next pull holds exactly the approved canonical values" {
	[ "$(ctl queue --json | jq length)" = 1000 ]
	ctl approve --all --until 30d --reason 'findings of one week'
	[ "$(ctl queue --json | jq length)" = 0 ]
	run as 0751 pull
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	same_lists "$mixed"
}

@test "nft takes the file, and the set holds every address" {
	netns_make
	nft -c -f "$HUB/0751/out/varsel.nft"
	in_ns nft -f "$HUB/0751/out/varsel.nft"
	in_ns nft -j list table inet varsel >"$tmp/table"
	# Single addresses in hash sets, prefixes in interval sets.
	jq -r '.nftables[] | select(.set) | .set | select(.name | test("^(block|net)[46]$"))
		| .elem // [] | .[] | if .elem then .elem.val else . end
		| if type == "object" then "\(.prefix.addr)/\(.prefix.len)" else . end' \
		"$tmp/table" | LC_ALL=C sort >"$tmp/enforced"
	LC_ALL=C sort "$mixed/ip" | same - "$tmp/enforced"
}

@test "named-checkzone takes the zone, and named answers NXDOMAIN from it" {
	named-checkzone varsel.rpz "$HUB/0751/out/rpz.zone"
}

@test "unbound answers NXDOMAIN for a blocked name and what is below it, for no other" {
	local port name
	port=$(port_free)
	cat >"$tmp/unbound.conf" <<-CONF
		server:
			interface: 127.0.0.1
			port: $port
			directory: "$tmp"
			chroot: ""
			username: ""
			pidfile: "$tmp/unbound.pid"
			use-syslog: no
			module-config: "respip iterator"
		remote-control:
			control-enable: no
		auth-zone:
			name: "example."
			zonefile: "$tmp/example.zone"
			for-downstream: no
			for-upstream: yes
		rpz:
			name: "varsel.rpz"
			zonefile: "$HUB/0751/out/rpz.zone"
	CONF
	cat >"$tmp/example.zone" <<-'ZONE'
		$ORIGIN example.
		$TTL 60
		@ SOA ns.example. root.example. 1 3600 600 86400 60
		@ NS ns.example.
		* A 192.0.2.80
	ZONE
	unbound-checkconf "$tmp/unbound.conf"
	unbound -c "$tmp/unbound.conf"
	ask() {
		dig +tries=5 +time=1 @127.0.0.1 -p "$port" "$1" A
	}
	ask clean.example | grep -q 'status: NOERROR'
	while read -r name; do
		ask "$name" | grep -q 'status: NXDOMAIN'
	done < <(shuf -n 5 --random-source="$mixed/domain" "$mixed/domain")
	ask "www.$(head -n1 "$mixed/domain")" | grep -q 'status: NXDOMAIN'
}

@test "status --json says size, root, count and age" {
	as 0751 status --json >"$tmp/status"
	jq -e --argjson watch "$(cat "$mixed/watch")" '
		.size >= 1 and (.root | length > 20) and .hold == null and .active == 1000
		and .root_version == 1 and .org == "0751"
		and (now - (.checkpoint_time | fromdate) | . > -5 and . < 300)
		and ([.outputs[] | select(.name == "list-ip") | .count] == [400])
		and all(.outputs[]; .error == null)' "$tmp/status"
}

@test "Go's tlog and note authenticate every entry of the feed" {
	local tree
	export GOCACHE=$mixed/go GO111MODULE=off GOPATH=/usr/share/gocode
	go run "$BATS_TEST_DIRNAME/tlog/main.go" "$(hub_url)/v1/feed/$CHANNEL" \
		"$(cat "$HUB/log.vkey")" "$(as 0751 token)" >"$tmp/entries" 2>"$tmp/count" || {
		cat "$tmp/count"
		return 1
	}
	[ "$(cat "$tmp/count")" = "$(as 0751 status --json | jq .size) entries" ]
	grep -qx 'varsel/statement/v1' "$tmp/entries"
	# A log key that is not this log's opens nothing.
	tree=$(sed 's/+[^+]*$//' "$HUB/log.vkey")
	[ -n "$tree" ]
	run ! go run "$BATS_TEST_DIRNAME/tlog/main.go" "$(hub_url)/v1/feed/$CHANNEL" \
		"$(cat "$HUB/coordinator.vkey")" "$(as 0751 token)"
}

@test "a pull heals a ruleset that another tool flushed" {
	local conf=$HUB/0751/varsel.conf
	netns_make
	cp "$conf" "$tmp/conf"
	sed -i '/^output nftables/,/^}/d' "$conf"
	cat >>"$conf" <<-CONF
		output nftables {
			nft = {"ip", "netns", "exec", "$NETNS", "nft"}
		}
	CONF
	as 0751 pull
	in_ns nft list set inet varsel block4 | grep -q '198\.18\.'
	in_ns nft flush ruleset
	run ! in_ns nft list table inet varsel
	as 0751 pull
	in_ns nft list set inet varsel block4 | grep -q '198\.18\.'
	cp "$tmp/conf" "$conf"
	as 0751 pull
}

@test "lookup: known, since when, and decided; exit 1 for what nobody knows" {
	run as 0751 lookup "$(head -n1 "$mixed/domain")"
	[ "$status" -eq 0 ]
	[[ $output == *approved* ]]
	run as 0751 lookup unheard-of.example
	[ "$status" -eq 1 ]
}

@test "a revocation takes a value out at the next pull" {
	local value
	value=$(sed -n 7p "$mixed/domain")
	ctl revoke "$value" --reason 'false positive'
	as 0751 pull
	run ! grep -Fx "$value" "$HUB/0751/out/list-domain.txt"
	run ! grep -F "$value" "$HUB/0751/out/rpz.zone"
	mkdir "$tmp/want"
	cp "$mixed"/{ip,domain,url} "$tmp/want"
	sed -i 7d "$tmp/want/domain"
	same_lists "$tmp/want"
}

@test "why names the statement, its signer and its end, with the hub stopped" {
	local value until
	value=$(head -n1 "$mixed/domain")
	devhub halt "$HUB"
	run as 0751 why "$value"
	devhub resume "$HUB"
	[ "$status" -eq 0 ]
	[[ $output =~ [0-9a-f]{64} ]]
	[[ $output == *devhub.varsel.test/coordinator/coordinator* ]]
	until=$(date -u -d '+30 days' +%Y-%m-%d)
	[[ $output == *$until* ]] || [[ $output == *$(date -u -d '+29 days' +%Y-%m-%d)* ]]
}

@test "hub unreachable: pull exits 69, and what is enforced stays" {
	local before
	before=$(cat "$HUB"/0751/out/* | sha256sum)
	devhub halt "$HUB"
	run as 0751 pull
	devhub resume "$HUB"
	[ "$status" -eq 69 ]
	[ "$(cat "$HUB"/0751/out/* | sha256sum)" = "$before" ]
}

@test "hub unreachable: a report waits in the spool, and goes with the next pull" {
	devhub halt "$HUB"
	run as 0101 push - <<<'waited.example'
	devhub resume "$HUB"
	[ "$status" -eq 75 ]
	[ "$(as 0101 status --json | jq .spool)" = 1 ]
	as 0101 pull
	[ "$(sql "SELECT count(*) FROM indicator WHERE value = 'waited.example'")" = 1 ]
	[ "$(as 0101 status --json | jq .spool)" = 0 ]
}

@test "database down: 503 with Retry-After, and the feed goes on" {
	local TOKEN
	# shellcheck disable=SC2034 # get() reads it
	TOKEN=$(as 0751 token)
	embedded-postgres halt "$HUB"
	run as 0751 token
	[ "$status" -eq 75 ]
	[[ $output == *database* ]]
	as 0751 pull
	get 0751 /v1/lookup?value=waited.example -D "$tmp/head" >"$tmp/body"
	embedded-postgres resume "$HUB"
	status_is 503
	grep -qi '^retry-after: [0-9]' "$tmp/head"
	jq -e '.slug == "database"' "$tmp/body"
	# It recovers by itself, with new tokens too.
	as 0751 lookup waited.example
}
