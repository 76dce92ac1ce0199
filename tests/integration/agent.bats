#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# varsel at its edges: formats, refusals, an absent hub, a wrong clock, lost state, two runs
# at once, the guard. The tests follow each other.

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
	conf=$HUB/0751/varsel.conf state=$HUB/0751/state
	tmp=$BATS_TEST_TMPDIR
}

approve() {
	ctl approve --reason test "$@"
}

# away COMMAND...: with a hub that does not answer.
away() {
	sed -i.good "s|^hub = .*|hub = \"http://127.0.0.1:$(port_free)\"|" "$conf"
	run "$@"
	mv "$conf.good" "$conf"
}

listed() {
	out 0751 "list-$1.txt" | grep -qxF "$2"
}

@test "enrolment never overwrites, and a link works once" {
	local link
	run varsel -c "$conf" enrol 'https://hub.example/enrol#v1,hub,0751,1,x,y'
	[ "$status" -eq 64 ]
	ctl org add 0219 Hillerød
	link=$(ctl org link 0219)
	run varsel -c "$conf" enrol "$link"
	[ "$status" -eq 73 ]
	[[ $output == *"$conf: is there already"* ]]
	run varsel -c "$tmp/a/varsel.conf" enrol --org 0101 "$link"
	[ "$status" -eq 65 ]
	varsel -c "$tmp/a/varsel.conf" enrol --org 0219 --state-dir "$tmp/state" "$link"
	[ "$(stat -c %a "$tmp/a/key")" = 600 ]
	varsel -c "$tmp/a/varsel.conf" pull
	# The answer was lost: the key that is there goes on.
	rm "$tmp/a/varsel.conf"
	varsel -c "$tmp/a/varsel.conf" enrol "$link"
	varsel -c "$tmp/a/varsel.conf" pull
	run varsel -c "$tmp/b/varsel.conf" enrol "$link"
	[ "$status" -eq 77 ]
	[ ! -e "$tmp/b/varsel.conf" ]
}

@test "enrolment refuses a root document that the link does not vouch for" {
	local link
	link=$(ctl org link 0219)
	run varsel -c "$tmp/varsel.conf" enrol "${link%,*},$(printf '%064d' 0)"
	[ "$status" -eq 65 ]
	[[ $output == *'not the one that the link vouches for'* ]]
	[ ! -e "$tmp/varsel.conf" ]
}

@test "without a configuration the message says what to do" {
	run varsel -c "$tmp/none.conf" pull
	[ "$status" -eq 78 ]
	[[ $output == *'enrol first'* ]]
}

@test "each format is read, and a refusal names the line of the file" {
	printf 'plain1[.]example\nnonsense\nplain2.example # x\n' >"$tmp/a.txt"
	printf 'kind;value;tlp\ndomain;csv1.example;green\n;dk;\n' >"$tmp/a.csv"
	printf '[{"value": "json1.example"},\n{"value": "0.0.0.0/0"}]\n' >"$tmp/a.json"
	cat >"$tmp/b.json" <<-'JSON'
		{"type": "bundle", "objects": [
		{"type": "indicator", "pattern": "[domain-name:value = 'stix1.example']"},
		{"type": "indicator", "pattern": "[process:name = 'x']"}]}
	JSON
	cat >"$tmp/c.json" <<-'JSON'
		{"Event": {"Attribute": [
		{"type": "domain|ip", "value": "misp1.example|203.0.113.99", "to_ids": true},
		{"type": "ip-dst", "value": "300.1.1.1", "to_ids": true}]}}
	JSON
	refuses() {
		run as 0101 push "$tmp/$1"
		[ "$status" -eq 0 ]
		[[ $output == "line $2: "* ]]
		[ "${#lines[@]}" -eq 1 ]
	}
	refuses a.txt 2
	refuses a.csv 3
	refuses a.json 2
	refuses b.json 3
	refuses c.json 3
	as 0101 lookup plain1.example plain2.example csv1.example json1.example stix1.example \
		misp1.example 203.0.113.99 >"$tmp/known"
	run ! grep 'not known' "$tmp/known"
	run as 0101 push --format stix "$tmp/a.json"
	[ "$status" -eq 65 ]
}

@test "what the hub refuses is named by the line of the file as well" {
	# The first two lines stand elsewhere in the report: one is a comment, one merged.
	printf '# x\nhub1.example\nhub1.example\nco.uk\nhub2.example\n' >"$tmp/list"
	run as 0101 push "$tmp/list"
	[ "$status" -eq 0 ]
	[ "$output" = 'line 4: domain "co.uk": a public suffix cannot be blocked' ]
	echo co.uk >"$tmp/list"
	run as 0101 push "$tmp/list"
	[ "$status" -eq 65 ]
	[[ $output == 'line 1: domain "co.uk"'* ]]
}

@test "--strict reports nothing when a line is refused, here or at the hub" {
	printf 'strict1.example\nnonsense\n' >"$tmp/here"
	printf 'strict1.example\nco.uk\n' >"$tmp/there"
	for list in here there; do
		run as 0101 push --strict "$tmp/$list"
		[ "$status" -eq 65 ]
		[[ $output == 'line 2: '* ]]
	done
	run as 0101 lookup strict1.example
	[ "$status" -eq 1 ]
}

@test "a CPR number in a comment never leaves the machine" {
	echo cpr1.example >"$tmp/list"
	run as 0101 sign --comment 'borger 010180-1234' "$tmp/list"
	[ "$status" -eq 65 ]
	[[ $output == *CPR* ]]
}

@test "-n prints the note and sends nothing; sign makes one that curl can send" {
	echo 'hxxp://dry1[.]example/' >"$tmp/list"
	as 0101 push -n "$tmp/list" >"$tmp/note"
	grep -qx 'url http://dry1.example/' "$tmp/note"
	grep -q '^— devhub.varsel.test/org/0101/' "$tmp/note"
	run as 0101 lookup http://dry1.example/
	[ "$status" -eq 1 ]
	as 0101 sign --tlp green --comment 'from a script' - <"$tmp/list" >"$tmp/note"
	get 0101 /v1/reports -H 'Content-Type: text/plain' --data-binary @"$tmp/note" >"$tmp/answer"
	status_is 201
	jq -e '.accepted == 1 and .known == 0' "$tmp/answer"
	as 0101 lookup http://dry1.example/
}

@test "--json prints the hub's answer" {
	echo json2.example | as 0101 push --json >"$tmp/answer"
	jq -es 'length == 1 and .[0].accepted == 1 and .[0].refused == []' "$tmp/answer"
	as 0101 lookup --json json2.example | jq -e '.indicators[0].state == "pending"'
}

@test "an absent hub: reports wait in the spool and go out with the next pull" {
	echo spool1.example >"$tmp/list"
	away as 0751 push "$tmp/list"
	[ "$status" -eq 75 ]
	[ "$(as 0751 status --json | jq .spool)" = 1 ]
	[ "$(stat -c %a "$state/spool")" = 700 ]
	as 0751 pull
	[ "$(as 0751 status --json | jq .spool)" = 0 ]
	as 0751 lookup spool1.example
}

@test "a spooled report that the hub refuses is set aside, and the others go out" {
	echo spool2.example >"$tmp/list"
	away as 0751 push "$tmp/list"
	printf 'no note at all\n' >"$state/spool/000000000000-0.note"
	run as 0751 pull
	[ "$status" -eq 0 ]
	[[ $output == *'000000000000-0.note: a spooled report was refused: '* ]]
	[ -e "$state/spool/000000000000-0.note.refused" ]
	as 0751 lookup spool2.example
	run as 0751 pull
	[ -z "$output" ]
}

@test "a report that waited for too long is signed anew" {
	echo spool3.example >"$tmp/list"
	away faketime -f -7d varsel -c "$conf" push "$tmp/list"
	[ "$status" -eq 75 ]
	as 0751 pull
	as 0751 lookup spool3.example
}

@test "two runs at once: the second exits 75" {
	exec 8>"$state/lock"
	flock -n 8
	run as 0751 pull
	[ "$status" -eq 75 ]
	exec 8>&-
	as 0751 pull
}

@test "why tells the statement, its signer and its end, without the hub" {
	approve --until 30d why1.example
	as 0751 pull
	away as 0751 why www.why1.example
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'domain why1.example: blocked, since '*' until '* ]]
	[[ ${lines[1]} == *'by statement '*', signed by devhub.varsel.test/coordinator/coordinator, issued '* ]]
	away as 0751 why --json why1.example
	jq -e '.blocked and .entries[0].enforced and
		.entries[0].statement.signers == ["devhub.varsel.test/coordinator/coordinator"]' \
		<<<"$output"
	run as 0751 why nothing.example
	[ "$status" -eq 1 ]
	approve why2.example
	varsel -c "$conf" pull -n
	run as 0751 why why2.example
	[[ $output == *'approved, but not enforced yet'* ]]
}

@test "what has expired goes without the hub" {
	approve --until 3s short1.example
	as 0751 pull
	listed domain short1.example
	timeout 20 bash -c "until ! $ROOT/build/varsel -c $conf why short1.example >/dev/null; do :; done"
	away as 0751 pull
	[ "$status" -eq 69 ]
	run ! listed domain short1.example
	listed domain why1.example
}

@test "a hub that has been away for longer than the root allows: 76" {
	away faketime -f +2h varsel -c "$conf" pull
	[ "$status" -eq 76 ]
	listed domain why1.example
	as 0751 pull
}

@test "pulls are spread by the key, and the same key always comes at the same time" {
	varsel -c "$conf" -v pull --jitter 3 2>&1 | grep -o 'waiting [0-2] seconds' >"$tmp/a"
	varsel -c "$conf" -v pull --jitter 3 2>&1 | grep -o 'waiting [0-2] seconds' | same "$tmp/a" -
}

@test "what does not fit into one report is split by push, and refused by sign" {
	seq 10001 | sed 's/.*/10k&.example/' >"$tmp/list"
	[ "$(as 0101 push -n "$tmp/list" | grep -c '^varsel/report/v1$')" = 2 ]
	run as 0101 sign "$tmp/list"
	[ "$status" -eq 65 ]
	[[ $output == *'varsel push splits by itself'* ]]
}

@test "one output that cannot be written does not hold up the others" {
	cat >>"$conf" <<-CONF
		notify = {"/bin/sh", "-c", "echo \"\$0\" >>$tmp/notified"}
		output list-lost {
			kind = "domain"
			file = "$tmp/none/list.txt"
		}
	CONF
	approve lost1.example
	run as 0751 pull
	[ "$status" -eq 73 ]
	[[ $output == *'output list-lost: '* ]]
	listed domain lost1.example
	as 0751 status --json | jq -e '[.outputs[] | select(.error != null) | .name] == ["list-lost"]'
	run as 0751 pull
	[ "$status" -eq 73 ]
	# told once, when it began
	[ "$(grep -c 'output list-lost: ' "$tmp/notified")" = 1 ]
	mkdir "$tmp/none"
	as 0751 pull
	grep -qx lost1.example "$tmp/none/list.txt"
	as 0751 status --json | jq -e 'all(.outputs[]; .error == null)'
	sed -i '/^notify/,$d' "$conf"
}

@test "a bad line in the never-block file stops the pull before anything is changed" {
	out 0751 list-domain.txt >"$tmp/want"
	approve bad1.example
	printf 'fine.example\n192.0.2.1/24\n' >"$HUB/0751/never-block"
	run as 0751 pull
	[ "$status" -eq 78 ]
	[[ $output == *'never-block: line 2: ip "192.0.2.1/24"'* ]]
	out 0751 list-domain.txt | same "$tmp/want" -
	echo bad1.example >"$HUB/0751/never-block"
	as 0751 pull
	run ! listed domain bad1.example
	: >"$HUB/0751/never-block"
	as 0751 pull
	listed domain bad1.example
}

@test "a list with a maximum keeps the surest, and says what it leaves out" {
	cat >>"$conf" <<-CONF
		output list-few {
			kind = "domain"
			max = 1
			file = "$tmp/few.txt"
		}
	CONF
	printf 'value,confidence\nsure1.example,99\nsure2.example,100\n' >"$tmp/a.csv"
	as 0101 push "$tmp/a.csv"
	approve sure1.example sure2.example
	run as 0751 pull
	[ "$status" -eq 0 ]
	[[ $output == *'output list-few: FULL: '* ]]
	[ "$(grep -v '^#' "$tmp/few.txt")" = sure2.example ]
	run as 0751 pull
	[ -z "$output" ]
	sed -i '/^output list-few/,$d' "$conf"
}

@test "an approval of the hub's own address is not enforced, and is an alarm" {
	# It covers the loopback too, where this hub is.
	approve --override 127.0.0.0/16
	run as 0751 pull
	[ "$status" -eq 0 ]
	[[ $output == *'ip 127.0.0.0/16 is approved but not enforced: never block '* ]]
	run ! listed ip 127.0.0.0/16
	ctl revoke --reason test 127.0.0.0/16
	as 0751 pull
}

@test "the guard asks before the set grows by more than half and over 1,000" {
	seq 1100 | sed 's/.*/base&.example/' >"$tmp/base"
	seq 1101 | sed 's/.*/more&.example/' >"$tmp/more"
	approve --from "$tmp/base"
	as 0751 pull
	approve --from "$tmp/more"
	run as 0751 pull
	[ "$status" -eq 76 ]
	[[ $output == *'1101 new entries beside '*'varsel pull --confirm'* ]]
	run ! listed domain more1.example
	listed domain base1.example
	as 0751 status --json | jq -e '.hold.reason | test("1101 new entries")'
	run as 0751 why more1.example
	[[ $output == *'not enforced yet'* ]]
	# Still waiting; what is revoked goes meanwhile.
	run as 0751 pull
	[ "$status" -eq 76 ]
	ctl revoke --reason test base1.example
	run as 0751 pull
	[ "$status" -eq 76 ]
	run ! listed domain base1.example
	run ! listed domain more1.example
	as 0751 pull --confirm
	listed domain more1.example
	as 0751 status --json | jq -e '.hold == null'
	run as 0751 pull
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "wrong usage is told and exits 64, help exits 0" {
	local command
	for command in enrol push sign token pull lookup why status; do
		varsel "$command" -h | grep -q "^usage: varsel"
		run varsel "$command" --no-such-option
		[ "$status" -eq 64 ]
	done
	run varsel
	[ "$status" -eq 64 ]
	run varsel fly
	[ "$status" -eq 64 ]
	run as 0751 pull --wait forever
	[ "$status" -eq 64 ]
	run as 0751 push --format xml
	[ "$status" -eq 64 ]
}

@test "a long-poll returns with the news" {
	as 0751 pull
	varsel -c "$conf" pull --wait 40 &
	waiting=$!
	approve wait1.example
	wait "$waiting"
	as 0751 pull
	listed domain wait1.example
}

@test "a key whose memory cannot be locked is told to who watches" {
	# Root may lock without limit, but for this capability.
	run -0 prlimit --memlock=0 setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock \
		varsel -c "$HUB/0101/varsel.conf" pull -v
	[[ $output == *'its memory cannot be locked'* ]]
	run -0 as 0101 pull -v
	[[ $output != *'its memory cannot be locked'* ]]
}
