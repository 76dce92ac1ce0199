#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Notices: what coordinators have to say, signed by two, read by everyone, and by nobody's
# terminal. The tests follow each other.

setup_file() {
	load lib
	hub_start --coordinators 2
	enrol 0101 København
	cat >"$HUB/notify" <<-'SH'
		#!/bin/sh
		echo "$2" >>"$1"
	SH
	chmod 755 "$HUB/notify"
	sed -i "1i notify = {\"$HUB/notify\", \"$HUB/told\"}" "$HUB/0101/varsel.conf"
	: >"$HUB/told"
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	cd "$BATS_TEST_TMPDIR" || return 1
}

# served TEXT INSTEAD: the hub's database has it in place of the text.
served() {
	sql "UPDATE bundle SET content = convert_to(replace(convert_from(content, 'UTF8'), '$1', '$2'),
		'UTF8')"
	devhub restart "$HUB"
}

titles() {
	as 0101 notices --json | jq -r '.[].title'
}

@test "an advisory takes two, reaches the municipality, and wakes somebody once" {
	local id
	printf '## Phishing against payroll ##\r\n\r\nLook for mail from *evil.example*.' >a.md
	[ "$(ctl notice -n a.md)" = $'## Phishing against payroll ##\n\nLook for mail from *evil.example*.' ]
	run -0 ctl notice --severity critical a.md
	id=${output#proposal }
	[ "$(ctl2 proposals | cut -f1-4)" = "$(printf '%s\tnotice\t0\t1 of 2' "$id")" ]
	[ "$(ctl2 proposals --json | jq -r '.[].reason')" = 'Phishing against payroll' ]
	as 0101 pull
	[ "$(as 0101 notices)" = 'no notices' ]
	run -0 ctl2 cosign -n "$id"
	[[ $output == *'severity     critical'* ]]
	[[ $output == *'Look for mail from *evil.example*.' ]]
	run -0 ctl2 cosign --yes "$id"
	[[ ${lines[-1]} == 'signed; logged as entry 0' ]]

	run -0 as 0101 pull
	[ -z "$output" ]
	as 0101 pull
	[ "$(cat "$HUB/told")" = 'notice (critical): Phishing against payroll; varsel notices shows it' ]
	as 0101 status | grep -qx 'NOTICE     critical: Phishing against payroll; varsel notices shows it'
	[ "$(as 0101 status --json | jq -c '.notices[] | [.severity, .title]')" = \
		'["critical","Phishing against payroll"]' ]
	[ "$(as 0101 notices --json | jq -c '.[] | [.severity, .signers, .read, .text]')" = \
		'["critical","devhub.varsel.test/coordinator/coordinator and devhub.varsel.test/coordinator/coordinator2",false,"## Phishing against payroll ##\n\nLook for mail from *evil.example*.\n"]' ]
	run -0 as 0101 notices
	[[ ${lines[0]} == 'critical notice of 20'*', signed by '* ]]
	[ "${lines[-1]}" = 'Look for mail from *evil.example*.' ]
	# It is read.
	[ "$(as 0101 status --json | jq -c .notices)" = '[]' ]
	run -0 as 0101 notices
	[[ ${lines[0]} == 'no notice that was not read; '* ]]
	[[ ${lines[1]} == *'critical  Phishing against payroll' ]]
	as 0101 notices --all | grep -q 'Look for mail'
	[ "$(wc -l <"$HUB/told")" = 1 ]
	[ "$(sql "SELECT audience, body->>'severity', body->>'title' FROM event WHERE kind = 'notice'")" = \
		'member|critical|Phishing against payroll' ]
	[ "$(sql "SELECT subject, detail FROM audit WHERE action = 'notice'")" = \
		'0|critical: Phishing against payroll' ]
}

@test "what a terminal would obey, what is no text and what names a citizen is refused" {
	local bad
	# refused WORDS: of what is in a.md
	refused() {
		run -65 ctl notice --severity info a.md
		[[ $output == *"$1"* ]] || {
			echo "$output"
			return 1
		}
	}
	printf '# A\nred: \033[31m\n' >a.md
	refused 'line 2: the character U+001B'
	printf '# A\xe2\x80\xae\n' >a.md
	refused 'line 1: the character U+202E'
	printf '# A\xff\n' >a.md
	refused 'line 1: not UTF-8'
	printf '#  \nb\n' >a.md
	refused 'its first line is no title'
	printf '# A\nof 010190-1234\n' >a.md
	refused 'holds a CPR number'
	: >a.md
	refused '0 bytes'
	{ echo '# A'; head -c 70000 /dev/zero | tr '\0' a; } >a.md
	refused 'over 65536 bytes'
	run -64 ctl notice a.md
	run -64 ctl notice --severity grave a.md
	# The hub does not believe its coordinators' programs.
	ctl queue >/dev/null
	for bad in '# A\033[31m\n' '# A' '# 010190-1234\n' '\n'; do
		# shellcheck disable=SC2059 # the escapes are the point
		printf "$bad" >bad
		TOKEN=$(tail -n 1 "$HUB/coordinator/state/token") get 0101 /v1/bundles \
			-H 'Content-Type: text/plain' --data-binary @bad >answer
		status_is 422
	done
	[ "$(titles)" = 'Phishing against payroll' ]
}

@test "a hub that serves another text than was signed gets none of it shown, and it comes later" {
	local id
	echo '# Nothing to pay' >a.md
	id=$(ctl notice --severity info a.md | sed 's/^proposal //')
	ctl2 cosign --yes "$id" >/dev/null
	served 'Nothing to pay' 'Pay us at once'
	run as 0101 pull
	[[ $output == *'1 bundles not had yet'* ]]
	[ "$(titles)" = 'Phishing against payroll' ]
	[ "$(wc -l <"$HUB/told")" = 1 ]
	served 'Pay us at once' 'Nothing to pay'
	as 0101 pull
	[ "$(titles)" = $'Nothing to pay\nPhishing against payroll' ]
	[ "$(tail -n 1 "$HUB/told")" = 'notice (info): Nothing to pay; varsel notices shows it' ]
	# What was fetched and is damaged on disk is fetched again.
	sed -i 's/Phishing/Fishing/' "$(grep -l Phishing -r "$HUB/0101/state/feed/bundle")"
	run as 0101 notices --json
	[ "$status" -eq 75 ]
	as 0101 pull
	[ "$(titles)" = $'Nothing to pay\nPhishing against payroll' ]
	[ "$(wc -l <"$HUB/told")" = 2 ]
}

@test "one coordinator takes a notice back: gone from clients, page, hub and watch" {
	local entry text
	ctl notice --list >list
	[ "$(cut -f 3- list)" = $'info\tNothing to pay\ncritical\tPhishing against payroll' ]
	entry=$(head -n 1 list | cut -f 1)
	text=$(sql "SELECT encode(bundle_sha256, 'hex') FROM statement WHERE index = $entry")
	get 0101 /v1/notices | jq -e '.notices | length == 2'
	run -64 ctl2 notice --withdraw x
	run -1 ctl2 notice --withdraw 999
	[[ $output == *'999 is no notice of this log'* ]]
	run -0 ctl2 notice --withdraw "$entry"
	[[ $output == "notice $entry withdrawn by entry "* ]]
	[ "$(ctl notice --list | cut -f 4)" = 'Phishing against payroll' ]
	get 0101 /v1/notices | jq -e '[.notices[].severity] == ["critical"]'
	get 0101 "/v1/feed/$CHANNEL/bundle/$text" >answer
	status_is 404
	[ "$(sql "SELECT count(*) FROM bundle WHERE form = 'notice'")" = 1 ]
	[ -e "$HUB/0101/state/feed/bundle/$text" ]
	as 0101 pull
	[ "$(titles)" = 'Phishing against payroll' ]
	as 0101 status --json | jq -e '.hold == null and all(.notices[]; .title != "Nothing to pay")'
	[ ! -e "$HUB/0101/state/feed/bundle/$text" ]
	[ "$(sql "SELECT body->>'change', body->>'index' FROM event WHERE kind = 'notice' ORDER BY id DESC LIMIT 1")" = \
		"withdrawn|$entry" ]
	timeout 20 varselctl -c "$HUB/coordinator.conf" watch --since 0 |
		grep -m 1 "notice withdrawn (entry $entry of the log)"
	# A newcomer sees the same, and asks for no text that is gone.
	enrol 0751 Aarhus
	run -0 as 0751 pull
	[ -z "$output" ]
	[ "$(as 0751 notices --json | jq -r '.[].title')" = 'Phishing against payroll' ]
}

@test "a new root judges notices anew" {
	varselctl root new --from "$HUB/root.1" --coordinator-threshold 1 -o root.2
	varselctl root sign --key "$HUB/root.key" root.2
	root_add root.2
	echo '# Signed by one' >a.md
	run -0 ctl notice --severity warning - <a.md
	[[ $output == 'notice logged as entry '* ]]
	as 0101 pull
	[ "$(titles | head -n 1)" = 'Signed by one' ]
	varselctl -c "$HUB/coordinator2.conf" root new --from root.2 \
		--drop devhub.varsel.test/coordinator/coordinator -o root.3
	varselctl root sign --key "$HUB/root.key" root.3
	root_add root.3
	as 0101 pull
	[ "$(titles)" = 'Phishing against payroll' ]
	[ "$(wc -l <"$HUB/told")" = 3 ]
	# A newcomer, or one who has lost everything, sees the same.
	rm -r "$HUB/0101/state"
	as 0101 pull
	[ "$(titles)" = 'Phishing against payroll' ]
}
