#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Sign-in to the situation page: a link that opens once, a cookie that reads and no more.

setup_file() {
	load lib
	hub_start
	enrol 0101 København 0751 Aarhus
	as 0101 push - <<<evil.example
	as 0101 pull
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	tmp=$BATS_TEST_TMPDIR
	jar=$BATS_FILE_TMPDIR/jar
}

# browse PATH [CURL OPTION...]: as a browser with the cookies of $jar. Body to stdout, the
# headers to $tmp/headers, the status as lib.bash has it.
browse() {
	local path=$1
	shift
	curl -sS -m 60 -b "$jar" -c "$jar" -D "$tmp/headers" -o - -w '%{stderr}%{http_code}' \
		"$@" "$(hub_url)$path" 2>"$tmp/status"
}

open_link() {
	local link
	link=$("$@" page)
	[[ $link =~ ^$(hub_url)/page/[A-Za-z0-9_-]{43}$ ]]
	rm -f "$jar"
	browse "${link#"$(hub_url)"}" >"$tmp/opened"
	status_is 200
	echo "$link" >"$BATS_FILE_TMPDIR/link"
}

@test "without a session there is the frame, and nothing of the hub's" {
	rm -f "$jar"
	browse / >"$tmp/page"
	status_is 200
	grep -i '^content-type: text/html; charset=utf-8' "$tmp/headers"
	grep -i "^content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; " "$tmp/headers"
	run ! grep -qi "unsafe-inline\|unsafe-eval\|^set-cookie" "$tmp/headers"
	for header in 'referrer-policy: no-referrer' 'x-frame-options: DENY' 'x-content-type-options: nosniff'; do
		grep -i "^$header" "$tmp/headers"
	done
	run ! grep -E 'https?://' "$tmp/page"
	for path in page coverage indicators 'sightings?by=hour'; do
		browse "/v1/$path" >"$tmp/answer"
		status_is 401
	done
}

@test "the page's files never change under their name" {
	local version name etag
	browse / >"$tmp/page"
	version=$(grep -o '/assets/[0-9a-f]\{16\}/' "$tmp/page" | sort -u)
	[ "$(wc -l <<<"$version")" = 1 ]
	for name in $(grep -o "${version}[a-z0-9.-]*" "$tmp/page") "${version}kommuner.csv" "${version}d3.min.js"; do
		browse "$name" >"$tmp/file"
		status_is 200
		grep -i '^cache-control: public, max-age=31536000, immutable' "$tmp/headers"
		etag=$(grep -i '^etag:' "$tmp/headers" | tr -d '\r' | cut -d' ' -f2)
		browse "$name" -H "If-None-Match: $etag"
		status_is 304
	done
	[ "$(browse "${version}kommuner.csv" | wc -l)" = 99 ]
	browse "${version}nothing.js" >"$tmp/file"
	status_is 404
	browse "/assets/0000000000000000/kommuner.csv" >"$tmp/file"
	status_is 404
}

@test "the coordinator's link opens once, and gives a cookie that scripts cannot read" {
	open_link ctl
	grep -i '^set-cookie: varsel=[A-Za-z0-9_-]*; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict' "$tmp/headers"
	grep -i '^cache-control: no-store' "$tmp/headers"
	browse /v1/page | jq -e '.role == "coordinator" and .org == null and (.key | endswith("/login/coordinator"))
		and .expires != null'
	browse /v1/coverage | jq -e '[.orgs[].code] == ["0101", "0751"]'
	browse '/v1/indicators?order=newest&limit=1' | jq -e '.indicators[0].value == "evil.example"'
	browse "$(sed "s|^$(hub_url)||" "$BATS_FILE_TMPDIR/link")" -b /dev/null -c /dev/null >"$tmp/again"
	status_is 404
	grep -F 'varselctl page' "$tmp/again"
	run ! grep -qi '^set-cookie' "$tmp/headers"
}

@test "a HEAD request uses no link up; a link that fails stands in no log" {
	local link secret
	link=$(ctl page)
	secret=${link##*/}
	browse "/page/$secret" -I -b /dev/null -c /dev/null >"$tmp/head"
	status_is 200
	run ! grep -qi '^set-cookie' "$tmp/head"
	# What is no way to open it, and a database that is away.
	browse "/page/$secret" -X POST -d '' >"$tmp/answer"
	status_is 405
	browse "/page/$secret/x" >"$tmp/answer"
	status_is 404
	run ! grep -F "$secret" "$tmp/answer"
	sql "ALTER TABLE page_session RENAME TO page_session_away"
	browse "/page/$secret" >"$tmp/answer"
	sql "ALTER TABLE page_session_away RENAME TO page_session"
	status_is 500
	[ "$(grep -c 'GET /page/ 500' "$HUB/varseld.log")" = 1 ]
	grep -q 'POST /page/ 405' "$HUB/varseld.log"
	run ! grep -F "$secret" "$HUB/varseld.log"
	browse "/page/$secret" -b /dev/null -c /dev/null >"$tmp/opened"
	status_is 200
	grep -qi '^set-cookie' "$tmp/headers"
}

@test "the hub keeps hashes alone, and what was done stands in the audit" {
	local secret cookie
	secret=$(sed 's|.*/||' "$BATS_FILE_TMPDIR/link")
	cookie=$(awk '$6 == "varsel" { print $7 }' "$jar")
	[ "${#cookie}" = 43 ]
	sql "SELECT * FROM page_session" >"$tmp/rows"
	run ! grep -qF -e "$secret" -e "$cookie" "$tmp/rows"
	[ "$(sql "SELECT string_agg(action, ' ' ORDER BY id) FROM audit WHERE action LIKE 'page-%'")" = \
		'page-link page-open page-link page-open' ]
}

@test "the cookie reads what the page needs, and nothing else" {
	for path in queue orgs audit proposals lookup?value=evil.example drills/0 indicators/1 \
		feed/kommuner/checkpoint; do
		browse "/v1/$path" >"$tmp/answer"
		status_is 401
	done
	for path in page-links rejections orgs bundles statements sightings reports; do
		browse "/v1/$path" -X POST -H 'Content-Type: application/json' -d '{}' >"$tmp/answer"
		status_is 401
	done
	# Beside a token it counts for nothing.
	browse /v1/coverage -H 'Authorization: Bearer x' >"$tmp/answer"
	status_is 401
}

@test "a municipality sees itself, and is not taken for its client" {
	open_link as 0101
	browse /v1/page | jq -e '.role == "member" and .org == "0101"'
	browse /v1/coverage | jq -e '[.orgs[].code] == ["0101"]'
	devhub restart "$HUB" # writes what was noted so far
	sql "UPDATE org SET last_seen = '2020-01-01' WHERE code = '0101'" >/dev/null
	browse /v1/page >/dev/null
	devhub restart "$HUB"
	[ "$(sql "SELECT last_seen < '2020-01-02' FROM org WHERE code = '0101'")" = t ]
	# The session outlives the restart.
	browse /v1/page >"$tmp/answer"
	status_is 200
}

@test "a link that is too old opens nothing; a session ends, and with its key at once" {
	local link cookie
	link=$(as 0101 page)
	sql "UPDATE page_session SET link_expires = now() - interval '1 second' WHERE session_hash IS NULL"
	browse "${link#"$(hub_url)"}" >"$tmp/opened"
	status_is 404
	browse /page/x >"$tmp/opened"
	status_is 404
	open_link as 0751
	browse /v1/page >"$tmp/answer"
	status_is 200
	ctl org suspend 0751
	browse /v1/page >"$tmp/answer"
	status_is 401
	open_link as 0101
	sql "UPDATE page_session SET expires = now() - interval '1 second' WHERE expires > now()"
	devhub restart "$HUB"
	browse /v1/page >"$tmp/answer"
	status_is 401
}

status_now_is() {
	browse /v1/page >"$tmp/answer"
	status_is "$1"
}

@test "a coordinator's sessions end with the key, for good" {
	local private vkey waiting
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	private=$(cat "$HUB/private")
	vkey=$(sql "SELECT vkey FROM login_key")
	open_link ctl
	waiting=$(ctl page)
	as_service "$private/varseld" -c "$private/varseld.conf" coordinator remove coordinator
	until_true status_now_is 401
	# The next key of that name may be somebody else's.
	as_service "$private/varseld" -c "$private/varseld.conf" coordinator add coordinator "$vkey"
	devhub restart "$HUB"
	status_now_is 401
	browse "${waiting#"$(hub_url)"}" >"$tmp/opened"
	status_is 404
	open_link ctl
	status_now_is 200
}

@test "many sessions of one end its oldest, and nobody else's" {
	open_link ctl
	cp "$jar" "$jar.ctl"
	open_link as 0101
	cp "$jar" "$jar.first"
	sql "INSERT INTO page_session (link_hash, key_name, org_id, created, link_expires, session_hash, opened, expires)
		SELECT sha256(n::text::bytea), 'x', o.id, now(), now(), sha256(('s' || n)::bytea), now(),
			now() + interval '8 hours' + n * interval '1 second'
		FROM generate_series(1, 200) n, org o WHERE code = '0101'"
	open_link as 0101
	status_now_is 200
	[ "$(sql "SELECT count(*) FROM page_session JOIN org ON org.id = org_id WHERE expires > now()")" = 32 ]
	jar=$jar.first
	status_now_is 401
	jar=${jar%.first}.ctl
	status_now_is 200
}

@test "a link to anywhere else is not printed" {
	sed 's|^hub = .*|hub = "http://localhost:'"$(hub_url | sed 's/.*://')"'"|' "$HUB/0101/varsel.conf" >"$tmp/other.conf"
	grep -q localhost "$tmp/other.conf"
	run -65 varsel -c "$tmp/other.conf" page
	[[ $output == *'which is the hub here'* ]]
}

@test "sightings by hour and by municipality" {
	local row now
	now=$(date -u +%FT%TZ)
	row="\"first\":\"$now\",\"last\":\"$now\",\"source\":\"dns\"}"
	get 0101 /v1/sightings -H 'Content-Type: application/json' \
		-d "{\"sightings\":[{\"value\":\"evil.example\",\"count\":3,$row,{\"value\":\"evil.example\",\"count\":4,$row]}"
	status_is 200
	open_link ctl
	browse '/v1/sightings?by=hour' | jq -e '[.hours[] | [.kind, .count, .orgs]] == [["domain", 7, 1]]'
	browse '/v1/sightings?by=org' | jq -ce '.orgs == [{"code": "0101", "name": "København", "count": 7}]'
	# A municipality learns how much all saw, and of nobody but itself who.
	get 0101 '/v1/sightings?by=org' | jq -ce '.orgs == [{"code": "0101", "name": "København", "count": 7}]'
	enrol 0461 Odense
	get 0461 '/v1/sightings?by=org' | jq -e '.orgs == []'
	get 0461 '/v1/sightings?by=hour' | jq -e '.hours[0].count == 7'
	browse "/v1/sightings?by=hour&since=$(date -u -d '-40 days' +%FT%TZ)" >"$tmp/answer"
	status_is 422
	browse '/v1/sightings?by=moon' >"$tmp/answer"
	status_is 422
	browse '/v1/indicators?order=oldest' >"$tmp/answer"
	status_is 422
}
