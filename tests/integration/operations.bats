#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# docs/operations.md, walked through: its commands, in its order, on a hub with members.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
	as 0101 push <<<$'kept.example\nfalse.example\n203.0.113.9'
	ctl approve --all --until 30d --reason 'three reports'
	ctl revoke false.example --reason 'false positive'
	as 0751 pull
	# A root for the next version at each step: root.1 is devhub's.
	cp "$HUB/root.1" "$BATS_FILE_TMPDIR/root.1"
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	cd "$BATS_FILE_TMPDIR" || return
	private=$(cat "$HUB/private")
}

# The hub's commands on its console, as its user.
console() {
	if [ "$(id -u)" -eq 0 ]; then
		set -- setpriv --reuid postgres --regid postgres --init-groups "$private/varseld" \
			-c "$private/varseld.conf" "$@"
	else
		set -- "$private/varseld" -c "$private/varseld.conf" "$@"
	fi
	"$@"
}

# publish FILE: signs the draft with the root key, and gives it to the hub.
publish() {
	varselctl root sign --key "$HUB/root.key" "$1"
	install -m 644 "$1" "$private/$1"
	console root add "$private/$1"
}

domains() {
	same "$1" <(out 0751 list-domain.txt)
}

@test "the yearly renewal: the successor of the root is taken by hub and clients" {
	varselctl root new --from root.1 --expires 365d -o root.2
	publish root.2
	devhub restart "$HUB"
	as 0751 pull
	as 0751 status --json | jq -e '.root_version == 2 and .hold == null'
	domains - <<<kept.example
}

@test "a stolen hub key: a new log goes on where the old one ended" {
	local state=$private/state f log fresh
	devhub halt "$HUB"
	mkdir "$state/old"
	for f in log.key fresh.key jwt.key head; do mv "$state/$f" "$state/old/"; done
	chown --reference="$state" "$state/old"
	echo 'log-number = 2' >>"$private/varseld.conf"
	console init --hub devhub.varsel.test --channel kommuner >init.out
	log=$(grep -o '[^ ]*/feed/kommuner/2+.*' init.out)
	fresh=$(grep -o '[^ ]*/feed/kommuner/2/fresh+.*' init.out)
	varselctl root new --from root.2 --key "log=$log" --key "fresh=$fresh" -o root.3
	publish root.3
	devhub resume "$HUB"

	# Nothing is lifted on the way, and what was revoked stays so.
	as 0751 pull
	domains - <<<kept.example
	same <(echo 203.0.113.9) <(out 0751 list-ip.txt)
	as 0751 status --json | jq -e '.root_version == 3 and .size == 2 and .hold == null'
	as 0751 why kept.example | grep -q 'of an earlier log'
	[ "$(sql "SELECT count(*) FROM statement s JOIN log l ON l.id = s.log_id
		WHERE l.origin LIKE '%/feed/kommuner/2'")" = 2 ]

	# A newcomer sees the same, and the new log goes on.
	enrol 0461 Odense
	as 0461 pull
	same <(out 0751 list-domain.txt) <(out 0461 list-domain.txt)
	ctl revoke kept.example --reason 'no longer in use'
	ctl approve after.example --until 30d
	as 0751 pull
	as 0461 pull
	domains - <<<after.example
	same <(out 0751 list-domain.txt) <(out 0461 list-domain.txt)
}

@test "what the stolen key signs is of no use to anyone any more" {
	local state=$private/state
	# The thief's hub: the old key, the old log, the old root documents.
	devhub halt "$HUB"
	mv "$state" "$private/new"
	mv "$private/new/old" "$state"
	sed -i '/^log-number/d' "$private/varseld.conf"
	devhub resume "$HUB"
	run as 0751 pull
	[ "$status" -ne 0 ]
	domains - <<<after.example
	devhub halt "$HUB"
	mv "$state" "$private/new/old"
	mv "$private/new" "$state"
	echo 'log-number = 2' >>"$private/varseld.conf"
	devhub resume "$HUB"
	as 0751 pull
	domains - <<<after.example
}

# keys_of NAME: login and signing key, and a configuration with them, all in NAME/.
keys_of() {
	local name=$1 role
	mkdir -p "$name"
	for role in login coordinator; do
		varselctl keygen --no-passphrase -o "$name/$role.key" \
			"devhub.varsel.test/$role/$name" >"$name/$role.vkey"
	done
	sed "s|^name = .*|name = \"$name\"|; s|^login = .*|login = \"$PWD/$name/login.key\"|
		s|^signing = .*|signing = \"$PWD/$name/coordinator.key\"|
		s|^state-dir = .*|state-dir = \"$PWD/$name/state\"|" "$HUB/coordinator.conf" >"$name/ctl.conf"
}

# by NAME COMMAND...
by() {
	local name=$1
	shift
	varselctl -c "$PWD/$name/ctl.conf" "$@"
}

# shut_out CONF: the hub looks every few seconds whom it may not believe any more.
shut_out() {
	# shellcheck disable=SC2016 # for the inner shell
	timeout 30 bash -c 'until varselctl -c "$0" queue >out 2>&1; [ $? -eq 77 ]; do :; done' "$1"
}

# all_follow VERSION: both clients take the new root, and agree.
all_follow() {
	as 0751 pull
	as 0461 pull
	as 0751 status --json | jq -e ".root_version == $1 and .hold == null"
	same <(out 0751 list-domain.txt) <(out 0461 list-domain.txt)
}

@test "a lost coordinator key: what hangs on it is signed again, and then it goes" {
	local lost=devhub.varsel.test/coordinator/coordinator
	ctl revoke after.example --reason 'its own revocation stays, too'
	ctl approve mine.example --until 20d
	keys_of anna-2
	console coordinator remove coordinator
	console coordinator add anna-2 "$(cat anna-2/login.vkey)"
	shut_out "$HUB/coordinator.conf"
	varselctl root new --from root.3 --key "coordinator=$(cat anna-2/coordinator.vkey)" -o root.4
	publish root.4
	devhub restart "$HUB"
	all_follow 4
	by anna-2 list >known
	run -65 by anna-2 root new --from root.4 --drop "$lost"
	run -0 by anna-2 resign --drop "$lost"
	[[ $output == *'approved 2, revoked 3, void 0'* ]]
	run -0 by anna-2 resign --drop "$lost"
	[ "$output" = '0 lines in force, 0 revoked values and 0 voids hang on it' ]
	by anna-2 root new --from root.4 --drop "$lost" -o root.5
	publish root.5
	devhub restart "$HUB"
	all_follow 5
	domains - <<<mine.example
	by anna-2 approve next.example --until 20d
	by anna-2 revoke mine.example --reason 'anna can revoke what anna approved'
	all_follow 5
	domains - <<<next.example
}

@test "a stolen coordinator key: the thief is shut out, what it approved goes, what was right stays" {
	local stolen=devhub.varsel.test/coordinator/bo
	keys_of bo
	console coordinator add bo "$(cat bo/login.vkey)"
	varselctl root new --from root.5 --key "coordinator=$(cat bo/coordinator.vkey)" -o root.6
	publish root.6
	devhub restart "$HUB"
	by bo approve right.example --until 20d
	# The thief: blocks what is needed, and lifts what is not wanted.
	by bo approve hospital.example --until 20d
	by bo revoke next.example --reason thief
	all_follow 6
	domains - <<<$'hospital.example\nright.example'

	console coordinator remove bo
	shut_out bo/ctl.conf
	run -77 by bo approve more.example --until 20d
	by anna-2 audit --since 7d >rows
	[ "$(grep -c login/bo rows)" -ge 6 ]
	by anna-2 list --json | jq -r ".[] | select(.signers == [\"$stolen\"]) | .value" |
		same - <(printf '%s\n' hospital.example right.example)
	by anna-2 revoke hospital.example --reason 'Not ours'
	all_follow 6
	domains - <<<right.example
	by anna-2 root new --from root.6 --drop "$stolen" --compromised -o root.7
	by anna-2 resign --root root.7
	publish root.7
	devhub restart "$HUB"
	# What the thief revoked was signed again, too.
	by anna-2 approve next.example --until 20d
	all_follow 7
	domains - <<<$'next.example\nright.example'
	# A newcomer sees the same.
	rm -r "$HUB/0461/state"
	as 0461 pull
	domains <(out 0461 list-domain.txt)
}
