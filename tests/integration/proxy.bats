#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The nginx site in front of a hub: real TLS, real requests, and what it must not let by.

# shellcheck disable=SC2153 # front_make sets PORT
setup_file() {
	load front
	hub_start
	enrol 0101 København
	front_make
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost \
		-keyout "$FRONT/privkey.pem" -out "$FRONT/fullchain.pem" 2>/dev/null
	site "$(sed 's/.*://' "$HUB/hub.url")"
	front
}

teardown_file() {
	load front
	front_stop
	hub_stop
}

setup() {
	load front
	tmp=$BATS_TEST_TMPDIR
}

teardown() {
	[ ! -e "$tmp/follower" ] || kill "$(cat "$tmp/follower")" 2>/dev/null || true
}

# through PATH [CURL OPTION...]: a request through the proxy, with a member's token.
through() {
	local path=$1
	shift
	curl -sS -m 60 --cacert "$FRONT/fullchain.pem" -w '%{stderr}%{http_code}' \
		-H "Authorization: Bearer $(as 0101 token)" "$@" "https://localhost:$PORT$path" \
		2>"$tmp/status"
}

@test "nginx -t takes the site" {
	front -t
}

@test "a member's requests pass, over HTTP/1.1 and HTTP/2" {
	through /v1/lookup?value=evil.example --http1.1 | jq -e '.kind == "domain"'
	status_is 200
	through /v1/lookup?value=evil%2eexample --http2 | jq -e '.value == "evil.example"'
	status_is 200
	as 0101 sign - <<<'203.0.113.7' >"$tmp/note"
	through /v1/reports -H 'Content-Type: text/plain' --data-binary @"$tmp/note" |
		jq -e '.accepted == 1'
	status_is 201
	through "/v1/feed/$CHANNEL/checkpoint" | head -n1 | grep -qx "devhub.varsel.test/feed/$CHANNEL"
}

@test "a long poll comes back after its time" {
	local begin=$SECONDS
	through "/v1/feed/$CHANNEL/checkpoint?after=0&wait=3" >/dev/null
	status_is 200
	[ $((SECONDS - begin)) -ge 3 ]
	[ $((SECONDS - begin)) -le 20 ]
}

@test "events come through as they happen" {
	local i
	: >"$tmp/events"
	through /v1/events -N -o "$tmp/events" 3>&- &
	for ((i = 0; i < 200; i++)); do
		! grep -q '^event: log' "$tmp/events" || break
		# Once it follows there is something to tell.
		! { [ "$i" != 0 ] && grep -q '^retry: ' "$tmp/events"; } || [ -e "$tmp/told" ] || {
			touch "$tmp/told"
			ctl approve --reason test 203.0.113.7
		}
		sleep 0.1
	done
	kill $!
	grep -qx 'event: log' "$tmp/events"
}

# follower: the member, through the proxy, its words in $tmp/said; its process in $follower.
follower() {
	sed -e "s|^hub = .*|hub = \"https://localhost:$PORT\"|" \
		-e "1i tls-ca = \"$FRONT/fullchain.pem\"" "$HUB/0101/varsel.conf" >"$HUB/0101/follow.conf"
	varsel -c "$HUB/0101/follow.conf" follow 2>"$tmp/said" 3>&- &
	follower=$!
	echo "$follower" >"$tmp/follower"
}

# ends PID SIGNAL: by itself, with status 0, although it waits for the hub: it has sent its receipt.
ends() {
	local i size
	size=$(sql 'SELECT size FROM log')
	for ((i = 0; i < 200; i++)); do
		[ "$(ctl coverage --json | jq '.orgs[].size')" != "$size" ] || break
		sleep 0.1
	done
	[ "$(ctl coverage --json | jq '.orgs[].size')" = "$size" ]
	kill "-$2" "$1"
	timeout 20 tail --pid="$1" -f /dev/null
	wait "$1"
}

# comes NAME: it gets into the list.
comes() {
	timeout 30 bash -c "until grep -qx '$1' '$HUB/0101/out/list-domain.txt'; do sleep 0.05; done"
}

@test "follow: a decision is enforced through the proxy, also after the hub was away" {
	local follower
	ctl approve --reason test first.example
	follower
	comes first.example
	ctl approve --reason test second.example
	comes second.example
	run varsel -c "$HUB/0101/follow.conf" follow
	[ "$status" -eq 75 ]
	as 0101 pull # is not kept away
	devhub restart "$HUB"
	ctl approve --reason test third.example
	comes third.example
	ctl revoke --reason test first.example
	timeout 30 bash -c "while grep -qx first.example '$HUB/0101/out/list-domain.txt'; do sleep 0.05; done"
	ends "$follower" TERM
	[ "$(wc -l <"$tmp/said")" -le 3 ] || { cat "$tmp/said"; false; }
	as 0101 pull
}

@test "follow says a trouble once, and its end; a broken configuration leaves the last one" {
	local follower
	follower
	devhub halt "$HUB"
	timeout 30 bash -c "until grep -q . '$tmp/said'; do sleep 0.1; done"
	echo 'surprise = 1' >>"$HUB/0101/follow.conf"
	timeout 30 bash -c "until grep -q surprise '$tmp/said'; do sleep 0.1; done"
	sed -i '/surprise/d' "$HUB/0101/follow.conf"
	timeout 30 bash -c "until [ \$(wc -l <'$tmp/said') -ge 3 ]; do sleep 0.1; done"
	devhub resume "$HUB"
	timeout 120 bash -c "until grep -q 'all is well again' '$tmp/said'; do sleep 0.1; done"
	ctl approve --reason test fourth.example
	comes fourth.example
	[ "$(wc -l <"$tmp/said")" -eq 4 ] || { cat "$tmp/said"; false; }
	ends "$follower" INT
}

@test "plain HTTP is sent on to HTTPS" {
	[ "$(curl -sS -m 10 -o "$tmp/body" -w '%{http_code} %{redirect_url}' \
		"http://127.0.0.1:$PLAIN/v1/lookup")" = '301 https://127.0.0.1/v1/lookup' ]
}

@test "the situation page: its link, its cookie, its files; the link is in no log" {
	local link private
	private=$(cat "$HUB/private")
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	sed "s|^public-url = .*|public-url = \"https://localhost:$PORT\"|" "$HUB/varseld.conf" |
		as_service tee "$private/varseld.conf" >/dev/null
	devhub restart "$HUB"
	link=$(through /v1/page-links -X POST | jq -r .url)
	[[ $link == https://localhost:$PORT/page/* ]]
	page() {
		curl -sS -m 60 --cacert "$FRONT/fullchain.pem" -b "$tmp/jar" -c "$tmp/jar" -D "$tmp/headers" \
			-w '%{stderr}%{http_code}' "$@" 2>"$tmp/status"
	}
	page "$link" >"$tmp/opened"
	status_is 200
	grep -i '^set-cookie: __Host-varsel=[^;]*; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict; Secure' "$tmp/headers"
	page "https://localhost:$PORT/v1/page" | jq -e '.role == "member" and .org == "0101"'
	page "https://localhost:$PORT/" >"$tmp/page"
	status_is 200
	page "https://localhost:$PORT$(grep -o '/assets/[^"]*/d3.min.js' "$tmp/page")" --compressed >"$tmp/d3"
	status_is 200
	grep -i '^content-encoding: gzip' "$tmp/headers"
	grep -q '"GET /v1/page"' "$FRONT/varsel.log"
	run ! grep -q /page/ "$FRONT/varsel.log"
}

@test "odd spellings of a path, odd methods and other paths are refused" {
	local path method
	for path in /v1%2flookup /v1//lookup /v1/./lookup /v1/%6cookup '/v1/x\y'; do
		through "$path" --path-as-is >/dev/null
		status_is 400
	done
	for method in DELETE PUT TRACE OPTIONS; do
		through /v1/lookup?value=evil.example -X "$method" >/dev/null
		status_is 405
	done
	for path in /assets /metrics /admin; do
		through "$path" >/dev/null
		status_is 404
	done
}

@test "two lengths of one body never reach the hub" {
	through /v1/reports --http1.1 -H 'Transfer-Encoding: chunked' -H 'Content-Length: 4' \
		-d 'evil' >/dev/null
	status_is 400
}

@test "a body over the limit is refused" {
	head -c 10000000 /dev/zero |
		through /v1/bundles -H 'Content-Type: text/plain' --data-binary @- >/dev/null
	status_is 413
}

@test "the hub is told the address that nginx saw, not the one that a client claims" {
	local port
	port=$(port_free)
	timeout 120 python3 - "$port" >"$tmp/headers" <<-'PYTHON' &
		import http.server, sys
		class Echo(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        print(self.headers, flush=True)
		        self.send_response(200)
		        self.end_headers()
		http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).handle_request()
	PYTHON
	local echo=$!
	site "$port"
	front -s reload
	# Until the new workers have taken over, the hub answers in place of the echo.
	while kill -0 "$echo" 2>/dev/null; do
		curl -sS -m 10 -o "$tmp/body" --cacert "$FRONT/fullchain.pem" \
			-H 'X-Forwarded-For: 6.6.6.6' "https://localhost:$PORT/healthz" || true
	done
	wait "$echo"
	grep -qi '^x-forwarded-for: 127\.0\.0\.1' "$tmp/headers"
	run ! grep -F 6.6.6.6 "$tmp/headers"
}

@test "the log holds no query, as that may be personal data" {
	grep -q '"GET /v1/lookup" 200' "$FRONT/varsel.log"
	run ! grep -F 'evil' "$FRONT/varsel.log"
}
