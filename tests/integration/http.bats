#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What clients get wrong, by accident or not: a clear 4xx, never a 5xx, nothing stored, and
# the next one is served.

setup_file() {
	load http
	hub_start
	enrol 0101 'København'
	hub_set 'request-time = "2s"' 'upload-memory = 16' 'queue = 4' 'db-workers = 1' \
		'connections = 16'
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load http
	url=$(hub_url)
	port=${url##*:}
}

token() {
	as 0101 token "$@"
}

@test "the open routes answer" {
	run -0 ask /healthz
	[[ $output == *'{"status":"ok"}'* ]]
	run -0 ask /readyz
	[[ $output == *'{"status":"ready"}'* ]]
	curl -sS "$url/openapi.json" | jq -e '.openapi == "3.1.0" and (.paths | length) > 20'
	curl -sS "$url/v1/root/1" | head -n1 | grep -qx varsel/root/v1
	run -0 ask /v1/root/2
	refused 404 not-found 'no root document 2'
	run -0 ask /v1/root/x
	refused 404 not-found 'a decimal number'
}

@test "metrics: on a listener of their own, and nothing else there" {
	local m
	m=$(sed -n 's/^metrics-listen = "\(.*\)"/\1/p' "$HUB/varseld.conf")
	curl -sS "http://$m/metrics" | grep -q '^varsel_log_leading 1$'
	curl -sS "http://$m/metrics" |
		grep -q 'varsel_http_answers_total{method="GET",route="/healthz",status="2xx"}'
	[ "$(curl -s -o /dev/null -w '%{http_code}' "http://$m/healthz")" = 404 ]
	run -0 ask /metrics
	refused 404 not-found 'nothing at /metrics'
}

@test "query parameters: known ones, once, decoded strictly" {
	local t query why
	t=$(token)
	while IFS='|' read -r query why; do
		run -0 ask "/v1/indicators?$query" -H "Authorization: Bearer $t"
		[[ $output == 4[02]* ]]
		[[ $output == *"$why"* ]]
	done <<-'ROWS'
		x=1|query parameter x: unknown here
		kind=ip&kind=ip|query parameter kind: given twice
		q=%|without two hex digits
		q=%ff|not UTF-8
		q=%00|a control character
		q|not name=value
		limit=0|no number of 1 to 10000
		limit=10001|no number of 1 to 10000
		limit=-1|no number of 1 to 10000
		limit=01|no number of 1 to 10000
		since=yesterday|query parameter since
		kind=rumour|kind
		state=odd|state
		cursor=%20|cursor
	ROWS
	run -0 ask '/v1/lookup' -H "Authorization: Bearer $t"
	refused 422 value 'query parameter value: missing'
	run -0 ask '/healthz?x=1'
	refused 422 value 'query parameter x: unknown here'
}

@test "a head: the longest target, a token and as large a cookie as a browser keeps fit; 16 KiB do not" {
	local cookie line target
	cookie=$(printf 'a%.0s' {1..4090})
	target="/v1/indicators?q=$(printf 'a%.0s' {1..4079})"
	line=$(printf 'a%.0s' {1..8000})
	[ ${#target} -eq 4096 ]
	run -0 ask "$target" -H "Cookie: other=$cookie" -H "Authorization: Bearer $(token)"
	[[ $output == '200 '* ]]
	run -0 ask /healthz -H "X-A: $line" -H "X-B: $line"
	[[ $output == '431 '* ]]
}

@test "two requests on one connection, sent together" {
	local one='GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
	local bad='GET /v1//x HTTP/1.1\r\nHost: a\r\n\r\n'
	local last='GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	run -0 raw "$one$bad$last"
	[ "$(grep -c '^HTTP/1.1 200' <<<"$output")" = 2 ]
	[ "$(grep -c '^HTTP/1.1 400' <<<"$output")" = 1 ]
}

@test "all uploads together hold no more memory than they may" {
	local auth i fd fds=() answer
	auth="Authorization: Bearer $(token)"
	# Four of 4 MB fit into 16 MiB, the fifth does not.
	for i in 1 2 3 4; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$port"
		printf 'POST /v1/reports HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Type: text/plain\r\nContent-Length: 4100000\r\nExpect: 100-continue\r\n\r\n' \
			"$auth" >&"$fd"
		read -r -t 5 answer <&"$fd"
		[[ $answer == 'HTTP/1.1 100 '* ]]
		fds+=("$fd")
	done
	exec {fd}<>"/dev/tcp/127.0.0.1/$port"
	printf 'POST /v1/reports HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Type: text/plain\r\nContent-Length: 4100000\r\nExpect: 100-continue\r\n\r\n' \
		"$auth" >&"$fd"
	read -r -t 5 answer <&"$fd"
	[[ $answer == 'HTTP/1.1 503 '* ]]
	grep -qi '^retry-after: [0-9]' <&"$fd"
	for fd in "$fd" "${fds[@]}"; do
		exec {fd}>&-
	done
}

@test "a full queue is a 503 with Retry-After, and the feed does not notice" {
	local auth lock i pids=() feed
	auth="Authorization: Bearer $(token)"
	feed="Authorization: Bearer $(token --scope feed)"
	mkfifo "$BATS_TEST_TMPDIR/sql"
	psql -X -q "$(cat "$HUB/postgres.url")" <"$BATS_TEST_TMPDIR/sql" >/dev/null 3>&- &
	lock=$!
	exec 8>"$BATS_TEST_TMPDIR/sql"
	echo 'BEGIN; LOCK TABLE indicator IN ACCESS EXCLUSIVE MODE;' >&8
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'
		AND relation = 'indicator'::regclass AND granted")" = 1 ]; do :; done
	# One at work, four in the queue.
	for i in 1 2 3 4 5; do
		curl -sS -m 60 -o "$BATS_TEST_TMPDIR/answer.$i" -H "$auth" \
			"$url/v1/lookup?value=a.example" 3>&- 8>&- &
		pids+=($!)
	done
	until metric_is varsel_db_queue 4 && metric_is varsel_db_working 1; do :; done
	run -0 ask /v1/lookup?value=a.example -H "$auth" -D-
	refused 503 busy '4 requests wait for the database already'
	[[ ${output,,} == *'retry-after: '[1-9]* ]]
	run -0 ask /v1/feed/kommuner/checkpoint -H "$feed"
	[[ $output == 200* ]]
	echo 'COMMIT;' >&8
	exec 8>&-
	wait "$lock" "${pids[@]}"
	for i in 1 2 3 4 5; do
		jq -e '.value == "a.example"' "$BATS_TEST_TMPDIR/answer.$i"
	done
}

@test "a full house lets the longest idle go, and serves the next" {
	local fd fds=()
	for _ in {1..24}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$port"
		fds+=("$fd")
		run -0 ask /healthz
		[[ $output == 200* ]]
	done
	for fd in "${fds[@]}"; do
		exec {fd}>&-
	done
}

@test "JSON: what is not the form is named" {
	local t body why
	t=$(ctl_token)
	while IFS='|' read -r body why; do
		run -0 ask /v1/orgs -H "Authorization: Bearer $t" -H 'Content-Type: application/json' -d "$body"
		[[ $output == 4* ]]
		[[ $output == *"$why"* ]]
	done <<-'ROWS'
		{|JSON
		[]|JSON: not an object
		{"code":"0751"}|name
		{"code":"0751","name":"Aarhus","colour":"blue"}|colour
		{"code":"0751","name":"Aarhus","name":"Aarhus"}|
		{"code":751,"name":"Aarhus"}|code
		{"code":"07/51","name":"Aarhus"}|code
		{"code":"0751","name":""}|name
	ROWS
	[ "$(sql "SELECT count(*) FROM org WHERE code <> '0101'")" = 0 ]
}

# A coordinator's token, as varselctl gets one.
ctl_token() {
	ctl queue >/dev/null
	tail -n1 "$HUB/coordinator/state/token"
}

@test "ETag: an answer that did not change is not sent again" {
	local auth etag
	auth="Authorization: Bearer $(token)"
	etag=$(curl -sS -D- -o /dev/null -H "$auth" "$url/v1/indicators" |
		tr -d '\r' | sed -n 's/^ETag: //ip')
	[[ $etag == '"'*'"' ]]
	run -0 ask /v1/indicators -H "$auth" -H "If-None-Match: $etag"
	[ "$output" = '304 ' ]
	run -0 ask /v1/indicators -H "$auth" -H "If-None-Match: \"x\", W/$etag"
	[ "$output" = '304 ' ]
	run -0 ask /v1/indicators -H "$auth" -H 'If-None-Match: "x"'
	[[ $output == *'"indicators":[]'* ]]
	run -0 ask /v1/indicators -H "$auth" -H "If-None-Match: $etag" -H 'If-None-Match: "y"'
	refused 400 syntax 'two If-None-Match headers'
}

@test "the feed: only this channel, only tiles that there are" {
	local auth
	auth="Authorization: Bearer $(token --scope feed)"
	curl -sS -H "$auth" "$url/v1/feed/kommuner/checkpoint" |
		head -n1 | grep -qx 'devhub.varsel.test/feed/kommuner'
	run -0 ask /v1/feed/regioner/checkpoint -H "$auth"
	refused 404 not-found 'no channel \"regioner\"'
	run -0 ask /v1/feed/kommuner/tile/0/000.p/9 -H "$auth"
	refused 404 not-found 'has no such tile'
	run -0 ask /v1/feed/kommuner/tile/0/00x -H "$auth"
	[[ $output == 4* ]]
	run -0 ask /v1/feed/kommuner/bundle/00 -H "$auth"
	[[ $output == 4* ]]
	run -0 ask "/v1/feed/kommuner/bundle/$(printf '0%.0s' {1..64})" -H "$auth"
	refused 404 not-found ''
	run -0 ask '/v1/feed/kommuner/checkpoint?after=0&wait=51' -H "$auth"
	refused 422 value 'no number of 0 to 50'
	run -0 ask '/v1/feed/kommuner/checkpoint?wait=5' -H "$auth"
	refused 422 value 'needs after'
}

@test "long-poll: at once when the size differs, at news, or at its time" {
	local auth out start pid
	auth="Authorization: Bearer $(token --scope feed)"
	start=$SECONDS
	curl -sS -m 20 -H "$auth" "$url/v1/feed/kommuner/checkpoint?after=7&wait=50" | grep -qx 0
	[ $((SECONDS - start)) -lt 3 ]
	curl -sS -m 20 -H "$auth" "$url/v1/feed/kommuner/checkpoint?after=0&wait=1" | grep -qx 0
	[ $((SECONDS - start)) -ge 1 ]
	out=$BATS_TEST_TMPDIR/out
	curl -sS -m 60 -H "$auth" "$url/v1/feed/kommuner/checkpoint?after=0&wait=50" >"$out" &
	pid=$!
	until metric_is varsel_http_long_polls 1; do :; done
	start=$SECONDS
	ctl approve news.example --until 30d
	wait "$pid"
	[ $((SECONDS - start)) -lt 10 ]
	[ "$(sed -n 2p "$out")" = 1 ]
}

@test "a suspended municipality's tokens die at once, the feed's too" {
	local feed
	devhub enrol "$HUB" 0751 Aarhus
	feed=$(as 0751 token --scope feed)
	run -0 ask /v1/feed/kommuner/checkpoint -H "Authorization: Bearer $feed"
	[[ $output == 200* ]]
	ctl org suspend 0751
	run -0 ask /v1/feed/kommuner/checkpoint -H "Authorization: Bearer $feed"
	refused 401 unauthorized 'is off'
}

@test "stopping finishes what was begun, and answers long-polls" {
	local feed out pid start
	feed="Authorization: Bearer $(token --scope feed)"
	out=$BATS_TEST_TMPDIR/out
	curl -sS -m 60 -D "$BATS_TEST_TMPDIR/head" -H "$feed" \
		"$url/v1/feed/kommuner/checkpoint?after=1&wait=50" >"$out" &
	pid=$!
	until metric_is varsel_http_long_polls 1; do :; done
	start=$SECONDS
	devhub halt "$HUB"
	wait "$pid"
	[ $((SECONDS - start)) -lt 10 ]
	[ "$(sed -n 2p "$out")" = 1 ]
	grep -qi '^connection: close' "$BATS_TEST_TMPDIR/head"
	grep -q 'stopping' "$HUB/varseld.log"
	devhub resume "$HUB"
	run -0 ask /readyz
	[[ $output == 200* ]]
}

@test "keys: a file that others may read stops the hub, memory that is not locked is told" {
	local private key
	private=$(cat "$HUB/private")
	run ! grep -F 'may be written to swap' "$HUB/varseld.log"
	for key in log fresh jwt; do
		chmod 640 "$private/state/$key.key"
		run ! devhub restart "$HUB"
		[[ $output == *"$key.key: "*'others'* ]]
		chmod 600 "$private/state/$key.key"
	done
	(
		ulimit -l 0
		devhub restart "$HUB"
	)
	grep -F 'the keys may be written to swap' "$HUB/varseld.log"
	devhub restart "$HUB"
}

@test "the service manager is told when the hub serves, and when it stops" {
	local told=$BATS_TEST_TMPDIR/told pid name=varsel-test-$$
	python3 - "$name" >"$told" 3>&- <<-'PYTHON' &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("\0" + sys.argv[1])
		for _ in range(2):
		    print(s.recv(1000).decode(), flush=True)
	PYTHON
	pid=$!
	until grep -q "@$name\$" /proc/net/unix; do :; done
	devhub halt "$HUB"
	NOTIFY_SOCKET=@$name devhub resume "$HUB"
	[ "$(cat "$told")" = READY=1 ]
	devhub restart "$HUB"
	wait "$pid"
	[ "$(tail -n1 "$told")" = STOPPING=1 ]
}

@test "no 5xx was given on the way, but while starting, and for the memory that was full" {
	run ! grep -vE ' /readyz 503 |MiB already$|4 requests wait for the database already$' <(grep -E ' 5[0-9][0-9] ' "$HUB/varseld.log")
}
