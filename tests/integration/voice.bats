#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A municipality's say after it has reported, or been hit: disputes.

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
	grep 'org/0751/1|dispute 1: Our canteen' "$tmp/audit"
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
