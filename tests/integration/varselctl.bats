#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# varselctl: keys and roots offline, municipalities, and every kind of decision, with what
# a client then enforces.

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
	bats_require_minimum_version 1.5.0
	cd "$BATS_TEST_TMPDIR" || return 1
	umask 077
}

# report CODE VALUE...
report() {
	local code=$1
	shift
	printf '%s\n' "$@" | as "$code" push -
}

# What the second municipality enforces, one value a line.
enforced() {
	as 0751 pull
	grep -hv '^#' "$HUB"/0751/out/list-*.txt | sort
}

@test "every command has help on stdout, and usage errors exit 64" {
	local c
	run --separate-stderr varselctl -h
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	for c in keygen root 'root new' 'root sign' 'root show' org queue show list approve \
		renew reject revoke erase resign proposals cosign; do
		# shellcheck disable=SC2086 # two words for the root commands
		run --separate-stderr varselctl $c -h
		[ "$status" -eq 0 ]
		[[ $output == 'usage: varselctl '* ]]
		[ -z "$stderr" ]
	done
	for c in '' nonsense keygen root 'root frob' org 'org frob' 'org link' 'queue x' show \
		'list x' approve renew reject revoke erase 'erase x' 'resign x' 'proposals x' cosign 'cosign x' 'queue --frob' 'queue --min-orgs x' \
		'keygen a b' 'list --expiring soon'; do
		# shellcheck disable=SC2086
		run --separate-stderr varselctl $c
		[ "$status" -eq 64 ]
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
}

@test "keygen seals with a passphrase, and never overwrites" {
	echo secret >pass
	run --separate-stderr varselctl keygen --passphrase-file pass hub.test/root/a
	[ "$status" -eq 0 ]
	[[ $output == hub.test/root/a+* ]]
	[ "$(stat -c %a a.key)" = 600 ]
	grep -q '^varsel/sealed-key/v1' a.key
	run varselctl keygen --passphrase-file pass hub.test/root/a
	[ "$status" -eq 65 ]
	run varselctl keygen --no-passphrase -o plain.key simple
	[ "$status" -eq 0 ]
	grep -q '^PRIVATE+KEY+simple+' plain.key
	chmod 644 pass
	run varselctl keygen --passphrase-file pass b
	[ "$status" -eq 77 ]
	[[ $output == *'chmod 600'* ]]
	: >empty
	run varselctl keygen --passphrase-file empty b
	[ "$status" -eq 65 ]
	# Without a terminal and without a file there is nobody to ask.
	run setsid varselctl keygen b </dev/null
	[ "$status" -eq 64 ]
	[[ $output == *--passphrase-file* ]]
	[ ! -e b.key ]
}

# on_terminal ANSWERS COMMAND...: on a terminal of its own, one answer a question; prints
# what the terminal showed.
on_terminal() {
	timeout 60 python3 - "$@" <<'PYTHON'
import os
import pty
import sys

answers = sys.argv[1].split(",")
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
while True:
    try:
        data = os.read(fd, 1024)
    except OSError:
        break
    if not data:
        break
    shown += data
    if shown.endswith(b": ") and answers:
        os.write(fd, answers.pop(0).encode() + b"\n")
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
}

@test "a passphrase is asked for twice, and not shown" {
	run on_terminal sesame,sesame varselctl keygen hub.test/root/t
	[ "$status" -eq 0 ]
	[[ $output == *'Passphrase for t.key: '*'Again, for t.key: '*hub.test/root/t+* ]]
	[[ $output != *sesame* ]]
	run on_terminal one,two varselctl keygen hub.test/root/u
	[ "$status" -eq 65 ]
	[ ! -e u.key ]
	varselctl root new --hub devhub.varsel.test --key root="$(sed -n 's/^vkey //p' t.key)" \
		--key coordinator="$(cat "$HUB/coordinator.vkey")" -o root.1 \
		--key log="$(cat "$HUB/log.vkey")" --key fresh="$(cat "$HUB/fresh.vkey")"
	run on_terminal wrong varselctl root sign --key t.key root.1
	[ "$status" -eq 77 ]
	run on_terminal $'\003' varselctl root sign --key t.key root.1
	[ "$status" -eq 64 ]
	run on_terminal sesame varselctl root sign --key t.key root.1
	[ "$status" -eq 0 ]
	[ "$(varselctl root show --json root.1 | jq .complete)" = true ]
}

@test "a root is drafted, signed by two and explained" {
	local a b c
	echo secret >pass
	a=$(varselctl keygen --passphrase-file pass hub.test/root/a)
	b=$(varselctl keygen --no-passphrase hub.test/root/b)
	c=$(varselctl keygen --no-passphrase hub.test/coordinator/c)
	new() {
		varselctl root new --hub devhub.varsel.test --key root="$a" --key root="$b" \
			--key coordinator="$c" --key log="$(cat "$HUB/log.vkey")" \
			--key fresh="$(cat "$HUB/fresh.vkey")" "$@"
	}
	new --root-threshold 2 --expires 30d --max-age 2h -o root.1
	grep -qx 'threshold root 2' root.1
	grep -qx 'max-age 7200' root.1
	run varselctl root show root.1
	[[ $output == *'0 of 2 root keys needed (a draft)'* ]]
	varselctl root sign --key a.key --passphrase-file pass root.1
	run varselctl root show root.1
	[[ $output == *'1 of 2 root keys needed (not enough yet)'* ]]
	varselctl root sign --key b.key -o both root.1
	run varselctl root show --json both
	[ "$(jq -c '[.version, .signatures, .complete, .threshold_root]' <<<"$output")" = '[1,2,true,2]' ]
	[ "$(jq -r .sha256 <<<"$output")" = "$(sed '/^$/,$d' both | sha256sum | cut -d' ' -f1)" ]
	# Twice is once.
	varselctl root sign --key b.key both
	[ "$(varselctl root show --json both | jq .signatures)" = 2 ]
	varselctl root sign --key c.key -o odd both 2>err
	grep -q 'not among its root keys' err

	varselctl root new --from both --drop hub.test/root/a --root-threshold 1 >root.2
	grep -qx 'version 2' root.2
	grep -qx 'threshold root 1' root.2
	run ! grep -q root/a root.2

	# What nobody could accept is not even drafted.
	run new --root-threshold 3
	[ "$status" -eq 65 ]
	run new --max-lifetime 400d
	[ "$status" -eq 65 ]
	run new --key log=nonsense
	[ "$status" -eq 65 ]
	run new --key emperor="$a"
	[ "$status" -eq 64 ]
	[[ $output == *emperor* ]]
	run new --expires yesterday
	[ "$status" -eq 64 ]
	echo nonsense >bad
	run varselctl root show bad
	[ "$status" -eq 65 ]
	[[ $output == *'bad: line 1'* ]]
	# One flipped bit in what was signed.
	sed 's/max-age 7200/max-age 7201/' both >forged
	run varselctl root show forged
	[ "$status" -eq 65 ]
}

@test "municipalities: add, import, list, link, suspend" {
	local link
	ctl org add --sector kommune 0265 Roskilde
	ctl org add --sector kommune 0265 Roskilde
	run ctl org add 0265 Andetnavn
	[ "$status" -eq 65 ]
	printf 'code,name,sector\r\n0330,"Slagelse, by",kommune\r\n\r\n0461,Odense\r\n' >orgs.csv
	ctl org import orgs.csv
	ctl org import orgs.csv
	[ "$(ctl org list --json | jq -r '.[] | select(.code == "0330") | .name')" = 'Slagelse, by' ]
	[ "$(ctl org list | cut -f1 | grep -c -x -e 0265 -e 0330 -e 0461)" -eq 3 ]
	printf '0510,Haderslev\n0530\n' >bad.csv
	run ctl org import bad.csv
	[ "$status" -eq 65 ]
	[[ $output == *'bad.csv: line 2: '* ]]

	link=$(ctl org link 0265)
	[[ $link == "$(hub_url)/enrol#v1,devhub.varsel.test,0265,1,"* ]]
	run ctl org link 9999
	[ "$status" -eq 65 ]
	# The hub speaks of another root than ours: the link is not shown.
	sed -e "s|^root = .*|root = \"$PWD/other.1\"|" "$HUB/coordinator.conf" >other.conf
	varselctl keygen --no-passphrase -o r.key devhub.varsel.test/root/r >r.vkey
	varselctl root new --from "$HUB/root.1" --version 1 --key root="$(cat r.vkey)" >other.1
	varselctl root sign --key r.key other.1
	run --separate-stderr varselctl -c other.conf org link 0265
	[ "$status" -eq 65 ]
	[ -z "$output" ]
	[[ $stderr == *'names another root'* ]]

	devhub enrol "$HUB" 0461 Odense
	as 0461 pull
	ctl org suspend 0461
	[ "$(ctl org list --json | jq -r '.[] | select(.code == "0461") | .state')" = suspended ]
	rm -f "$HUB"/0461/state/token*
	run as 0461 push - <<<'after.example'
	[ "$status" -ne 0 ]
}

@test "the queue: filters, JSON, most urgent first" {
	report 0101 one.example two.example 'hxxp://two[.]example/x' 192.0.2.1
	report 0751 two.example
	[ "$(ctl queue | head -1 | cut -f5,6)" = "$(printf 'domain\ttwo.example')" ]
	[ "$(ctl queue --min-orgs 2 --json | jq -r '.[].value')" = two.example ]
	[ "$(ctl queue --kind url --json | jq -r '.[].value')" = http://two.example/x ]
	[ "$(ctl queue --org 0751 --json | jq length)" = 1 ]
	run ctl queue --kind smell
	[ "$status" -eq 64 ]
	run ctl show two.example
	[[ $output == *'orgs        2'* ]]
	[ "$(ctl show --json two.example | jq -r '[.reports[].org] | sort | join(" ")')" = '0101 0751' ]
	run ctl show unknown.example
	[ "$status" -eq 1 ]
	run ctl show 999999
	[ "$status" -eq 65 ]
}

@test "approve by id, by value in any spelling, from a file, by filter" {
	local id
	id=$(ctl queue --json | jq '.[] | select(.value == "one.example") | .id')
	[ "$(ctl approve "$id" 'TWO(dot)example' --json | jq -c '[.approved, .of]')" = '[2,2]' ]
	printf '# by phone\nphone.example  # called at nine\n192.0.2.1\n' >list
	run ctl approve --from list --action watch --reason 'By phone'
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'approved 2 of 2 until '* ]]
	[ "$(ctl list --json | jq -r '.[] | select(.value == "192.0.2.1") | .action')" = watch ]
	ctl approve --kind url
	[ "$(ctl queue --json)" = '[]' ]
	[ "$(enforced)" = "$(printf '%s\n' http://two.example/x one.example two.example)" ]
	printf 'fine.example\n\nno value at all\n' >list
	run ctl approve --from list
	[ "$status" -eq 65 ]
	[[ $output == *'list: line 3: '* ]]
	run ctl approve --until 2y phone.example
	[ "$status" -eq 64 ]
	run ctl approve --until 500d phone.example
	[ "$status" -eq 65 ]
	[[ $output == *'root 1 allows approvals of 365 days'* ]]
	run ctl approve --until 2020-01-01 phone.example
	[ "$status" -eq 65 ]
	run ctl approve 10.0.0.0/8
	[ "$status" -eq 65 ]
	run ctl approve --action block x@evil.example
	[ "$status" -eq 65 ]
	[[ $output == *'cannot be blocked'* ]]
}

@test "flags: left by --all, refused by name, lifted by --override with a reason" {
	report 0101 shop.duckdns.org duckdns.org plain.example
	echo red.example | as 0101 push --tlp red -
	run ctl approve --all
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'approved 2 of 4 until '* ]]
	[ "$(ctl queue --json | jq -r '[.[].value] | sort | join(" ")')" = 'duckdns.org red.example' ]
	run ctl approve duckdns.org red.example fine.example
	[ "$status" -eq 65 ]
	[[ $output == *'domain duckdns.org: flagged private-suffix'* ]]
	[[ $output == *'domain red.example: '*'TLP is red'* ]]
	# All or nothing.
	run ! grep -q fine.example <(ctl list)
	run ctl approve --override duckdns.org
	[ "$status" -eq 64 ]
	ctl approve --override --reason 'The whole service is abused' duckdns.org
	[ "$(ctl list --json | jq '.[] | select(.value == "duckdns.org") | .override')" = true ]
	[ "$(ctl list --json | jq '.[] | select(.value == "plain.example") | .override')" = false ]
	run ctl approve --override --reason anyway red.example
	[ "$status" -eq 65 ]
	ctl reject --reason 'Not ours to share' red.example
	[ "$(ctl queue --json)" = '[]' ]
	[ "$(ctl show --json red.example | jq -r .reason)" = 'Not ours to share' ]
}

@test "renew extends and keeps the rest" {
	local before after
	before=$(ctl list --json | jq -c '.[] | select(.value == "phone.example") | [.action, .tlp, .tags]')
	ctl renew --until 60d phone.example
	after=$(ctl list --json | jq -c '.[] | select(.value == "phone.example") | [.action, .tlp, .tags]')
	[ "$before" = "$after" ]
	[ "$(ctl list --expiring 40d --json | jq '[.[] | select(.value == "phone.example")] | length')" = 0 ]
	[ "$(ctl list --expiring 61d --json | jq '[.[] | select(.value == "phone.example")] | length')" = 1 ]
	[ "$(ctl list --expiring 7d --json)" = '[]' ]
	run ctl renew --until 10d phone.example
	[ "$status" -eq 65 ]
	[[ $output == *'runs until'* ]]
	run ctl renew --until 10d never.example
	[ "$status" -eq 65 ]
	[[ $output == *'not in force'* ]]
}

@test "revoke takes what lies inside, names what is wider, spares URLs" {
	ctl approve wide.example a.wide.example b.wide.example http://c.wide.example/x \
		198.51.100.0/24 198.51.100.7 203.0.113.0/24 203.0.113.9
	run ctl revoke --reason mistake a.wide.example
	[ "$status" -eq 65 ]
	[[ $output == *'a.wide.example: still covered by domain wide.example'* ]]
	run ! grep -q a.wide.example <(ctl list)
	run ctl revoke --reason mistake wide.example 203.0.113.0/24
	[ "$status" -eq 0 ]
	[[ $output == *'revoked 4'* ]]
	[[ $output == *'URLs under what is revoked'*http://c.wide.example/x* ]]
	run ctl revoke --reason mistake 198.51.100.7 --json
	[ "$status" -eq 65 ]
	run enforced
	[[ $output == *198.51.100.0/24* ]]
	[[ $output == *http://c.wide.example/x* ]]
	[[ $output != *203.0.113* ]]
	[[ $output != *b.wide.example* ]]
	run ctl revoke --reason again wide.example
	[ "$status" -eq 65 ]
	[[ $output == *'not in force'* ]]
	# It can come back.
	ctl approve wide.example
	run enforced
	[[ $output == *wide.example* ]]
}

@test "a list longer than a bundle becomes several statements" {
	seq -f 'n%.0f.many.example' 50001 >list
	run ctl approve --from list --json
	[ "$status" -eq 0 ]
	[ "$(jq -c '[.approved, (.statements | length)]' <<<"$output")" = '[50001,2]' ]
	[ "$(ctl list | grep -c many.example)" -eq 50001 ]
	run ctl revoke --reason 'That was a test' --from list --json
	[ "$status" -eq 0 ]
	[ "$(jq .revoked <<<"$output")" = 50001 ]
}

@test "a key of another hub or person is refused before anything is signed" {
	varselctl keygen --no-passphrase -o s.key hub.test/coordinator/coordinator
	sed -e "s|^signing = .*|signing = \"$PWD/s.key\"|" "$HUB/coordinator.conf" >conf
	run varselctl -c conf approve foreign.example
	[ "$status" -eq 78 ]
	[[ $output == *'named hub.test/coordinator/coordinator'* ]]
	# Right name, wrong key: the root does not know it.
	varselctl keygen --no-passphrase -o t.key devhub.varsel.test/coordinator/coordinator
	sed -i "s|^signing = .*|signing = \"$PWD/t.key\"|" conf
	run varselctl -c conf approve foreign.example
	[ "$status" -eq 65 ]
	[[ $output == *'signed by 0 coordinator keys, 1 needed'* ]]
	run varselctl -c nowhere.conf queue
	[ "$status" -eq 78 ]
	run varselctl -c conf frob
	[ "$status" -eq 64 ]
}

@test "without the hub: 69, and what is in force is still known to be" {
	devhub halt "$HUB"
	run ctl queue
	[ "$status" -eq 69 ]
	run ctl approve late.example
	[ "$status" -eq 69 ]
	devhub resume "$HUB"
	ctl queue --json
}
