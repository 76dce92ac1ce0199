#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Four eyes: two coordinators, a root that asks both for an approval, and what one of them
# can and cannot do.

setup_file() {
	load lib
	hub_start --coordinators 2
	enrol 0101 København
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	cd "$BATS_TEST_TMPDIR" || return 1
	umask 077
}

# What the municipality enforces, one value a line.
enforced() {
	as 0101 pull
	grep -hv '^#' "$HUB"/0101/out/list-*.txt | sort
}

# coordinator PATH [CURL OPTION...]: an API call with the first coordinator's token.
coordinator() {
	ctl queue >/dev/null
	TOKEN=$(tail -n 1 "$HUB/coordinator/state/token") get 0101 "$@"
}

@test "an approval by one is a proposal, and takes effect when the second has signed" {
	local id
	as 0101 push - <<<'evil.example'
	run ctl approve evil.example 203.0.113.7 --until 30d --reason 'Phishing'
	[ "$status" -eq 0 ]
	[[ $output =~ ^proposal\ ([0-9]+)$ ]]
	id=${BASH_REMATCH[1]}
	[ -z "$(enforced)" ]
	[ "$(ctl2 proposals | cut -f1-4)" = "$(printf '%s\tapprove\t2\t1 of 2' "$id")" ]
	[ "$(ctl2 proposals --json | jq -c '.[] | [.id, .verb, .count, .reason, .needed, .signers]')" = \
		"[$id,\"approve\",2,\"Phishing\",2,[\"devhub.varsel.test/coordinator/coordinator\"]]" ]
	# It is no decision yet: still in the queue, and nothing in the log.
	[ "$(ctl queue --json | jq -r '.[].value')" = evil.example ]
	[ "$(sql 'SELECT size FROM log')" = 0 ]

	run ctl2 cosign -n "$id"
	[ "$status" -eq 0 ]
	[[ $output == *'domain evil.example block until='* ]]
	[[ $output == *'0 of 2 lines carry a mark'* ]]
	[ -z "$(enforced)" ]
	run ctl2 cosign --yes "$id"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == 'signed; logged as entry 0' ]]
	[ "$(enforced)" = "$(printf '%s\n' 203.0.113.7 evil.example)" ]
	[ -z "$(ctl2 proposals)" ]
	[ "$(ctl queue --json)" = '[]' ]
	# The client says who signed.
	run as 0101 why evil.example
	[[ $output == *coordinator/coordinator* ]]
	[[ $output == *coordinator/coordinator2* ]]
	run ctl2 cosign --yes "$id"
	[ "$status" -eq 65 ]
	[[ $output == *"proposal $id is gone: logged as entry 0"* ]]
	[ "$(sql "SELECT string_agg(action, ' ' ORDER BY id) FROM audit WHERE action IN ('proposal', 'approve')")" = \
		'proposal approve' ]
}

@test "renew needs two as well, and revoke needs one" {
	local id
	run ctl renew --until 60d evil.example
	[ "$status" -eq 0 ]
	id=${output#proposal }
	[ "$(ctl list --expiring 31d --json | jq -r '.[].value' | sort | tr '\n' ' ')" = '203.0.113.7 evil.example ' ]
	ctl2 cosign --yes "$id"
	[ "$(ctl list --expiring 31d --json | jq -r '.[].value')" = 203.0.113.7 ]
	ctl2 revoke --reason 'A school' 203.0.113.7
	[ "$(enforced)" = evil.example ]
}

@test "one key counts once, and the same statement is one proposal" {
	local id
	id=$(ctl approve twice.example | sed 's/^proposal //')
	run ctl cosign --yes "$id"
	[ "$status" -eq 65 ]
	[[ $output == *'has signed it already, and counts once'* ]]
	coordinator "/v1/proposals/$id" | jq -j .note >note
	coordinator /v1/statements -H 'Content-Type: text/plain' --data-binary @note >answer
	status_is 202
	[ "$(jq -c . answer)" = "{\"proposal\":$id,\"have\":1,\"needed\":2}" ]
	# The line twice is no second signer either.
	sed -n '/^—/p' note >again
	cat again >>note
	coordinator "/v1/proposals/$id/signatures" -H 'Content-Type: text/plain' --data-binary @note >answer
	status_is 202
	[ "$(jq -c '[.have, .needed]' answer)" = '[1,2]' ]
	[ "$(sql "SELECT count(*) FROM proposal WHERE outcome IS NULL")" = 1 ]
	# Another statement's signature is none for this one.
	ctl approve other.example
	coordinator "/v1/proposals/$((id + 1))" | jq -j .note >other
	coordinator "/v1/proposals/$id/signatures" -H 'Content-Type: text/plain' --data-binary @other
	status_is 422
	coordinator /v1/proposals/9999
	status_is 404
	ctl2 cosign --yes "$id"
	ctl2 cosign --yes "$((id + 1))"
	# The last signature again: the same answer.
	coordinator "/v1/proposals/$id/signatures" -H 'Content-Type: text/plain' --data-binary @note >answer
	status_is 200
	[ "$(jq .index answer)" -ge 1 ]
}

@test "the second coordinator sees overrides, wide prefixes and the never-block lists" {
	local id
	echo 'school.example # ours' >"$HUB/never-block"
	id=$(ctl approve www.school.example plain.example 198.51.0.0/16 198.51.100.0/24 \
		github.io --override --reason 'Agreed with all' | sed 's/^proposal //')
	run ctl2 cosign -n "$id"
	rm "$HUB/never-block"
	[ "$status" -eq 0 ]
	[[ $output == *'! domain www.school.example '*'<- override; never-block: it is in school.example (line 1 of '* ]]
	[[ $output == *'! ip 198.51.0.0/16 '*'override; wide prefix'* ]]
	[[ $output == *'! domain github.io '*'<- override'* ]]
	[[ $output == *'5 of 5 lines carry a mark'* ]]
	id=$(ctl approve plain2.example 198.52.0.0/16 | sed 's/^proposal //')
	run ctl2 cosign -n "$id"
	[[ $output == *'  domain plain2.example '* ]]
	[[ $output == *'! ip 198.52.0.0/16 '*'<- wide prefix'* ]]
	[[ $output == *'1 of 2 lines carry a mark'* ]]
}

@test "on a terminal it asks, and anything but yes is no" {
	local id
	id=$(ctl approve asked.example | sed 's/^proposal //')
	run ctl2 cosign "$id" </dev/null
	[ "$status" -eq 64 ]
	[[ $output == *--yes* ]]
	run timeout 60 script -qec "varselctl -c $HUB/coordinator2.conf cosign $id" /dev/null <<<'y'
	[ "$status" -eq 65 ]
	[[ $output == *'not signed'* ]]
	[ "$(ctl proposals --json | jq ".[] | select(.id == $id) | .signers | length")" = 1 ]
	run timeout 60 script -qec "varselctl -c $HUB/coordinator2.conf cosign $id" /dev/null <<<'yes'
	[ "$status" -eq 0 ]
	[[ $output == *'signed; logged'* ]]
}

@test "a hub that shows another list than was signed gets no signature" {
	local id before
	id=$(ctl approve fine.example | sed 's/^proposal //')
	before=$(sql 'SELECT size FROM log')
	# Same length, another name.
	sql "UPDATE bundle SET content = convert_to(replace(convert_from(content, 'UTF8'),
		'fine.example', 'kldk.example'), 'UTF8')
		WHERE convert_from(content, 'UTF8') LIKE '%domain fine.example %'"
	run ctl2 cosign --yes "$id"
	[ "$status" -eq 65 ]
	[ "$(sql 'SELECT size FROM log')" = "$before" ]
	# A hub that rewrites the statement to match: the first signature does not hold.
	sql "UPDATE proposal SET note = convert_to(replace(convert_from(note, 'UTF8'),
		'count 1', 'count 2'), 'UTF8') WHERE id = $id"
	run ctl2 cosign --yes "$id"
	[ "$status" -eq 65 ]
	[ "$(sql 'SELECT size FROM log')" = "$before" ]
}

@test "what was decided meanwhile, or has expired, is gone, with a clear message" {
	local id late
	id=$(ctl approve revived.example | sed 's/^proposal //')
	late=$(ctl approve --until 1h lapsed.example | sed 's/^proposal //')
	ctl approve revived.example >/dev/null
	ctl2 cosign --yes "$((late + 1))"
	run ctl2 cosign --yes "$id"
	[ "$status" -eq 65 ]
	[[ $output == *"proposal $id is gone: "*revived.example*'decided on'* ]]
	[ "$(ctl proposals --json | jq "[.[] | select(.id == $id)] | length")" = 0 ]
	coordinator "/v1/proposals/$id"
	status_is 409
}
