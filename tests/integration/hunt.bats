#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# varsel hunt: logs of every kind against a slow and obvious reference, what it remembers,
# and what goes to the hub. The tests follow each other.

setup_file() {
	load lib
	hub_start
	enrol 0101 København
	cat >"$BATS_FILE_TMPDIR/active" <<-'EOF'
		ip 45.1.1.159
		ip 45.9.0.0/24
		ip 2a0f:1::5
		ip 2a0f:2::/48
		domain evil.example
		domain deep.sub.bad.example
		domain xn--bcher-kva.example
		url http://evil.example/drop/a.exe
		url https://45.1.1.159:8443/x?y=1
		url http://[2a0f:1::5]/v6
		email boss@spoof.example
		md5 d41d8cd98f00b204e9800998ecf8427e
		sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709
		sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
	EOF
	ctl approve --reason test --from <(cut -d' ' -f2 "$BATS_FILE_TMPDIR/active")
	as 0101 pull
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
	logs=$ROOT/tests/fuzz/corpus/hunt_lines
	tools=$ROOT/tests/integration/hunt
}

hunt() {
	as 0101 hunt --no-report "$@"
}

# agree FILE: the hits in FILE are those of the reference.
agree() {
	hunt --all --json "$1" | jq -r '"\(.line) \(.kind) \(.value)"' | sort >"$tmp/got"
	"$tools/reference.py" "$BATS_FILE_TMPDIR/active" "$1" | sort >"$tmp/want"
	same "$tmp/want" "$tmp/got"
}

@test "hand-written logs of each format: the hits of the reference, line by line" {
	local log
	for log in "$logs"/*; do
		agree "$log"
		[ -s "$tmp/got" ]
	done
	# What the reference itself is held to.
	hunt --all --json "$logs/plain" | jq -r '"\(.line) \(.kind) \(.value)"' >"$tmp/got"
	cat >"$tmp/want" <<-'EOF'
		1 domain evil.example
		2 domain evil.example
		4 ip 45.1.1.159
		6 ip 45.1.1.159
		6 ip 45.9.0.0/24
		8 domain evil.example
		8 url http://evil.example/drop/a.exe
		9 domain evil.example
		9 url http://evil.example/drop/a.exe
		10 ip 45.1.1.159
		10 url https://45.1.1.159:8443/x?y=1
		11 ip 45.1.1.159
		12 ip 2a0f:1::5
		12 ip 2a0f:2::/48
		13 ip 2a0f:1::5
		14 ip 2a0f:1::5
		14 url http://[2a0f:1::5]/v6
		15 ip 45.1.1.159
		16 domain xn--bcher-kva.example
		17 domain evil.example
		18 domain deep.sub.bad.example
		19 email boss@spoof.example
		21 email boss@spoof.example
		22 md5 d41d8cd98f00b204e9800998ecf8427e
		23 sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
		24 domain evil.example
	EOF
	same <(sort "$tmp/want") <(sort "$tmp/got")
}

@test "generated lines in all spellings: the hits of the reference" {
	"$tools/generate.py" "$BATS_FILE_TMPDIR/active" 4000 >"$tmp/log"
	agree "$tmp/log"
	[ "$(wc -l <"$tmp/got")" -gt 1000 ]
}

@test "gzip in several members, Zstandard and standard input are the same log" {
	hunt --all --count "$logs/plain" >"$tmp/want"
	{ head -n 7 "$logs/plain" | gzip; tail -n +8 "$logs/plain" | gzip; } >"$tmp/a.gz"
	zstd -q "$logs/plain" -o "$tmp/a.zst"
	hunt --count "$tmp/a.gz" | same "$tmp/want" -
	hunt --count "$tmp/a.zst" | same "$tmp/want" -
	hunt --count - <"$logs/plain" | same "$tmp/want" -
	hunt --count - <"$tmp/a.gz" | same "$tmp/want" -
	# A compressed file that was read whole has nothing new.
	[ -z "$(hunt --count "$tmp/a.gz")" ]
	head -c 300 "$tmp/a.gz" >"$tmp/cut.gz"
	run hunt --count "$tmp/cut.gz"
	[ "$status" -eq 65 ]
	[[ $output == *"$tmp/cut.gz: the compressed data is cut short"* ]]
}

@test "only what is new is read: growth, an unfinished line, rotation, truncation" {
	local f=$tmp/q.log
	printf 'a evil.example\nb 45.1.' >"$f"
	[ "$(hunt "$f")" = "$f:1: domain evil.example" ]
	[ -z "$(hunt "$f")" ]
	printf '1.159 c\n' >>"$f"
	[ "$(hunt "$f")" = "$f:2: ip 45.1.1.159" ]
	# Rotated, with a line that was written before: the old file's rest, then the new one.
	echo 'd evil.example' >>"$f"
	mv "$f" "$f.1"
	printf 'e\nf evil.example\n' >"$f"
	run -0 hunt "$f"
	[ "$output" = "$f.1:3: domain evil.example"$'\n'"$f:2: domain evil.example" ]
	[ -z "$(hunt "$f")" ]
	# Emptied in place and filled again, longer than before.
	printf 'g 45.1.1.159\nh\ni\n' >"$f"
	[ "$(hunt "$f")" = "$f:1: ip 45.1.1.159" ]
	[ "$(hunt --all "$f")" = "$f:1: ip 45.1.1.159" ]
}

@test "--since goes back for an indicator that is new, and counts nothing twice" {
	local f=$tmp/q.log
	date -u -d '-3 days' '+%FT%TZ late.example old' >"$f"
	date -u -d '-1 hour' '+%FT%TZ late.example evil.example' >>"$f"
	[ "$(hunt --count "$f")" = '1 domain evil.example' ]
	ctl approve --reason test late.example
	as 0101 pull
	[ -z "$(hunt --count "$f")" ]
	[ "$(hunt --since 1d "$f")" = "$f:2: domain late.example" ]
	[ -z "$(hunt --since 1d "$f")" ]
	run -0 hunt --all --since 2d "$f"
	[ "$output" = "$f:2: domain late.example"$'\n'"$f:2: domain evil.example" ]
}

@test "--since: what was written before an approval and read after it counts once" {
	local f=$tmp/q.log
	date -u -d '-2 hours' '+%FT%TZ later.example' >"$f"
	[ -z "$(hunt "$f")" ]
	date -u -d '-1 hour' '+%FT%TZ later.example' >>"$f"
	ctl approve --reason test later.example
	as 0101 pull
	[ "$(hunt "$f")" = "$f:2: domain later.example" ]
	date -u -d '-30 minutes' '+%FT%TZ later.example' >>"$f"
	run -0 hunt --since 1d "$f"
	[ "$output" = "$f:1: domain later.example"$'\n'"$f:3: domain later.example" ]
	[ -z "$(hunt --since 1d "$f")" ]
	[ -z "$(hunt "$f")" ]
	# What was left out for its age was not counted, and can be.
	date -u -d '-9 days' '+%FT%TZ later.example' >"$f.b"
	[ -z "$(hunt --since 1d "$f.b")" ]
	[ "$(hunt --since 10d "$f.b")" = "$f.b:1: domain later.example" ]
	[ -z "$(hunt --since 10d "$f.b")" ]
}

@test "an unfinished line of JSON counts once when it is finished" {
	local f=$tmp/q.log
	printf '{"a":"x\\/evil.example"' >"$f"
	[ "$(hunt "$f")" = "$f:1: domain evil.example" ]
	printf ',"b":"45.1.1.159"}\n' >>"$f"
	[ "$(hunt "$f")" = "$f:1: ip 45.1.1.159" ]
}

# pack FILE: compressed, as logrotate does it; the plain file goes.
pack() {
	case $1 in
	*[24680]) gzip "$1" ;;
	*) zstd -q --rm "$1" ;;
	esac
}

@test "a log that was compressed before its end was read: the rest counts, once" {
	local f=$tmp/q.log n
	for n in 1 2; do
		rm -f "$f"*
		# With a number, as a file system may give an inode again that was read before.
		printf '%d a evil.example\nb 45.1.' "$n" >"$f"
		[ "$(hunt "$f")" = "$f:1: domain evil.example" ]
		printf '1.159\nc boss@spoof.example\n' >>"$f"
		mv "$f" "$f.$n"
		pack "$f.$n"
		printf '%d d evil.example\n' "$n" >"$f"
		run -0 hunt "$f"
		[ "$output" = "$(printf '%s:2: ip 45.1.1.159\n%s:3: email boss@spoof.example\n%s' \
			"$f.$n".* "$f.$n".* "$f:1: domain evil.example")" ]
		[ -z "$(hunt "$f" "$f.$n".*)" ]
		[ -z "$(hunt --since 1d "$f.$n".*)" ]
		[ "$(hunt --all --count "$f.$n".* | wc -l)" -eq 3 ]
	done
}

@test "a compressed log that is named counts what was not read while it was plain" {
	local f=$tmp/q.log
	printf 'a evil.example\n' >"$f"
	hunt "$f"
	printf 'b evil.example\n' >>"$f"
	mv "$f" "$f-20261129"
	gzip "$f-20261129"
	printf 'c evil.example\n' >"$f"
	run -0 hunt "$f-20261129.gz" "$f"
	[ "$output" = "$f-20261129.gz:2: domain evil.example"$'\n'"$f:1: domain evil.example" ]
	# More of it, as a further member.
	printf 'd evil.example\n' | gzip >>"$f-20261129.gz"
	[ "$(hunt "$f-20261129.gz")" = "$f-20261129.gz:3: domain evil.example" ]
}

@test "rotated twice, copied and emptied, empty before: nothing is left out, nothing comes twice" {
	local f=$tmp/q.log
	# Another log of nearly the same name, and an older one, are none of its rotations.
	printf 'x evil.example\n' | tee "$f.1" >"$f-errors"
	touch -d '-1 day' "$f.1"
	: >"$f"
	hunt "$f"
	mv "$f.1" "$f.3"
	printf 'a evil.example\n' >"$f.2"
	gzip "$f.2"
	printf 'b evil.example\n' >"$f.1"
	touch "$f.1"
	printf 'c evil.example\n' >"$f.new"
	mv "$f.new" "$f"
	run -0 hunt "$f"
	[ "$output" = "$(printf '%s:1: domain evil.example\n' "$f.2.gz" "$f.1" "$f")" ]
	[ -z "$(hunt "$f")" ]
	# copytruncate: the inode stays.
	printf 'd evil.example\n' >>"$f"
	mv "$f.1" "$f.2"
	cp "$f" "$f.1"
	printf 'e evil.example\n' >"$f"
	run -0 hunt "$f"
	[ "$output" = "$(printf '%s:2: domain evil.example\n%s:1: domain evil.example\n' "$f.1" "$f")" ]
	[ -z "$(hunt "$f" "$f.1" "$f.2")" ]
}

@test "a file that cannot be read is named, and the others are read" {
	run hunt --count --all "$tmp/none" "$logs/plain"
	[ "$status" -ne 0 ]
	[[ $output == *"$tmp/none: No such file"* ]]
	[[ $output == *'domain evil.example'* ]]
}

@test "sightings wait for the hub under their batch, and name nobody" {
	local f=$tmp/q.log url
	printf '%s client 10.20.30.40 evil.example user hansen\n' \
		"$(date -u '+%FT%TZ')" "$(date -u -d '-1 hour' '+%FT%TZ')" >"$f"
	echo '2020-01-01T10:00:00Z boss@spoof.example' >>"$f" # too old for the hub
	url=$(cat "$HUB/0101/varsel.conf")
	sed -i "s|^hub = .*|hub = \"http://127.0.0.1:$(port_free)\"|" "$HUB/0101/varsel.conf"
	run as 0101 hunt --count "$f"
	printf '%s\n' "$url" >"$HUB/0101/varsel.conf"
	[ "$status" -eq 75 ]
	jq -e '(.batch | test("^[0-9a-f]{32}$")) and (.sightings | length == 1) and
		(.sightings[0] | .kind == "domain" and .value == "evil.example" and .count == 2 and
			.source == "other" and .first < .last and
			(keys == ["count", "first", "kind", "last", "source", "value"]))' \
		"$HUB"/0101/state/sightings/hunt-*.json
	[ "$(find "$HUB/0101/state/sightings" -type f | wc -l)" -eq 1 ]
	[ -z "$(hunt "$f")" ]
}

sighted() {
	ctl show --json evil.example | jq .sightings
}

@test "what waits is counted by status, and goes out with the next pull or push, once" {
	local before
	before=$(sighted)
	[ "$(as 0101 status --json | jq .sightings)" = 1 ]
	as 0101 status | grep -q '^sightings  1 batches wait'
	cp "$HUB"/0101/state/sightings/hunt-*.json "$tmp"
	as 0101 pull
	[ "$(sighted)" -eq $((before + 2)) ]
	[ "$(as 0101 status --json | jq .sightings)" = 0 ]
	# Killed between the hub's answer and the end: it is sent again, and counts once.
	cp "$tmp"/hunt-*.json "$HUB/0101/state/sightings"
	echo other.example | as 0101 push
	[ "$(as 0101 status --json | jq .sightings)" = 0 ]
	[ "$(sighted)" -eq $((before + 2)) ]
	[ "$(sql 'SELECT count(*) FROM sighting_batch')" = 1 ]
}

@test "what a killed hunt wrote without remembering it is not sent, but found again" {
	local before
	before=$(sighted)
	printf '%s evil.example\n' "$(date -u +%FT%TZ)" >"$tmp/q.log"
	cp "$HUB/0101/state/hunt" "$tmp/memory"
	cp "$HUB/0101/varsel.conf" "$tmp/conf"
	sed -i "s|^hub = .*|hub = \"http://127.0.0.1:$(port_free)\"|" "$HUB/0101/varsel.conf"
	run -75 as 0101 hunt --count "$tmp/q.log"
	cp "$tmp/conf" "$HUB/0101/varsel.conf"
	cp "$tmp/memory" "$HUB/0101/state/hunt"
	as 0101 pull
	[ "$(sighted)" -eq "$before" ]
	[ "$(as 0101 status --json | jq .sightings)" = 1 ]
	as 0101 hunt --count "$tmp/q.log"
	[ "$(sighted)" -eq $((before + 1)) ]
	[ "$(as 0101 status --json | jq .sightings)" = 0 ]
}

@test "sightings that the hub refuses are set aside, and the pull is none the worse" {
	echo '{"who":"hansen"}' >"$HUB/0101/state/sightings/hunt-000000000001-000000.json"
	run -0 as 0101 pull
	[[ $output == *'hunt-000000000001-000000.json: sightings were refused: '* ]]
	[ "$(as 0101 status --json | jq .sightings)" = 0 ]
	[ -f "$HUB/0101/state/sightings/hunt-000000000001-000000.json.refused" ]
}

@test "a query that rpz-log counts is shown, and not told to the hub" {
	local before
	before=$(sighted)
	cp "$HUB/0101/varsel.conf" "$tmp/conf"
	: >"$tmp/rpz.log"
	sed -i "1i rpz-log = {\"$tmp/rpz.log\"}" "$HUB/0101/varsel.conf"
	printf '[%d] unbound[9:0] info: 10.0.0.7 evil.example. A IN\n' \
		"$(date +%s)" "$(date -d '-2 hours' +%s)" >"$tmp/q.log"
	date '+%b %d %T dns dnsmasq[77]: query[A] evil.example from 10.0.0.7' >>"$tmp/q.log"
	run -0 as 0101 hunt --count "$tmp/q.log"
	cp "$tmp/conf" "$HUB/0101/varsel.conf"
	[ "$output" = '3 domain evil.example' ]
	# The query of before the approval, and that of a resolver without policy zones.
	[ "$(sighted)" -eq $((before + 2)) ]
}
