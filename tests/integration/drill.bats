#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A drill over twenty municipalities, two of them switched off.

setup_file() {
	load lib
	hub_start
	printf '%s\n' {0301..0320} | xargs -P 4 -I CODE devhub enrol "$HUB" CODE 'Kommune CODE'
	pull {0301..0320}
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
}

# pull CODE...: side by side.
pull() {
	printf '%s\n' "$@" | xargs -P 4 -I CODE varsel -c "$HUB/CODE/varsel.conf" pull
}

@test "without a drill there is nothing to report" {
	ctl approve --reason test evil.example
	run -65 ctl drill report
	[[ $output == *'no drill is in force'* ]]
	run -65 ctl drill report 17
	run -64 ctl drill begin
}

@test "a drill is harmless, and arrives in every output" {
	run -0 ctl drill start
	[ "${lines[0]}" = 'drill 1' ]
	[[ ${lines[1]} =~ ^domain\ varsel-drill-[0-9a-f]{8}\.invalid\ until\ 20 ]]
	[[ ${lines[2]} =~ ^ip\ (192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]+\ until\ 20 ]]
	pull {0301..0318}
	[ "$(out 0301 list-ip.txt)" = "$(cut -d' ' -f2 <<<"${lines[2]}")" ]
	out 0318 list-domain.txt | grep -Fx "$(cut -d' ' -f2 <<<"${lines[1]}")"
}

@test "the report names the two that are switched off" {
	ctl drill report >"$tmp/report"
	[ "$(head -1 "$tmp/report")" = 'drill 1' ]
	[ "$(grep -cP '^03(0[1-9]|1[0-8])\t[0-9]+ (s|min)\t20[^\t]+\t20[^\t]+\t\tKommune 03' "$tmp/report")" = 18 ]
	[ "$(grep -cP '^03(19|20)\t-\t\t20' "$tmp/report")" = 2 ]
	grep -E '^18 of 20 municipalities enforced it: median [0-9]+ s, 95 % within [0-9]+ s, at most ' "$tmp/report"
	[ "$(tail -1 "$tmp/report")" = 'did not: Kommune 0319 (0319), Kommune 0320 (0320)' ]
	ctl drill report --json 1 | jq -e '.id == 1 and ([.orgs[] | select(.enforced == null).code] == ["0319", "0320"])
		and (.orgs | all((.enforced == null) == (.seconds == null)))'
}

@test "who comes late is timed, and another drill is another number" {
	sql "UPDATE org_key SET created = created - interval '1 day';
		UPDATE statement SET received = received - interval '30 minutes' WHERE index = 1"
	pull 0319
	ctl drill report 1 | grep -P '^0319\t3[01] min\t'
	[ "$(ctl drill start --json --until 1h | jq -c '[.id, (.indicators | length)]')" = '[2,2]' ]
	ctl drill report | tail -1 | grep -F 'Kommune 0301 (0301), Kommune 0302 (0302)'
	[ "$(ctl drill report | sed -n '/municipalities/p')" = '0 of 20 municipalities enforced it' ]
	ctl org suspend 0320
	ctl drill report | grep -P '^0320\t-\t\t[^\t]*\tits keys are off\t'
}
