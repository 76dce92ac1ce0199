#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The plug is pulled at each change that a program makes to a file (tests/fault/step.c), one
# run for each, and then it runs again. The quick tests take every few changes, always the
# same ones; the slow ones take them all.

setup_file() {
	load lib
	make --no-print-directory -s -C "$ROOT" build/tests/fault/step
	GATE=varsel-crash-$$
	export GATE
	ip netns add "$GATE" || {
		echo 'this machine makes no network namespaces; run the tests as root'
		return 1
	}
	hub_start
	enrol 0101 'København' 0751 Aarhus
	cat >>"$HUB/0751/varsel.conf" <<-CONF
		output nftables-kernel {
			nft = {"ip", "netns", "exec", "$GATE", "nft"}
		}
	CONF
	keep enrolled
	printf '%s\n' evil.example sub.evil.example http://evil.example/login 203.0.113.7 \
		2001:db8:bad::7 198.51.100.0/24 | ctl approve --reason test --from /dev/stdin
	as 0751 pull
	keep first
	ctl revoke --reason test 203.0.113.7
	printf '%s\n' later.example 203.0.113.8 | ctl approve --reason test --from /dev/stdin
	as 0751 pull
	keep second
}

teardown_file() {
	load lib
	hub_stop
	ip netns delete "$GATE" || true
}

setup() {
	load lib
	step=$ROOT/build/tests/fault/step
}

keep() {
	"$ROOT/tests/fault/plug" keep "$HUB/0751" "$BATS_FILE_TMPDIR/$1"
}

# away COMMAND...: as if the hub did not answer.
away() {
	local conf=$HUB/0101/varsel.conf status=0
	sed "s|^hub = .*|hub = \"http://127.0.0.1:$(port_free)\"|" "$conf" >"$BATS_TEST_TMPDIR/away.conf"
	cp "$conf" "$BATS_TEST_TMPDIR/there.conf"
	cp "$BATS_TEST_TMPDIR/away.conf" "$conf"
	"$@" || status=$?
	cp "$BATS_TEST_TMPDIR/there.conf" "$conf"
	return "$status"
}

# reported PREFIX: how many values that begin so came to the hub, and in how many reports at
# most each.
reported() {
	sql "SELECT count(*), max(n) FROM (SELECT count(*) AS n FROM indicator JOIN report_indicator
		ON indicator_id = id WHERE value LIKE '$1%' GROUP BY value) AS each" | tr '|' ' '
}

# killed OLD NEW STRIDE LEAST: a pull that leads from one to the other, killed at least so
# many times.
killed() {
	local kills
	kills=$("$ROOT/tests/fault/plug" pull "$HUB/0751" "$BATS_FILE_TMPDIR/$1" \
		"$BATS_FILE_TMPDIR/$2" "$3")
	figure kills "$kills"
	[ "$kills" -ge "$4" ]
}

@test "crash anywhere: a first pull, at some of its changes" {
	killed enrolled second 9 8
}

@test "crash anywhere: a pull with news, at some of its changes" {
	killed first second 9 8
}

# bats test_tags=slow
@test "crash anywhere: a first pull, at each of its changes" {
	killed enrolled second 1 75
}

# bats test_tags=slow
@test "crash anywhere: a pull with news, at each of its changes" {
	killed first second 1 75
}

@test "crash anywhere: the receipt of a pull that died while it wrote it is made by the next" {
	local n=50 what='' size
	as 0751 pull
	ctl approve --reason test receipted.example
	rm -rf "$BATS_TEST_TMPDIR/state"
	cp -a "$HUB/0751/state" "$BATS_TEST_TMPDIR/state"
	while [[ $what != */state/receipt* ]]; do
		rm -rf "$HUB/0751/state"
		cp -a "$BATS_TEST_TMPDIR/state" "$HUB/0751/state"
		run -9 "$step" "$n" varsel -c "$HUB/0751/varsel.conf" pull
		what=$output
		n=$((n + 1))
	done
	size=$(sql 'SELECT size FROM log')
	receipted() {
		sql "SELECT size FROM receipt JOIN org ON org.id = org_id WHERE code = '0751'"
	}
	[ "$(receipted)" -lt "$size" ]
	as 0751 pull
	[ "$(receipted)" = "$size" ]
}

@test "crash anywhere: a push, and what waited in the spool" {
	local n=1 kills=0 status
	while :; do
		run -75 away as 0101 push <<<"waited-$n.example"
		run -75 away as 0101 push <<<"waited-too-$n.example"
		status=0
		"$step" "$n" varsel -c "$HUB/0101/varsel.conf" push <<<"pushed-$n.example" || status=$?
		[ "$status" -eq 9 ] || break
		kills=$((kills + 1))
		as 0101 push <<<"pushed-$n.example"
		n=$((n + 1))
	done
	[ "$status" -eq 0 ]
	figure kills "$kills"
	[ "$kills" -ge 2 ]
	[ "$(ls -A "$HUB/0101/state/spool")" = '' ]
	[ "$(reported waited-)" = "$((2 * n)) 1" ]
	[[ $(reported pushed-) == "$n "* ]]
}

@test "crash anywhere: a report on its way into the spool" {
	local n=1 kills=0 status
	while :; do
		status=0
		away "$step" "$n" varsel -c "$HUB/0101/varsel.conf" push <<<"cut-$n.example" || status=$?
		[ "$status" -eq 9 ] || break
		kills=$((kills + 1))
		n=$((n + 1))
	done
	[ "$status" -eq 75 ]
	figure kills "$kills"
	[ "$kills" -ge 5 ]
	[ -z "$(as 0101 pull 2>&1)" ]
	[ -z "$(find "$HUB/0101/state/spool" -name '*.note*' ! -name '*.tmp')" ]
	[[ $(reported cut-) == *' 1' ]]
	[ "$(sql "SELECT count(*) FROM indicator WHERE value = 'cut-$n.example'")" = 1 ]
}

@test "crash anywhere: an approval is logged or is not, and comes through the second time" {
	local n=1 kills=0 status
	while :; do
		status=0
		"$step" "$n" varselctl -c "$HUB/coordinator.conf" approve "approved-$n.example" \
			--reason test || status=$?
		[ "$status" -eq 9 ] || break
		kills=$((kills + 1))
		ctl approve "approved-$n.example" --reason test
		n=$((n + 4))
	done
	[ "$status" -eq 0 ]
	figure kills "$kills"
	[ "$kills" -ge 3 ]
	as 0751 pull
	[ "$(out 0751 list-domain.txt | grep -c '^approved-')" = $((kills + 1)) ]
	[ "$(sql 'SELECT count(*) = max(index) + 1 AND max(index) + 1 = (SELECT size FROM log)
		FROM statement')" = t ]
}
