#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A municipality's say after it has reported, or been hit: disputes and
# withdrawals.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
}

flags() {
	ctl queue --json | jq -r ".[] | select(.value == \"$1\") | .flags | join(\" \")"
}

@test "a dispute: into the queue, shown with who and why, and how to spare the value at once" {
	as 0101 push - <<<$'shop.example\nevil.example'
	ctl approve shop.example evil.example
	as 0751 pull
	[ "$(ctl queue --json)" = '[]' ]
	run as 0751 dispute 'hxxp://Shop[.]example' --reason x
	[ "$status" -eq 65 ]
	[[ $output == *'what covers it and can be disputed is domain shop.example (approved)'* ]]
	run as 0751 dispute 'Shop[.]example' --reason 'Our canteen orders there'
	[ "$status" -eq 0 ]
	[[ $output == 'dispute 1: domain shop.example is in the coordinators'* ]]
	[[ $output == *"in $HUB/0751/never-block and run varsel pull."* ]]
	[ "$(flags shop.example)" = disputed ]
	[[ $(ctl queue) == *$'\tshop.example\tapproved\t'*$'\tdisputed\t'* ]]
	ctl show shop.example >"$tmp/shown"
	grep -E '^disputed    0751, 20[^ ]*Z, open: Our canteen orders there$' "$tmp/shown"
	# Others learn that it is disputed, not by whom.
	id=$(ctl show --json shop.example | jq .id)
	get 0101 "/v1/indicators/$id" | jq -e '.flags == ["disputed"] and (has("disputes") | not)'
	# It stays in force until it is decided on, and approve --all leaves it alone.
	[ "$(out 0751 list-domain.txt)" = "$(printf '%s\n' evil.example shop.example)" ]
	ctl approve --all
	[ "$(flags shop.example)" = disputed ]
	sql "SELECT actor, detail FROM audit WHERE action = 'dispute'" >"$tmp/audit"
	grep -x 'devhub.varsel.test/org/0751/1|dispute 1' "$tmp/audit"
}

@test "what the dispute says to do spares the value here at once" {
	echo shop.example >>"$HUB/0751/never-block"
	as 0751 pull
	[ "$(out 0751 list-domain.txt)" = evil.example ]
}

@test "the same again is the same dispute; who may not, or says nothing, is told" {
	[ "$(as 0751 dispute --json --reason again shop.example)" = '{"id":1}' ]
	run as 0751 dispute nobody.example --reason x
	[ "$status" -eq 65 ]
	[[ $output == *'domain "nobody.example": the hub does not know it' ]]
	run as 0751 dispute shop.example
	[ "$status" -eq 64 ]
	run as 0751 dispute evil.example --reason 'Asked by 010190-1234'
	[ "$status" -eq 65 ]
	[[ $output == *'reason: holds a CPR number, which may not be sent' ]]
	TOKEN=$(as 0751 token --scope read) get 0751 /v1/disputes \
		-H 'Content-Type: application/json' -d '{"value":"evil.example","reason":"x"}'
	status_is 403
	[ "$(sql 'SELECT count(*) FROM dispute')" = 1 ]
}

@test "a revocation, a renewal or a rejection closes it" {
	ctl revoke shop.example --reason 'false positive'
	[ "$(ctl queue --json)" = '[]' ]
	ctl show shop.example | grep -E '^disputed .* closed 20'
	as 0751 dispute evil.example --reason 'We like it'
	ctl renew evil.example --until 60d
	[ "$(ctl queue --json)" = '[]' ]
	as 0751 dispute evil.example --reason 'We still like it'
	ctl reject evil.example --reason 'It phishes: we looked'
	[ "$(ctl queue --json)" = '[]' ]
	[[ $(as 0751 lookup evil.example) == *': approved, block '*'; It phishes: we looked' ]]
	[ "$(sql 'SELECT count(*) FROM dispute WHERE closed IS NULL')" = 0 ]
}

@test "a disputed one is approved by naming it, without an override" {
	as 0101 push - <<<'new.example'
	as 0751 dispute new.example --reason 'Ours'
	ctl approve new.example
	[ "$(ctl queue --json)" = '[]' ]
	run ! grep -r override= "$HUB/0751/state"
}

@test "a report's number: from push, and later from lookup" {
	run as 0101 push -v - <<<$'one.example\ntwo.example'
	[[ $output =~ report\ ([0-9]+):\ 2\ taken ]]
	echo "${BASH_REMATCH[1]}" >"$BATS_FILE_TMPDIR/report"
	[ "$(as 0751 push --json - <<<'two.example' | jq '.id > 0')" = true ]
	[[ $(as 0101 lookup one.example) == *"  our report ${BASH_REMATCH[1]} of 20"* ]]
	# Nobody is told of others' reports.
	[[ $(as 0751 lookup one.example) != *report* ]]
	[ "$(as 0751 lookup --json two.example | jq '.reports | length')" = 1 ]
}

@test "a withdrawal: counted out, and off the queue when nobody else reported it" {
	local report
	report=$(cat "$BATS_FILE_TMPDIR/report")
	run as 0751 withdraw "$report"
	[ "$status" -eq 77 ]
	[[ $output == *"report $report is another organisation's" ]]
	run as 0101 withdraw 4711
	[ "$status" -eq 65 ]
	run as 0101 withdraw one.example
	[ "$status" -eq 64 ]
	[ "$(ctl queue --json | jq length)" = 2 ]
	run as 0101 withdraw "$report"
	[ "$status" -eq 0 ]
	[[ $output == "report $report: withdrawn 20"* ]]
	[ "$(ctl queue --json | jq -c 'map([.value, .orgs])')" = '[["two.example",1]]' ]
	[ "$(as 0101 withdraw "$report")" = "$output" ]
	[[ $(as 0101 lookup one.example) == *'rejected'*'; withdrawn by all who reported it'* ]]
	get 0101 "/v1/reports/$report" | jq -e '.withdrawn | startswith("20")'
	ctl show --json two.example | jq -e '.reports | map(.withdrawn != null) == [false, true]'
	[ "$(sql "SELECT count(*) FROM audit WHERE action = 'withdraw'")" = 1 ]
}

@test "what is in force and stood by nobody comes back to the queue, and can be revoked" {
	local report
	report=$(as 0101 push --json - <<<'three.example' | jq .id)
	ctl approve three.example
	as 0101 withdraw "$report"
	[ "$(flags three.example)" = withdrawn ]
	ctl approve --all
	[ "$(flags three.example)" = withdrawn ]
	ctl revoke three.example --reason 'its reporter took it back'
	[ -z "$(flags three.example)" ]
	# Reported again it counts again.
	# With other words: the same note, as within one second, is the report taken back.
	as 0101 push --comment 'seen again' - <<<'three.example'
	[ "$(ctl queue --json | jq -c '.[] | select(.value == "three.example") | [.state, .orgs]')" = \
		'["pending",1]' ]
}
