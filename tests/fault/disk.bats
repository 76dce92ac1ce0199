#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A municipality's disk is full or read-only, at each stage of a pull: a small file system of
# its own, in a mount namespace that ends with the test.

setup_file() {
	load lib
	GATE=varsel-disk-$$
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
	printf '%s\n' evil.example 203.0.113.7 | ctl approve --reason test --from /dev/stdin
	as 0751 pull
	cp -a "$HUB/0751" "$BATS_FILE_TMPDIR/before"
	ip netns exec "$GATE" nft list ruleset >"$BATS_FILE_TMPDIR/ruleset"
	ctl revoke --reason test evil.example
	printf '%s\n' later.example 203.0.113.8 | ctl approve --reason test --from /dev/stdin
}

teardown_file() {
	load lib
	hub_stop
	ip netns delete "$GATE" || true
}

setup() {
	load lib
	client=$HUB/0751
	unshare -m --propagation private tail -f /dev/null 3>&- &
	keeper=$!
	timeout 20 bash -c "until [ \"\$(readlink /proc/$keeper/ns/mnt)\" != \"\$(readlink /proc/self/ns/mnt)\" ]; do :; done"
	inside mount -t tmpfs -o size=1m,mode=755 tmpfs "$client"
	reset
}

# The file system goes with the last process in its namespace.
teardown() {
	kill -KILL "$keeper"
	wait "$keeper" || true
}

inside() {
	nsenter -t "$keeper" -m "$@"
}

pull() {
	inside "$ROOT/build/varsel" -c "$client/varsel.conf" pull
}

# As it was before the news.
reset() {
	inside find "$client" -mindepth 1 -delete
	inside cp -a "$BATS_FILE_TMPDIR/before/." "$client"
	{
		echo flush ruleset
		cat "$BATS_FILE_TMPDIR/ruleset"
	} | ip netns exec "$GATE" nft -f -
}

dropped() {
	ip netns exec "$GATE" nft get element inet varsel block4 "{ $1 }" >/dev/null
}

lines() {
	inside grep -v '^#' "$client/out/$1" | tr '\n' ' '
}

# What stood stays, or what is new stands; nothing in between.
whole() {
	dropped 203.0.113.7
	case $(lines list-ip.txt) in
	'203.0.113.7 ' | '203.0.113.7 203.0.113.8 ') ;;
	*) return 1 ;;
	esac
	case $(lines list-domain.txt) in
	'evil.example ' | 'later.example ') ;;
	*) return 1 ;;
	esac
}

current() {
	[ "$(lines list-ip.txt)" = '203.0.113.7 203.0.113.8 ' ]
	[ "$(lines list-domain.txt)" = 'later.example ' ]
	dropped 203.0.113.7
	dropped 203.0.113.8
}

# full OPTION: from no room at all, one more each time, until a pull comes through; $1 makes
# room for N.
full() {
	local n=0 failed=0
	while :; do
		reset
		"$1" "$n"
		run pull
		echo "$n: $status $output"
		whole
		inside rm -f "$client/filler"
		inside mount -o remount,size=1m,nr_inodes=1000 "$client"
		[ "$status" -ne 0 ] || break
		[ "$status" -eq 73 ]
		[ -n "$output" ]
		failed=$((failed + 1))
		run pull
		[ "$status" -eq 0 ]
		current
		n=$((n + 1))
	done
	current
	figure disks_full "$failed"
	[ "$failed" -ge "$2" ]
}

# N pages of 4 KiB are free.
pages() {
	local free
	free=$(inside stat -f -c %a "$client")
	[ "$free" -le "$1" ] || inside fallocate -l $(((free - $1) * 4096)) "$client/filler"
	[ "$(inside stat -f -c %a "$client")" -le "$1" ]
}

# N files can be made.
names() {
	local used
	used=$(($(inside stat -f -c %c "$client") - $(inside stat -f -c %d "$client")))
	inside mount -o "remount,nr_inodes=$((used + $1))" "$client"
}

@test "disk full, read-only: no room for data, at each stage; 73, and it recovers by itself" {
	full pages 3
}

@test "disk full, read-only: no room for another file, at each stage" {
	full names 2
}

@test "disk full, read-only: a read-only state folder leaves all in force" {
	inside mount -o remount,ro "$client"
	run pull
	echo "$output"
	[ "$status" -eq 73 ]
	[[ $output == *'Read-only file system'* ]]
	whole
	inside mount -o remount,rw "$client"
	pull
	current
}

@test "disk full, read-only: a read-only output folder holds up no other output" {
	inside mount --bind "$client/out" "$client/out"
	inside mount -o remount,bind,ro "$client/out"
	run pull
	echo "$output"
	[ "$status" -eq 73 ]
	[[ $output == *'output list-ip: '*'Read-only file system'* ]]
	[ "$(lines list-ip.txt)" = '203.0.113.7 ' ]
	dropped 203.0.113.7
	dropped 203.0.113.8
	inside jq -e '[.outputs[] | select(.error)] | length == 5' "$client/state/state.json"
	inside umount "$client/out"
	pull
	current
}
