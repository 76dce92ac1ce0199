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
