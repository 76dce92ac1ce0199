#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Alerts: a webhook with a real receiver, a program; once each, whatever happens in between.

setup_file() {
	load lib
	load receiver
	hub_start
	local private
	private=$(cat "$HUB/private")
	mkdir -m 1777 "$private/notes" 2>/dev/null || true
	chown postgres "$private/notes" 2>/dev/null || true
	cat >"$BATS_FILE_TMPDIR/note" <<-NOTE
		#!/bin/sh
		cat >>"$private/notes/got"
		echo >>"$private/notes/got"
		echo "\$*" >>"$private/notes/args"
		[ ! -e "$private/notes/fail" ]
	NOTE
	# shellcheck source=deploy/lib.bash
	(. "$ROOT/deploy/lib.bash" && as_service tee "$private/note" <"$BATS_FILE_TMPDIR/note" >/dev/null &&
		as_service chmod 700 "$private/note")
	receiver_start log <<-CONF
		notify = {"$private/note", "-t", "two words"}
		notify-events = {"log"}
	CONF
}

teardown_file() {
	load lib
	load receiver
	receiver_stop
	hub_stop
}

setup() {
	load lib
	load receiver
	private=$(cat "$HUB/private")
}

approve() {
	ctl approve --reason test "$1"
}

# noted N: the program got so many.
noted() {
	[ "$(wc -l <"$private/notes/args")" = "$1" ]
}

undelivered() {
	sql "SELECT count(*) FROM outbox WHERE delivered IS NULL"
}

many_refused() {
	[ "$(alerts refused | wc -l)" -ge 2 ]
}

one_waits() {
	[ "$(undelivered)" = 1 ]
}

none_waits() {
	[ "$(undelivered)" = 0 ]
}

@test "an event is told to a webhook, signed, and to a program" {
	approve one.example
	until_true are_alerts taken 1
	until_true noted 1
	alerts taken log | jq -e '.kind == "log" and .hub == "devhub.varsel.test" and .channel == "kommuner"
		and .data.size == 1 and .data.verb == "approve" and .event > 0'
	jq -e '.data.size == 1' "$private/notes/got"
	same <(echo '-t two words') "$private/notes/args"
	# Two receivers, two numbers.
	[ "$(alerts taken | jq -r .delivery)" != "$(jq -r .delivery "$private/notes/got")" ]
	until_true none_waits
}

@test "who refuses gets it again, the same, until it is taken; the other one does not wait" {
	echo refuse >"$ALERTS/mode"
	approve two.example
	until_true noted 2
	until_true many_refused
	[ "$(undelivered)" = 1 ]
	echo take >"$ALERTS/mode"
	until_true are_alerts taken 2
	# One number and one body in all attempts.
	[ "$({
		alerts refused
		alerts taken | tail -n1
	} | sort -u | wc -l)" = 1 ]
	until_true none_waits
	[ "$(sql "SELECT count(*) FROM outbox WHERE attempts >= 3 AND error IS NULL")" = 1 ]
	grep -q 'webhook soc: alert [0-9a-f-]*, attempt 1: answered 500; it will be tried again' "$HUB/varseld.log"
	noted 2
}

@test "what was taken and could not be stored as taken goes out again, the same in number and bytes" {
	local n
	until_true none_waits
	n=$(alerts taken | wc -l)
	# As it stands when the hub dies between the receiver's answer and its own commit.
	sql "UPDATE outbox SET delivered = NULL, due = now() WHERE receiver = 'webhook soc'
		AND id = (SELECT max(id) FROM outbox WHERE receiver = 'webhook soc')"
	until_true are_alerts taken $((n + 1))
	until_true none_waits
	# The header too, by which a receiver drops it; nothing else came.
	[ "$(tail -n 1 "$ALERTS/log")" = "$(tail -n 2 "$ALERTS/log" | head -n 1)" ]
	[ "$(awk -F'\t' '$1 == "taken" { print $2 }' "$ALERTS/log" | sort -u | wc -l)" = "$n" ]
	[ "$(alerts taken | wc -l)" = $((n + 1)) ]
	# The other tests count on what is there.
	sed -i '$d' "$ALERTS/log"
}

@test "killed before the answer it goes out again, with its number; killed behind it it does not" {
	local delivery
	echo hold >"$ALERTS/mode"
	approve three.example
	until_true are_alerts held 1
	delivery=$(alerts held | jq -r .delivery)
	hub_kill
	echo take >"$ALERTS/mode"
	until_true are_alerts gone 1
	devhub resume "$HUB"
	until_true are_alerts taken 3
	[ "$(alerts taken | tail -n1 | jq -r .delivery)" = "$delivery" ]
	until_true none_waits
	hub_kill
	devhub resume "$HUB"
	# What comes next comes alone.
	approve four.example
	until_true are_alerts taken 4
	[ "$(alerts taken | jq -r .delivery | sort -u | wc -l)" = 4 ]
	[ "$(alerts taken | tail -n1 | jq .data.size)" = 4 ]
}

@test "a program that fails is run again; one that is down with the hub loses nothing" {
	touch "$private/notes/fail"
	until_true none_waits
	local before
	before=$(wc -l <"$private/notes/args")
	approve five.example
	until_true noted $((before + 2))
	devhub halt "$HUB"
	rm "$private/notes/fail"
	devhub resume "$HUB"
	until_true none_waits
	[ "$(sort "$private/notes/got" | uniq -c | awk '$1 > 2' | wc -l)" -le 1 ]
	grep -q 'notify: alert .*: .*/note: exit status 1; it will be tried again' "$HUB/varseld.log"
}

@test "who is no longer configured is told no more" {
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	echo refuse >"$ALERTS/mode"
	approve six.example
	until_true one_waits
	as_service sed -i '/^webhook/,/^}/d' "$private/varseld.conf"
	devhub restart "$HUB"
	until_true none_waits
	[ "$(sql 'SELECT string_agg(name, $$ $$) FROM receiver')" = notify ]
}

@test "what cannot work is refused at the start" {
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	local bad
	check_with() {
		{ cat "$private/varseld.conf"; echo "$1"; } | as_service tee "$private/bad.conf" >/dev/null
		run as_service "$private/varseld" -c "$private/bad.conf" check
	}
	check_with "webhook a { url = \"http://soc.example/x\" secret = \"$private/secret\" }"
	[ "$status" = 78 ]
	[[ $output == *'webhook a: url: "http://soc.example/x": https://, without a user, or http:// on this machine'* ]]
	check_with "webhook a { url = \"http://127.0.0.1.example/x\" secret = \"$private/secret\" }"
	[ "$status" -eq 78 ]
	[[ $output == *'http:// on this machine'* ]]
	check_with "webhook a { url = \"https://soc.example/x\" secret = \"$private/none\" }"
	[[ $output == *'webhook a: '*'/none'* ]]
	check_with "webhook a { url = \"https://soc.example/x\" secret = \"$private/secret\" events = {\"gossip\"} }"
	[ "$status" = 78 ]
	[[ $output == *'webhook a: events: "gossip": campaign, campaign-growth, queue, log, receipt, sighting or notice'* ]]
	as_service sed -i '/^notify/d' "$private/varseld.conf"
	check_with 'notify = {"logger"}'
	[[ $output == *'notify: "logger": a program'"'"'s full path'* ]]
	for bad in 640 604; do
		as_service chmod "$bad" "$private/secret"
		check_with "webhook a { url = \"https://soc.example/x\" secret = \"$private/secret\" }"
		[ "$status" = 77 ]
	done
}
