#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Values that must not stand in any list any more: the rest of their lists stays in force,
# and hub and clients let go of the bytes.

setup_file() {
	load lib
	hub_start --coordinators 2 --threshold 1
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

# What is in force here, with its end.
in_force() {
	as "$1" pull
	as "$1" status --json | jq -c .active
	grep -hv '^#' "$HUB/$1"/out/list-*.txt | sort
}

# Lists of the database that hold a text.
lists_with() {
	sql "SELECT count(*) FROM bundle WHERE position('$1' IN convert_from(content, 'UTF8')) > 0"
}

@test "the rest of a list stays in force as it was; the list is gone everywhere" {
	local old
	as 0101 push - <<<'private.example'
	ctl approve private.example keep.example 203.0.113.7 --until 20d --reason 'Campaign 7'
	ctl approve --action watch keep.example --until 10d
	in_force 0101 >/dev/null
	old=$(sql "SELECT encode(bundle_sha256, 'hex') FROM statement WHERE index = 0")
	[ -e "$HUB/0101/state/feed/bundle/$old" ]
	get 0101 "/v1/feed/kommuner/bundle/$old" >/dev/null
	status_is 200
	ctl list --json | jq -c '[.[] | select(.value != "private.example") | [.value, .action, .until, .tags]]' >before

	run ctl erase --reason 'A person asked for it' private.example
	[ "$status" -eq 0 ]
	[[ $output == *'void 3, of entry 0'* ]]
	[[ $output == *'erased 1 from 1 lists, 2 lines approved again'* ]]
	ctl list --json | jq -c '[.[] | [.value, .action, .until, .tags]]' >after
	same before after

	get 0101 "/v1/feed/kommuner/bundle/$old" >/dev/null
	status_is 404
	[ "$(lists_with private.example)" = 0 ]
	[ ! -e "$HUB/coordinator/state/bundle/$old" ]
	# Who followed all along, and who begins now.
	in_force 0101 >veteran
	[ ! -e "$HUB/0101/state/feed/bundle/$old" ]
	run ! grep -q private.example veteran
	grep -qx 203.0.113.7 veteran
	enrol 0751 Aarhus
	in_force 0751 >newcomer
	same veteran newcomer
	run as 0101 why private.example
	[ "$status" -eq 1 ]
	run as 0751 why private.example
	[ "$status" -eq 1 ]
	run as 0751 why 203.0.113.7
	[ "$status" -eq 0 ]
	[[ $output == *'by statement 2, '* ]]
}

@test "the hub's table says the same" {
	# Also of what was reported nothing is left.
	run ctl show private.example
	[ "$status" -eq 1 ]
	[ "$(ctl show --json keep.example | jq -r '[.state, .action] | join(" ")')" = 'approved watch' ]
	# Nobody reported it: not known at all.
	ctl approve unreported.example
	ctl erase --reason 'By mistake' unreported.example
	run ctl show unreported.example
	[ "$status" -eq 1 ]
	# And it may come back.
	ctl approve unreported.example
	[ "$(ctl show --json unreported.example | jq -r .state)" = approved ]
}

@test "what was revoked stays revoked, and a revocation cannot be erased" {
	ctl approve gone.example gone2.example
	ctl revoke --reason wrong gone.example
	run ctl erase --reason 'On request' gone.example
	[ "$status" -eq 65 ]
	[[ $output == *'1 revocations name them, the last until '* ]]
	[[ $output == *'erased 1 from 1 lists, 1 lines approved again'* ]]
	run in_force 0101
	[[ $output == *gone2.example* ]]
	[[ $output != *gone.example* ]]
	[ "$(ctl show --json gone.example | jq -r .state)" = revoked ]
	run ctl erase --reason 'On request' never.example
	[ "$status" -eq 65 ]
	[[ $output == *'no list names them'* ]]
}

@test "what a root with another threshold asks: cosign, then run it again" {
	local id
	ctl approve two.example rest.example
	varselctl root new --from "$HUB/root.1" --coordinator-threshold 2 -o root.2
	varselctl root sign --key "$HUB/root.key" root.2
	root_add root.2
	id=$(ctl approve two.example rest.example | sed 's/^proposal //')
	ctl2 cosign --yes "$id"
	run ctl erase --reason 'On request' two.example
	[ "$status" -eq 75 ]
	[[ $output =~ proposal\ ([0-9]+) ]]
	id=${BASH_REMATCH[1]}
	# Again, before it is signed: the same one.
	run ctl erase --reason 'On request' two.example
	[ "$status" -eq 75 ]
	[ "$(ctl proposals | cut -f1)" = "$id" ]
	run in_force 0101
	[[ $output == *two.example* ]]
	ctl2 cosign --yes "$id"
	run ctl erase --reason 'On request' two.example
	[ "$status" -eq 0 ]
	run in_force 0101
	[[ $output == *rest.example* ]]
	[[ $output != *two.example* ]]
	[ "$(lists_with ' two.example ')" = 0 ]
}
