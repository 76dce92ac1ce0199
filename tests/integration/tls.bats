#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# TLS in both directions, through a real nginx: whom the clients believe to be the hub, and
# whom the hub's proxy lets in when it asks for a certificate.

# shellcheck disable=SC2153 # front_make sets PORT
setup_file() {
	load front
	hub_start
	enrol 0101 København
	ctl approve evil.example --until 30d
	front_make
	export PKI=$BATS_FILE_TMPDIR/pki STRANGE OLD OTHER
	STRANGE=$(port_free)
	OLD=$(port_free)
	OTHER=$(port_free)
	mkdir -p "$PKI"
	cd "$PKI" || return
	authority ca
	authority strangers
	certificate ca localhost hub
	certificate strangers localhost strange
	certificate ca elsewhere.example other
	certificate ca 0101 member
	certificate strangers 0101 impostor
	faketime '2020-01-01 00:00:00' bash -c "$(declare -f certificate); certificate ca localhost old"
	cp hub.pem "$FRONT/fullchain.pem"
	cp hub.key "$FRONT/privkey.pem"
	cp ca.pem "$FRONT/clients-ca.pem"
	site "$(sed 's/.*://' "$HUB/hub.url")"
	# As the site says: take away the two #.
	sed -i 's/^\t#ssl_/\tssl_/' "$FRONT/varsel.site"
	[ "$(grep -c '^	ssl_.*client' "$FRONT/varsel.site")" = 2 ]
	impostor "$STRANGE" strange
	impostor "$OLD" old
	impostor "$OTHER" other
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

# authority NAME
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 \
		-subj "/CN=$1" -keyout "$1.key" -out "$1.pem" 2>/dev/null
}

# certificate AUTHORITY NAME FILE: FILE.pem and FILE.key, good for nine days.
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
		-addext "subjectAltName=DNS:$2" -keyout "$3.key" -out "$3.csr" 2>/dev/null
	openssl x509 -req -in "$3.csr" -CA "$1.pem" -CAkey "$1.key" -days 9 \
		-copy_extensions copyall -out "$3.pem" 2>/dev/null
	chmod 600 "$3.key"
}

# impostor PORT FILE: the hub behind a certificate that it should not have.
impostor() {
	cat >"$FRONT/$2.site" <<-CONF
		server {
			listen 127.0.0.1:$1 ssl;
			ssl_certificate $PKI/$2.pem;
			ssl_certificate_key $PKI/$2.key;
			location / { proxy_pass http://varseld; }
		}
	CONF
}

# member PORT LINE...: varsel.conf of a client that has never pulled, for localhost:PORT.
member() {
	local port=$1
	shift
	mkdir -p "$tmp/state"
	{
		grep -E '^(hub-name|channel|org|key|root) = ' "$HUB/0101/varsel.conf"
		echo "hub = \"https://localhost:$port\""
		echo "state-dir = \"$tmp/state\""
		printf 'output list { kind = "domain"\nfile = "%s/list" }\n' "$tmp"
		printf '%s\n' "$@"
	} >"$tmp/varsel.conf"
}

ca() {
	echo "tls-ca = \"$PKI/ca.pem\""
}

# pair FILE
pair() {
	echo "tls-certificate = \"$PKI/$1.pem\""
	echo "tls-key = \"$PKI/$1.key\""
}

pull() {
	varsel -c "$tmp/varsel.conf" pull
}

@test "a client with a certificate of the authority is let in, and enforces" {
	member "$PORT" "$(ca)" "$(pair member)"
	run -0 pull
	grep -qx evil.example "$tmp/list"
	run -0 varsel -c "$tmp/varsel.conf" lookup evil.example
}

@test "one without a certificate, or with a stranger's, is not" {
	member "$PORT" "$(ca)"
	run ! pull
	[[ $output == *'the hub answered 400'* ]]
	member "$PORT" "$(ca)" "$(pair impostor)"
	run ! pull
	[[ $output == *'the hub answered 400'* ]]
	run ! grep -q evil.example "$tmp/list"
	[ "$(curl -sS --cacert "$PKI/ca.pem" -o "$tmp/body" -w '%{http_code}' \
		"https://localhost:$PORT/healthz")" = 400 ]
}

@test "the coordinator's client: the same options" {
	cp -r "$HUB/coordinator" "$HUB/coordinator.conf" "$tmp"
	sed -i -e "/^hub = /d" "$tmp/coordinator.conf"
	printf '%s\n' "hub = \"https://localhost:$PORT\"" "$(ca)" >>"$tmp/coordinator.conf"
	run ! varselctl -c "$tmp/coordinator.conf" org list
	[[ $output == *'the hub answered 400'* ]]
	pair member >>"$tmp/coordinator.conf"
	run -0 varselctl -c "$tmp/coordinator.conf" org list
	[[ $output == *0101* ]]
}

@test "a hub with a certificate of another authority, an expired one, one for another name" {
	local port
	member "$PORT" "$(ca)" "$(pair member)"
	run -0 pull
	cp "$tmp/list" "$tmp/before"
	for port in "$STRANGE" "$OLD" "$OTHER"; do
		member "$port" "$(ca)"
		run -69 pull
		[[ $output == *[Cc]ertificate* || $output == *'SSL: no alternative'* ]]
		run -69 varsel -c "$tmp/varsel.conf" lookup evil.example
		# What is enforced stays.
		cmp "$tmp/list" "$tmp/before"
	done
	# The same hub with the right authority: it was the certificate.
	member "$STRANGE" "tls-ca = \"$PKI/strangers.pem\""
	run -0 pull
}

@test "the system's authorities do not vouch for it, and one's own replace them" {
	member "$OTHER"
	run -69 pull
	[[ $output == *certificate* ]]
	member "$PORT" "tls-ca = \"/etc/ssl/certs/ca-certificates.crt\"" "$(pair member)"
	run -69 pull
}

@test "enrolment over mutual TLS writes down what it used" {
	local link
	ctl org add 0751 Aarhus
	link=$(ctl org link 0751 | sed "s|^http://[^/]*/|https://localhost:$PORT/|")
	run ! varsel -c "$tmp/new/varsel.conf" enrol "$link"
	run -0 varsel -c "$tmp/new/varsel.conf" enrol --tls-ca "$PKI/ca.pem" \
		--tls-certificate "$PKI/member.pem" --tls-key "$PKI/member.key" "$link"
	run -0 varsel -c "$tmp/new/varsel.conf" pull
	grep -qx "tls-key = \"$PKI/member.key\"" "$tmp/new/varsel.conf"
}

@test "what is wrong with the files is said before anything is sent" {
	member "$PORT" "$(ca)" "tls-certificate = \"$PKI/member.pem\""
	run -78 pull
	[[ $output == *'one needs the other'* ]]
	member "$PORT" "tls-ca = \"$tmp/none.pem\""
	run -78 pull
	[[ $output == *'none.pem: No such file'* ]]
	cp "$PKI/member.key" "$tmp/open.key"
	chmod 640 "$tmp/open.key"
	member "$PORT" "$(ca)" "tls-certificate = \"$PKI/member.pem\"" "tls-key = \"$tmp/open.key\""
	run -77 pull
	[[ $output == *'open.key: mode 0640 lets others read the key'* ]]
	echo nonsense >"$tmp/bad.pem"
	member "$PORT" "tls-ca = \"$tmp/bad.pem\""
	run -69 pull
}

@test "http:// is for this machine alone" {
	member "$PORT"
	sed -i 's|^hub = .*|hub = "http://varsel.example.dk"|' "$tmp/varsel.conf"
	run -78 pull
	[[ $output == *'http:// only to loopback'* ]]
	sed -i 's|^hub = .*|hub = "http://192.0.2.1:8440"|' "$tmp/varsel.conf"
	run -78 pull
}
