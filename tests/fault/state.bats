#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a municipality keeps between runs is lost or damaged, or what it enforces is: the next
# pull has it all again, and nothing is let through meanwhile.

setup_file() {
	load lib
	GATE=varsel-state-$$
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
	printf '%s\n' evil.example http://evil.example/login 203.0.113.7 203.0.113.8 \
		2001:db8:bad::7 198.51.100.0/24 | ctl approve --reason test --from /dev/stdin
	as 0751 pull
}

teardown_file() {
	load lib
	hub_stop
	ip netns delete "$GATE" || true
}

setup() {
	load lib
	state=$HUB/0751/state
	out=$HUB/0751/out
	cp -a "$HUB/0751" "$BATS_TEST_TMPDIR/good"
}

teardown() {
	[ -z "${follower:-}" ] || kill -KILL "$follower" 2>/dev/null || true
	rm -rf "$HUB/0751"
	cp -a "$BATS_TEST_TMPDIR/good" "$HUB/0751"
}

gate() {
	ip netns exec "$GATE" "$@"
}

# The elements of our sets, without their times.
elements() {
	gate nft list table inet varsel | grep -oE '[0-9a-f.:/]+ (counter.*)?timeout' | cut -d' ' -f1 | sort
}

# What is enforced: in the kernel and in files.
shown() {
	elements
	cat "$out"/list-*.txt | grep -v '^#'
	grep CNAME "$out/rpz.zone"
}

# flip FILE NUMERATOR: one bit of the byte at that many quarters of the file.
flip() {
	python3 - "$1" "$2" <<-'PY'
		import sys
		path, quarter = sys.argv[1], int(sys.argv[2])
		data = bytearray(open(path, "rb").read())
		data[min(len(data) * quarter // 4, len(data) - 1)] ^= 4
		open(path, "wb").write(data)
	PY
}

# pulls_again: exit status 0, and everything is enforced as before; the folder comes back to
# what it was.
pulls_again() {
	run as 0751 pull
	echo "$output"
	[ "$status" -eq 0 ]
	shown | same "$BATS_TEST_TMPDIR/want" -
	run as 0751 pull
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	rm -rf "$state"
	cp -a "$BATS_TEST_TMPDIR/good/state" "$state"
}

files() {
	(cd "$state" && find . -type f | sort)
}

@test "state lost or corrupt: each file deleted, and all of them" {
	local f n=0
	shown >"$BATS_TEST_TMPDIR/want"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -ge 10 ]
	for f in $(files); do
		echo "$f"
		rm "$state/$f"
		pulls_again
		n=$((n + 1))
	done
	[ "$n" -ge 9 ]
	rm -r "$state"
	pulls_again
	figure bad_inputs $((n + 1))
}

@test "state lost or corrupt: a bit flipped at three places of each file" {
	local f quarter n=0
	shown >"$BATS_TEST_TMPDIR/want"
	for f in $(files); do
		[ -s "$state/$f" ] || continue
		for quarter in 0 2 4; do
			echo "$f at $quarter quarters"
			flip "$state/$f" "$quarter"
			pulls_again
			n=$((n + 1))
		done
	done
	[ "$n" -ge 21 ]
	# In order but for its checksum.
	sed -i 's/^fresh 20/fresh 21/' "$state/feed/head"
	grep -q '^fresh 21' "$state/feed/head"
	pulls_again
	figure bad_inputs $((n + 1))
}

@test "state lost or corrupt: what is enforced still follows the next decision" {
	local quarter
	for quarter in 0 1 2 3 4; do
		flip "$state/enforced" "$quarter"
		ctl revoke --reason test 203.0.113.7
		as 0751 pull
		run ! gate nft get element inet varsel block4 '{ 203.0.113.7 }'
		gate nft get element inet varsel block4 '{ 203.0.113.8 }'
		ctl approve --reason test 203.0.113.7
		as 0751 pull
		elements | grep -qx 203.0.113.7
	done
	# lines that are gone altogether
	sed -i '/^ip /d' "$state/enforced"
	ctl revoke --reason test 203.0.113.7
	as 0751 pull
	run ! gate nft get element inet varsel block4 '{ 203.0.113.7 }'
	gate nft get element inet varsel block4 '{ 203.0.113.8 }'
}

@test "state lost or corrupt: without the root stored at enrolment nothing new is believed" {
	as 0751 pull
	shown >"$BATS_TEST_TMPDIR/want"
	rm -r "$state"
	mv "$HUB/0751/root.1" "$BATS_TEST_TMPDIR/root.1"
	run as 0751 pull
	[ "$status" -eq 78 ]
	[[ $output == *root.1* ]]
	# It does not ask the network for one.
	[ ! -e "$HUB/0751/root.1" ]
	shown | same "$BATS_TEST_TMPDIR/want" -
	cp "$BATS_TEST_TMPDIR/root.1" "$HUB/0751/root.1"
	flip "$HUB/0751/root.1" 2
	run as 0751 pull
	[ "$status" -eq 78 ]
	shown | same "$BATS_TEST_TMPDIR/want" -
	cp "$BATS_TEST_TMPDIR/root.1" "$HUB/0751/root.1"
	as 0751 pull
	shown | same "$BATS_TEST_TMPDIR/want" -
}

@test "reboot, ruleset flushed by another tool: the next pull restores it, also without the hub" {
	local want
	want=$(elements)
	[ -n "$want" ]
	gate nft flush ruleset
	[ -z "$(gate nft list ruleset)" ]
	as 0751 pull
	[ "$(elements)" = "$want" ]
	devhub halt "$HUB"
	gate nft flush ruleset
	run as 0751 pull
	[ "$status" -eq 69 ]
	[ "$(elements)" = "$want" ]
	devhub resume "$HUB"
	as 0751 pull
}

@test "reboot, ruleset flushed by another tool: of one set, while all else stands" {
	local want set
	as 0751 pull
	want=$(elements)
	for set in block4 block6 net4; do
		gate nft flush set inet varsel "$set"
		[ "$(elements)" != "$want" ]
		run as 0751 pull
		[ "$status" -eq 0 ]
		[[ $output == *'taken out of the kernel'* ]]
		[ "$(elements)" = "$want" ]
	done
	[ -z "$(as 0751 pull 2>&1)" ]
}

@test "two crons at once: the second ends with 75 and changes nothing" {
	local first
	as 0751 pull
	varsel -c "$HUB/0751/varsel.conf" pull --wait 20 3>&- &
	first=$!
	timeout 20 bash -c "until grep -q ':$(stat -c %i "$state/lock") ' /proc/locks; do :; done"
	rm "$out/list-ip.txt"
	run as 0751 pull
	kill "$first"
	wait "$first" || true
	echo "$output"
	[ "$status" -eq 75 ]
	[[ $output == *'another run'* ]]
	[ ! -e "$out/list-ip.txt" ]
	as 0751 pull
	[ -s "$out/list-ip.txt" ]
}

@test "two crons at once: what was decided earlier does not take the place of what was decided later" {
	local size
	as 0751 pull
	ctl approve --reason test earlier.example
	# Held at the door, with its plan in its hand.
	exec 8>"$state/enforcing"
	flock 8
	size=$(sed -n 's/^size //p' "$state/feed/head")
	varsel -c "$HUB/0751/varsel.conf" follow 3>&- 8>&- 2>"$BATS_TEST_TMPDIR/err" &
	follower=$!
	timeout 20 bash -c "until grep -qx 'size $((size + 1))' '$state/feed/head' &&
		[ -z \"\$(cat /proc/$follower/task/$follower/children)\" ]; do :; done"
	kill -STOP "$follower"
	flock -u 8
	exec 8>&-
	ctl approve --reason test later.example
	as 0751 pull
	grep -qx later.example "$out/list-domain.txt"
	kill -CONT "$follower"
	# It has tried to enforce it when it talks to the hub again.
	timeout 20 bash -c "until ls -l /proc/\$(tr -d ' ' </proc/$follower/task/$follower/children)/fd |
		grep -q socket:; do :; done" 2>"$BATS_TEST_TMPDIR/waited"
	grep -qx later.example "$out/list-domain.txt"
	kill "$follower"
	wait "$follower" || true
	follower=
	grep -qx earlier.example "$out/list-domain.txt"
	[ -z "$(as 0751 pull 2>&1)" ]
}
