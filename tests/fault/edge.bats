#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Strangers at the hub's door: connections that want to stay for ever, requests that are none,
# tokens that do not hold. Others are served meanwhile, and nothing is stored.

setup_file() {
	load ../integration/http
	hub_start
	enrol 0101 'København'
	hub_set 'request-time = "2s"' 'connections-per-address = 256'
}

teardown_file() {
	load ../integration/http
	hub_stop
}

setup() {
	load ../integration/http
	load lib
	url=$(hub_url)
	port=${url##*:}
	edge=$ROOT/tests/fault/edge
	bad=0
}

# refuse: an ask() of something bad, counted.
refuse() {
	bad=$((bad + 1))
	run -0 ask "$@"
}

# refuse_raw TEXT: the same of raw(); whatever comes back begins with a 4xx.
refuse_raw() {
	bad=$((bad + 1))
	run -0 raw "$1"
	[[ ${lines[0]:-HTTP/1.1 400} == 'HTTP/1.1 4'* ]]
}

# stored: how many rows the database has, but for what notes the refusals themselves.
stored() {
	sql "SELECT sum((xpath('/row/n/text()', query_to_xml(
			format('SELECT count(*) AS n FROM %I', tablename), false, true, '')))[1]::text::int)
		FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^audit'"
}

# no_5xx: since the hub was started.
no_5xx() {
	run ! grep -E ' 5[0-9][0-9] ' <(grep -v ' /readyz 503 ' "$HUB/varseld.log")
}

@test "10,000 idle or dripping connections: a header that never ends is cut" {
	local start=$SECONDS i
	exec 8<>"/dev/tcp/127.0.0.1/$port"
	printf 'GET /healthz HTTP/1.1\r\nHost: a\r\nX: ' >&8
	# One byte now and then keeps an idle timer happy; the deadline is for the whole.
	for ((i = 0; i < 60; i++)); do
		send 8 x || break
		! read -r -t 0.2 -N 1 <&8 2>/dev/null || break
		if [ $((SECONDS - start)) -ge 8 ]; then
			echo 'the connection still lives'
			return 1
		fi
	done
	exec 8>&-
	[ $((SECONDS - start)) -lt 8 ]
}

@test "10,000 idle or dripping connections: a body that never ends is cut, and its memory comes back" {
	local start=$SECONDS auth
	auth="Authorization: Bearer $(as 0101 token)"
	exec 8<>"/dev/tcp/127.0.0.1/$port"
	printf 'POST /v1/reports HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Type: text/plain\r\nContent-Length: 4000000\r\n\r\nvarsel' \
		"$auth" >&8
	until metric_is varsel_http_upload_bytes 4000000; do
		[ $((SECONDS - start)) -lt 8 ]
	done
	until metric_is varsel_http_upload_bytes 0; do
		send 8 x || true
		[ $((SECONDS - start)) -lt 8 ]
	done
	exec 8>&-
	[ "$(metric varsel_http_cut_total)" -gt 0 ]
}

@test "oversized, malformed, CL+TE, doubled Content-Length, odd methods, encoded slashes: one spelling of a path, and nothing is decoded" {
	local before row why
	before=$(stored)
	while IFS='|' read -r row why; do
		refuse "$row"
		refused 400 syntax "$why"
	done <<-'ROWS'
		/v1%2Forgs|byte 0x25
		/%76%31/orgs|byte 0x25
		/v1/../v1/orgs|a dot segment
		/v1/./orgs|a dot segment
		//v1/orgs|an empty segment
		/v1//orgs|an empty segment
		/v1/orgs/|an empty segment
		/v1/orgs;x=1|byte 0x3b
	ROWS
	refuse /v1
	refused 404 not-found 'nothing at /v1'
	refuse_raw 'GET /heal\0xthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	[[ ${lines[0]} == 'HTTP/1.1 4'* ]]
	refuse_raw 'GET /k\xc3\xb8benhavn HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	[[ ${lines[0]} == 'HTTP/1.1 400 '* ]]
	refuse_raw 'GET /he althz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	[[ ${lines[0]} == 'HTTP/1.1 400 '* ]]
	refuse_raw 'GET http://a/healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	[[ ${lines[0]} == 'HTTP/1.1 400 '* ]]
	refuse "/$(printf 'a%.0s' {1..5000})"
	[[ $output == *'"slug":"syntax"'* ]]
	figure bad_inputs "$bad"
	[ "$(stored)" = "$before" ]
	no_5xx
}

@test "oversized, malformed, CL+TE, doubled Content-Length, odd methods, encoded slashes: odd methods are told which there are" {
	refuse /v1/orgs -X DELETE -D-
	refused 405 method 'does not know the method DELETE'
	[[ ${output,,} == *'allow: get, head, post'* ]]
	refuse /healthz -X 'BR€W'
	[[ $output == *405* ]]
	refuse_raw 'GET\r\n\r\n'
	refuse_raw 'get /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	refuse_raw 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	run -0 ask /healthz -I
	[[ $output == *200* ]]
	figure bad_inputs "$bad"
	no_5xx
}

@test "oversized, malformed, CL+TE, doubled Content-Length, odd methods, encoded slashes: a body of another type, form or length" {
	local auth before
	auth="Authorization: Bearer $(as 0101 token)"
	before=$(stored)
	refuse /v1/reports -H "$auth" -d x
	refused 415 media-type 'Content-Type must be text/plain'
	refuse /v1/reports -H "$auth" -H 'Content-Type: text/plain; charset=latin1' -d x
	refused 415 media-type 'Content-Type must be text/plain'
	refuse /v1/reports -H "$auth" -H 'Content-Type: text/plain; charset=utf-8' -d x
	[[ $output == 4* && $output != 415* ]]
	refuse /v1/reports -H "$auth" -H 'Content-Type: text/plain' -X POST
	[[ $output == 4* ]]
	refuse /v1/reports -H "$auth" -H 'Content-Type: text/plain' --data-binary $'\xff\xfe\n'
	[[ $output == 4* ]]
	refuse /v1/lookup?value=a.example -X GET -H "$auth" -H 'Content-Type: text/plain' -d x
	refused 400 syntax 'takes no body'
	# Small enough to be read and thrown away; too long for that, the connection ends.
	head -c 5M /dev/zero >"$BATS_TEST_TMPDIR/5M"
	refuse /v1/reports -H "$auth" -H 'Content-Type: text/plain' -H 'Expect:' \
		--data-binary "@$BATS_TEST_TMPDIR/5M"
	refused 413 too-large 'a body of 5242880 bytes'
	refuse /v1/reports -H "$auth" -H 'Content-Type: text/plain' \
		--data-binary "@$BATS_TEST_TMPDIR/5M"
	refused 413 too-large 'a body of 5242880 bytes'
	refuse /v1/token -H 'Content-Type: text/plain' --data-binary "@$BATS_TEST_TMPDIR/5M"
	refused 413 too-large 'takes at most 12288'
	# Nothing of a body is looked at without a token.
	refuse /v1/reports -H 'Content-Type: text/plain' \
		--data-binary "@$BATS_TEST_TMPDIR/5M"
	refused 401 unauthorized 'no Authorization'
	refuse_raw "GET /healthz HTTP/1.1\r\nHost: a\r\nX: $(printf 'a%.0s' {1..40000})\r\n\r\n"
	[[ ${lines[0]} == 'HTTP/1.1 431 '* ]]
	figure bad_inputs "$bad"
	[ "$(stored)" = "$before" ]
	no_5xx
}

@test "oversized, malformed, CL+TE, doubled Content-Length, odd methods, encoded slashes: two lengths, a length and a coding, a coding: refused and closed" {
	local before
	local head='POST /v1/token HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n'
	local next='GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n' extra
	before=$(stored)
	for extra in \
		'Content-Length: 4\r\nContent-Length: 4' \
		'Content-Length: 4\r\ncontent-length: 5' \
		'Content-Length: 4\r\nTransfer-Encoding: chunked' \
		'Transfer-Encoding: chunked\r\nContent-Length: 4' \
		'Transfer-Encoding: chunked' \
		'Transfer-Encoding: gzip' \
		'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity' \
		'Content-Length : 4' \
		'Content-Length: +4' \
		'Content-Length: 04' \
		'Content-Length: 4, 4' \
		'Content-Length: 99999999999999999999999' \
		'Host: b\r\nContent-Length: 4'; do
		refuse_raw "$head$extra\r\n\r\n0\r\n\r\n$next"
		echo "$extra: ${lines[0]}"
		[[ ${lines[0]} == 'HTTP/1.1 400 '* || ${lines[0]} == 'HTTP/1.1 413 '* ]]
		[[ $output != *'HTTP/1.1 200'* ]]
	done
	refuse_raw 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'
	[[ ${lines[0]} == 'HTTP/1.1 400 '* ]]
	figure bad_inputs "$bad"
	[ "$(stored)" = "$before" ]
	no_5xx
}

@test "oversized, malformed, CL+TE, doubled Content-Length, odd methods, encoded slashes: thousands of broken requests" {
	local before
	before=$(stored)
	timeout 250 python3 "$edge/malform.py" "$port" 3000 | tee "$BATS_TEST_TMPDIR/seen"
	grep -qx 'tried 3000' "$BATS_TEST_TMPDIR/seen"
	# 505 is libmicrohttpd's own, for a version of HTTP that it does not know.
	run ! grep -E '^(hung|5)' <(grep -v '^505 ' "$BATS_TEST_TMPDIR/seen")
	grep -Eq '^400 [0-9]{3}' "$BATS_TEST_TMPDIR/seen"
	figure bad_inputs 3000
	[ "$(stored)" = "$before" ]
	no_5xx
	run -0 ask /readyz
	[[ $output == 200* ]]
}

@test "wrong, expired, none-alg, RS256-as-HS256, other hub's token: each is a 401 that says why" {
	local head claims t none
	run -0 ask /v1/lookup?value=a.example -D-
	refused 401 unauthorized 'no Authorization: Bearer header'
	[[ ${output,,} == *'www-authenticate: bearer realm="varsel"'* ]]
	t=$(as 0101 token)
	claims=$(cut -d. -f2 <<<"$t")
	for head in '{"alg":"none","typ":"JWT"}' '{"alg":"RS256","typ":"JWT"}'; do
		none=$(printf %s "$head" | basenc --base64url -w0 | tr -d =)
		run -0 ask /v1/lookup?value=a.example -H "Authorization: Bearer $none.$claims.AAAA"
		refused 401 unauthorized 'its algorithm is not HS256'
		run -0 ask /v1/lookup?value=a.example -H "Authorization: Bearer $none.$claims."
		refused 401 unauthorized 'does not hold'
	done
	run -0 ask /v1/lookup?value=a.example -H "Authorization: Bearer ${t%????}AAAA"
	refused 401 unauthorized "its signature is not this hub's"
	run -0 ask /v1/lookup?value=a.example -H "Authorization: Basic $t"
	refused 401 unauthorized 'not Bearer'
	run -0 ask /v1/queue -H "Authorization: Bearer $t"
	refused 403 forbidden 'the token lacks the scope: coordinate'
	run -0 ask /v1/lookup?value=a.example -H "Authorization: Bearer $(as 0101 token --scope feed)"
	refused 403 forbidden 'the token lacks the scope: read'
}

# forge SECONDS [HEAD [CLAIM=VALUE...]]: a token of 0101's as the hub makes them, good for that
# long, signed with the hub's own key, or with $KEY (hex); HEAD and claims as given.
forge() {
	python3 - "${KEY:-$(cat "$(cat "$HUB/private")/state/jwt.key")}" "$@" <<-'PYTHON'
		import base64, hashlib, hmac, json, sys, time
		key, life = bytes.fromhex(sys.argv[1]), int(sys.argv[2])
		head = sys.argv[3] if sys.argv[3:] else '{"alg":"HS256","typ":"JWT"}'
		now = int(time.time())
		hub = "devhub.varsel.test"
		claims = {"iss": hub, "aud": hub, "sub": hub + "/org/0101/1", "org": "0101",
		          "role": "member", "scope": "read", "iat": now - 60, "nbf": now - 60,
		          "exp": now + life, "jti": "0" * 32}
		claims.update(a.split("=", 1) for a in sys.argv[4:])
		pack = lambda b: base64.urlsafe_b64encode(b).rstrip(b"=")
		text = pack(head.encode()) + b"." + pack(json.dumps(claims).encode())
		print((text + b"." + pack(hmac.new(key, text, hashlib.sha256).digest())).decode())
	PYTHON
}

# audited: how many tokens that did not hold the audit knows of.
audited() {
	sql "SELECT coalesce(sum(substring(detail FROM '^[0-9]+')::int), 0) FROM audit
		WHERE action = 'refused'"
}

# no_entry TOKEN WHY
no_entry() {
	bad=$((bad + 1))
	run -0 ask /v1/lookup?value=a.example -H "Authorization: Bearer $1"
	refused 401 unauthorized "$2"
}

@test "wrong, expired, none-alg, RS256-as-HS256, other hub's token: even when everything else about it holds" {
	local hs='{"alg":"HS256","typ":"JWT"}' public before
	devhub restart "$HUB" # writes what it has noted
	before=$(audited)
	run -0 ask /v1/lookup?value=a.example -H "Authorization: Bearer $(forge 60)"
	[[ $output == 200* ]]
	no_entry "$(forge -1)" 'it has expired'
	no_entry "$(forge 60 "$hs" iss=other.varsel.test)" 'another hub made it'
	no_entry "$(forge 60 "$hs" aud=other.varsel.test)" 'it was made for another hub'
	no_entry "$(forge 60 "$hs" role=king)" 'its role is unknown'
	no_entry "$(forge 60 "$hs" scope=everything)" 'sub or scope is missing'
	no_entry "$(forge 60 "$hs" nbf=soon)" 'it is not valid yet'
	no_entry "$(forge 60 '{"alg":"RS256","typ":"JWT"}')" 'its algorithm is not HS256'
	no_entry "$(forge 60 '{"alg":"hs256","typ":"JWT"}')" 'its algorithm is not HS256'
	no_entry "$(forge 60 '{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}')" 'its header is not'
	no_entry "$(forge 60 '{"alg":"none","alg":"HS256"}')" 'its header is not'
	no_entry "$(forge 60 '{"alg":"HS512","typ":"JWT"}')" 'its algorithm is not HS256'
	# The keys of others, and what anyone knows: nothing, and the hub's public key.
	public=$(sed 's/.*+//' "$HUB/log.vkey" | base64 -d | tail -c 32 | od -An -v -tx1 | tr -d ' \n')
	no_entry "$(KEY=$(printf '00%.0s' {1..32}) forge 60)" "its signature is not this hub's"
	no_entry "$(KEY=$public forge 60)" "its signature is not this hub's"
	no_entry "$(KEY='' forge 60 | sed 's/[^.]*$//')" 'does not hold'
	figure bad_inputs "$bad"
	# The audit has one line of them, or a few when a minute ended: each is in one of them.
	devhub restart "$HUB"
	[ $(($(audited) - before)) = "$bad" ]
}

@test "10,000 idle or dripping connections: one address has its share and no more" {
	local up
	hub_set 'connections-per-address = 20'
	timeout 100 python3 "$edge/drip.py" "$port" 20 20 20 127.0.0.77 | tee "$BATS_TEST_TMPDIR/drip"
	# A few more may have been taken by then in place of those whose time was up.
	up=$(sed -n 's/^up //p' "$BATS_TEST_TMPDIR/drip")
	[ "$up" -ge 20 ]
	[ "$up" -lt 40 ]
	grep -q '^gone 60 ' "$BATS_TEST_TMPDIR/drip"
	[ "$(metric 'varsel_http_limited_total{limit="connections"}')" -ge 20 ]
}

# median_us N: of so many requests for the checkpoint, each on a connection of its own.
median_us() {
	local feed i
	feed="Authorization: Bearer $(as 0101 token --scope feed)"
	for ((i = 0; i < $1; i++)); do
		curl -sS -m 60 -o "$BATS_TEST_TMPDIR/checkpoint" -w '%{http_code} %{time_total}\n' \
			-H "$feed" "$url/v1/feed/$CHANNEL/checkpoint"
	done >"$BATS_TEST_TMPDIR/times"
	[ "$(grep -c '^200 ' "$BATS_TEST_TMPDIR/times")" = "$1" ]
	awk '{ print int($2 * 1000000) }' "$BATS_TEST_TMPDIR/times" | sort -n | sed -n "$((($1 + 1) / 2))p"
}

# crowd IDLE HEADS BODIES: so many at once, until the hub has ended the last; and what another
# client's checkpoint takes meanwhile.
crowd() {
	local all=$(($1 + $2 + $3)) up pid us
	hub_set 'request-time = "60s"' 'connections = 16384' 'connections-per-address = 256'
	timeout 250 python3 "$edge/drip.py" "$port" "$@" >"$BATS_TEST_TMPDIR/drip" 3>&- &
	pid=$!
	timeout 100 bash -c "until grep -q '^up ' '$BATS_TEST_TMPDIR/drip'; do sleep 0.1; done"
	up=$(sed -n 's/^up //p' "$BATS_TEST_TMPDIR/drip")
	us=$(median_us 41)
	# They were there all the while, but for those whose time was up.
	[ "$up" -gt $((all * 9 / 10)) ]
	figure "connections_$all" "$up"
	figure "median_us_beside_$all" "$us"
	wait "$pid"
	grep "^gone $all " "$BATS_TEST_TMPDIR/drip"
	figure "gone_after_seconds_$all" "$(cut -d' ' -f3 "$BATS_TEST_TMPDIR/drip" | tail -n1)"
	[[ $(ask /healthz) == 200* ]]
}

# bats test_tags=slow
@test "10,000 idle or dripping connections: 5,000 drips of a byte a second, others are served, the drips are gone in time" {
	crowd 0 4000 1000
}

# bats test_tags=slow
@test "10,000 idle or dripping connections: 10,000 of every kind, others are served, they are gone in time" {
	crowd 5000 4000 1000
}
