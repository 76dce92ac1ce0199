#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Reports that the hub must not take as they are.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
	# The key of one in the name of the other.
	sed 's/^org = .*/org = "0101"/' "$HUB/0751/varsel.conf" >"$HUB/0751/forger.conf"
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
	before=$(stored)
	tried=0
}

# What reports leave behind.
stored() {
	sql 'SELECT (SELECT count(*) FROM report), (SELECT count(*) FROM indicator),
		(SELECT count(*) FROM report_indicator), (SELECT count(*) FROM indicator_tag)'
}

# The note in a file, posted with the token of one; the answer is in $tmp/answer.
post() {
	TOKEN=${tokens[$1]:=$(as "$1" token)} get "$1" /v1/reports \
		-H 'Content-Type: text/plain' --data-binary "@$2" >"$tmp/answer"
	tried=$((tried + 1))
}

# refused CODE FILE STATUS [TEXT]: the hub says why, and has stored nothing.
refused() {
	post "$1" "$2"
	status_is "$3"
	jq -e .detail "$tmp/answer"
	[[ $(jq -r .detail "$tmp/answer") == *"${4:-}"* ]]
	[ "$(stored)" = "$before" ]
}

# flip FILE PLACE: that byte of it is another one, and still a letter or digit.
flip() {
	python3 - "$1" "$2" <<-'PYTHON'
		import sys
		note = bytearray(open(sys.argv[1], "rb").read())
		at = int(sys.argv[2])
		note[at] = ord("b") if note[at] == ord("a") else ord("a")
		sys.stdout.buffer.write(note)
	PYTHON
}

@test "report signed by another municipality's key, or altered: 403, whoever's token it comes with" {
	declare -A tokens
	as 0101 sign - <<<'evil.example' >"$tmp/own"
	varsel -c "$HUB/0751/forger.conf" sign - <<<'evil.example' >"$tmp/forged"
	grep '^org 0101$' "$tmp/forged"
	grep '/org/0751/1 ' "$tmp/forged"
	refused 0751 "$tmp/own" 403 'in the name of 0101, with a token of 0751'
	refused 0751 "$tmp/forged" 403 'in the name of 0101, with a token of 0751'
	refused 0101 "$tmp/forged" 403 'in the name of 0101, signed by a key of 0751'
	# Under the other's key name.
	sed 's|/org/0751/1 |/org/0101/1 |' "$tmp/forged" >"$tmp/renamed"
	refused 0101 "$tmp/renamed" 422 'signed by no key of 0101'
	figure bad_inputs "$tried"
	# The same lines, rightly signed, are taken: it was the signature.
	post 0101 "$tmp/own"
	status_is 201
}

@test "report signed by another municipality's key, or altered: 422 for any byte of it" {
	local size place
	declare -A tokens
	as 0101 sign --comment 'from the mail' - <<<$'evil.example\n203.0.113.7' >"$tmp/own"
	size=$(stat -c %s "$tmp/own")
	for ((place = 3; place < size; place += 11)); do
		flip "$tmp/own" "$place" >"$tmp/altered"
		cmp -s "$tmp/own" "$tmp/altered" && continue
		post 0101 "$tmp/altered"
		[[ $(cat "$tmp/status") =~ ^4(00|03|22)$ ]] || {
			echo "byte $place: $(cat "$tmp/status" "$tmp/answer")"
			return 1
		}
	done
	[ "$(stored)" = "$before" ]
	sed 's/evil.example/evi1.example/' "$tmp/own" >"$tmp/altered"
	refused 0101 "$tmp/altered" 422 'signature'
	sed 's/^domain evil.example.*/&\ndomain more.example/' "$tmp/own" >"$tmp/altered"
	refused 0101 "$tmp/altered" 422 'signature'
	sed '/^domain/d' "$tmp/own" >"$tmp/altered"
	refused 0101 "$tmp/altered" 422 'signature'
	# Another report's signature, and none.
	as 0101 sign - <<<'other.example' >"$tmp/other"
	{ sed '/^— /d' "$tmp/own" && grep '^— ' "$tmp/other"; } >"$tmp/altered"
	refused 0101 "$tmp/altered" 422 'signature'
	sed '/^— /d' "$tmp/own" >"$tmp/altered"
	refused 0101 "$tmp/altered" 400
	figure bad_inputs "$tried"
	post 0101 "$tmp/own"
	status_is 201
}


# report COMMENT LINE...: the note of these, signed by 0101's key, as no client of ours would.
report() {
	{
		printf 'varsel/report/v1\nhub %s\norg 0101\nissued %s\ntlp amber\n' \
			devhub.varsel.test "$(date -u +%FT%TZ)"
		[ -z "$1" ] || printf 'comment %s\n' "$1"
		printf '\n'
		shift
		printf '%s\n' "$@"
	} >"$tmp/text"
	sign_note "$tmp/text" "$HUB/0101/key" >"$tmp/note"
}

# What came of it is said without saying the number again.
refused_for_cpr() {
	refused 0101 "$tmp/note" 422 "$1"
	[[ $(cat "$tmp/answer") == *'holds a CPR number, which may not be sent'* ]]
	run ! grep -E '1234|010190|290224' "$tmp/answer"
}

@test "CPR number in a comment or value: the hub refuses the report, and keeps nothing of it" {
	local line
	declare -A tokens
	for line in 'Called by 010190-1234' '0101901234' 'CPR:290224 1234.' 'a 010190–1234 b'; do
		report "$line" 'domain evil.example'
		refused_for_cpr 'line 6: field "comment"'
	done
	for line in 'url https://evil.example/010190-1234/login' 'domain 010190-1234.evil.example' \
		'email 0101901234@evil.example' 'url https://evil.example/?q=010190%201234' \
		'url https://evil.example/%30%31%30%31%39%30%2d1234' \
		'domain evil.example tag=010190-1234' 'citizen 010190-1234'; do
		# The note is stored whole: a good line beside it does not save it.
		report '' 'domain good.example' "$line"
		refused_for_cpr 'line 8: '
	done
	figure bad_inputs "$tried"
	# What only looks like one: no such date, digits beside it, a hash.
	report 'Invoice 321390-1234, 99010190-12345' 'domain fine.example' \
		'md5 00010190123400000000000000000000'
	post 0101 "$tmp/note"
	status_is 201
	[ "$(jq .accepted "$tmp/answer")" = 2 ]
	[ "$(sql "SELECT count(*) FROM report WHERE encode(note, 'escape') LIKE '%good.example%'")" = 0 ]
}

@test "CPR number in a comment or value: the client refuses it before it leaves the machine" {
	run as 0101 push --comment 'Called by 010190-1234' - <<<'evil2.example'
	[ "$status" -eq 65 ]
	[[ $output == *'holds a CPR number, which may not be sent'* ]]
	run --separate-stderr as 0101 push - <<<'https://evil2.example/010190-1234'
	[ "$status" -eq 65 ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *'line 1: url: the value holds a CPR number, which may not be sent'* ]]
	[ "$(stored)" = "$before" ]
}

@test "CPR number in a comment or value: nor in a reason, which everyone reads" {
	as 0101 push - <<<'reasoned.example'
	run ctl approve reasoned.example --reason 'reported by 010190-1234'
	[ "$status" -eq 65 ]
	[[ $output == *'reason: holds a CPR number, which may not be sent'* ]]
	run ctl reject reasoned.example --reason 'reported by 010190-1234'
	[ "$status" -eq 65 ]
	run as 0751 dispute reasoned.example --reason 'asked by 010190-1234'
	[ "$status" -eq 65 ]
	[ "$(sql 'SELECT count(*) FROM bundle') $(sql 'SELECT count(*) FROM dispute')" = '0 0' ]
	[ "$(sql "SELECT state FROM indicator WHERE value = 'reasoned.example'")" = pending ]
}

# By suffix, by containment either way, and by the name of the hub itself.
protected=(kl.dk www.kl.dk login.borger.dk mitid.dk nemlog-in.mitid.dk
	https://www.borger.dk/selvbetjening 1.1.1.1 8.8.8.0/24 9.9.0.0/16 2001:4860:4860::8888
	10.11.12.13 192.168.0.0/16 fe80::1 198.41.0.4 root-servers.net devhub.varsel.test)
harmless=(notkl.dk kl.dk.example borger.example 45.155.205.233 203.0.113.0/24
	https://evil.example/kl.dk)

@test "never-block hit: flagged in the queue, by suffix and containment, and approve --all leaves it" {
	ctl approve --all
	printf '%s\n' "${protected[@]}" "${harmless[@]}" | as 0101 push -
	ctl queue --json >"$tmp/queue"
	jq -r '.[] | select(.flags == ["never-block"]) | .value' "$tmp/queue" | sort |
		same <(printf '%s\n' "${protected[@]}" | sort) -
	[[ $(ctl queue) == *never-block* ]]
	ctl approve --all --reason 'findings of one week'
	ctl queue --json | jq -r '.[].value' | sort |
		same <(printf '%s\n' "${protected[@]}" | sort) -
}

@test "never-block hit: approving it takes --override with a reason" {
	local value
	for value in www.kl.dk mitid.dk 8.8.8.0/24 10.11.12.13; do
		run ctl approve "$value" --reason 'they know'
		[ "$status" -eq 65 ]
		[[ $output == *never-block* ]]
	done
	run ctl approve www.kl.dk --override
	[ "$status" -eq 64 ]
	# Without a flag it is the hub that refuses, and it names the entry.
	for value in sundhed.dk 1.0.0.0/16; do
		run ctl approve "$value" --reason 'by phone'
		[ "$status" -eq 65 ]
		[[ $output == *'never block: it '*'(built in: '*'needs override'* ]]
	done
	[ "$(sql "SELECT count(*) FROM statement s JOIN bundle b ON b.sha256 = s.bundle_sha256
		WHERE encode(b.content, 'escape') ~ ' (www\.kl|mitid|sundhed)\.dk |8\.8\.8\.0|1\.0\.0\.0'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM audit WHERE action = 'override'")" = 0 ]
}

@test "never-block hit: what an override lifts is audited with who and why" {
	ctl approve www.kl.dk 10.11.12.13 --override --reason 'agreed with its owner'
	# by their numbers: what the audit holds cannot be erased
	sql "SELECT actor, kind, value, detail FROM audit a JOIN indicator i ON i.id::text = subject
		WHERE a.action = 'override' ORDER BY 2" >"$tmp/audit"
	[ "$(wc -l <"$tmp/audit")" = 2 ]
	grep -E '/login/[^|]*\|domain\|www\.kl\.dk\|statement [0-9]+: agreed with its owner; lifts: .*it is in kl\.dk' \
		"$tmp/audit"
	grep -E '\|ip\|10\.11\.12\.13\|.*it is in 10\.0\.0\.0/8' "$tmp/audit"
}
