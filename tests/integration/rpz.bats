#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The response policy zone in the two resolvers that municipalities run, reloaded by varsel
# itself. The tests follow each other.

setup_file() {
	load lib
	hub_start
	enrol 0751 Aarhus
	export DNS=$BATS_FILE_TMPDIR/dns
	mkdir "$DNS"
	sed -i '/^output/,$d' "$HUB/0751/varsel.conf"
	echo "rpz-log = {\"$DNS/unbound.log\", \"$DNS/rpz.log\"}" >>"$HUB/0751/varsel.conf"
	start_unbound
	start_bind
}

teardown_file() {
	load lib
	for pid in "$DNS"/*.pid; do
		[ ! -s "$pid" ] || kill "$(cat "$pid")" || true
	done
	hub_stop
}

setup() {
	load lib
	UNBOUND=$(cat "$DNS/unbound.port") BIND=$(cat "$DNS/bind.port")
	conf=$HUB/0751/varsel.conf
	tmp=$BATS_TEST_TMPDIR
}

# Every name below example exists, and has one address.
zone() {
	cat <<-'ZONE'
		@ 60 SOA localhost. root.localhost. 1 60 60 60 60
		@ 60 NS localhost.
		@ 60 A 192.0.2.80
		* 60 A 192.0.2.80
	ZONE
}

# output TITLE FILE RELOAD
output() {
	cat >>"$HUB/0751/varsel.conf" <<-CONF
		output $1 {
			file = "$2"
			reload = {$3}
		}
	CONF
}

start_unbound() {
	local port
	port=$(port_free)
	echo "$port" >"$DNS/unbound.port"
	zone >"$DNS/example.zone"
	output rpz-unbound "$DNS/unbound.zone" \
		"\"unbound-control\", \"-c\", \"$DNS/unbound.conf\", \"auth_zone_reload\", \"varsel.rpz\""
	cat >"$DNS/unbound.conf" <<-CONF
		server:
			interface: 127.0.0.1
			port: $port
			directory: "$DNS"
			chroot: ""
			username: ""
			pidfile: "$DNS/unbound.pid"
			use-syslog: no
			logfile: "$DNS/unbound.log"
			module-config: "respip iterator"
			do-not-query-localhost: no
		remote-control:
			control-enable: yes
			control-interface: "$DNS/unbound.sock"
			control-use-cert: no
		auth-zone:
			name: "example."
			zonefile: "$DNS/example.zone"
			for-upstream: yes
			for-downstream: no
		rpz:
			name: "varsel.rpz"
			zonefile: "$DNS/unbound.zone"
			rpz-log: yes
			rpz-log-name: "varsel"
	CONF
	cat >"$DNS/unbound.zone" <<-'ZONE'
		@ 60 SOA localhost. root.localhost. 1 60 60 60 60
		@ 60 NS localhost.
	ZONE
	unbound -c "$DNS/unbound.conf"
}

start_bind() {
	local port
	port=$(port_free)
	echo "$port" >"$DNS/bind.port"
	rndc-confgen -a -c "$DNS/rndc.key" 2>/dev/null
	output rpz-bind "$DNS/bind.zone" \
		"\"rndc\", \"-p\", \"$((port + 1))\", \"-k\", \"$DNS/rndc.key\", \"reload\", \"varsel.rpz\""
	cp "$DNS/unbound.zone" "$DNS/bind.zone"
	cat >"$DNS/named.conf" <<-CONF
		include "$DNS/rndc.key";
		logging {
			channel rpz { file "$DNS/rpz.log"; print-time yes; print-category yes; };
			category rpz { rpz; };
		};
		controls { inet 127.0.0.1 port $((port + 1)) allow { 127.0.0.1; } keys { "rndc-key"; }; };
		options {
			directory "$DNS";
			listen-on port $port { 127.0.0.1; };
			listen-on-v6 { none; };
			pid-file "$DNS/named.pid";
			session-keyfile none;
			dnssec-validation no;
			response-policy { zone "varsel.rpz"; } min-update-interval 0;
		};
		zone "example" { type primary; file "$DNS/example.zone"; };
		zone "varsel.rpz" { type primary; file "$DNS/bind.zone"; };
	CONF
	named -c "$DNS/named.conf"
}

status_of() {
	dig +tries=5 +time=1 @127.0.0.1 -p "$1" "$2" A | grep -oP 'status: \K[A-Z]+'
}

# Both resolvers must say so; a reload may still be at work when its command has returned.
says() {
	local port name
	for port in "$UNBOUND" "$BIND"; do
		for name in "${@:2}"; do
			timeout 10 bash -c "until [ \"\$(status_of $port $name)\" = $1 ]; do :; done" || {
				echo "port $port, $name: $(status_of "$port" "$name"), not $1"
				return 1
			}
		done
	done
}
export -f status_of

approve() {
	ctl approve --reason test "$@"
}

serial() {
	grep -oP 'SOA \S+ \S+ \K[0-9]+' "$DNS/bind.zone"
}

@test "before anything is approved every name resolves" {
	as 0751 pull
	named-checkzone varsel.rpz "$DNS/bind.zone"
	says NOERROR evil.example www.evil.example other.example
}

@test "an approved domain and all below it is gone, others are not" {
	approve evil.example '_dmarc.odd-name.example' 'smørrebrød.example'
	as 0751 pull
	named-checkzone varsel.rpz "$DNS/bind.zone"
	says NXDOMAIN evil.example www.evil.example a.b.evil.example _dmarc.odd-name.example \
		xn--smrrebrd-64af.example
	says NOERROR other.example odd-name.example notevil.example evil.example.example
}

@test "a domain below a blocked one opens no hole beside it" {
	approve a.b.evil.example
	as 0751 pull
	named-checkzone varsel.rpz "$DNS/bind.zone"
	says NXDOMAIN evil.example a.b.evil.example c.a.b.evil.example b.evil.example \
		c.b.evil.example
}

@test "the never-block list wins, and opens no hole beside it" {
	printf 'school.x.evil.example\nother.example\n' >"$HUB/0751/never-block"
	approve other.example below.other.example
	as 0751 pull
	named-checkzone varsel.rpz "$DNS/bind.zone"
	says NOERROR school.x.evil.example www.school.x.evil.example other.example \
		below.other.example
	says NXDOMAIN x.evil.example sister.x.evil.example evil.example
	as 0751 status --json | jq -e '.outputs[0].spared == 2'
}

@test "what is revoked resolves again, and what stood below it is blocked by itself" {
	local before
	before=$(serial)
	ctl revoke --reason test other.example
	run ctl revoke --reason test evil.example
	approve a.b.evil.example
	as 0751 pull
	says NOERROR evil.example c.b.evil.example
	says NXDOMAIN a.b.evil.example c.a.b.evil.example
	[ "$(serial)" -gt "$before" ]
}

@test "a zone file that is gone comes back without news" {
	rm "$DNS/bind.zone"
	as 0751 pull
	named-checkzone varsel.rpz "$DNS/bind.zone"
}

# What stands in for named-checkzone notes how many records it was given, one for a name and all
# below it, and refuses one name.
@test "a later pull has only the news of a zone checked, and a bad line in it is still caught" {
	local tool zone="$DNS/bind.zone"
	tool=$(readlink -f "$(command -v named-checkzone)")
	cp "$tool" "$tmp/named-checkzone"
	cat >"$tmp/checkzone" <<-SH
		#!/bin/sh
		for file; do :; done
		grep -c CNAME "\$file" >>"$tmp/looked"
		! grep refused.example "\$file" || exit 1
		exec "$tmp/named-checkzone" "\$@"
	SH
	chmod +x "$tmp/checkzone"
	pulled() {
		: >"$tmp/looked"
		# shellcheck disable=SC2016 # for the inner shell
		unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
			"$tmp/checkzone" "$tool" varsel -c "$conf" pull
	}
	looked() {
		[ "$(cat "$tmp/looked")" = "$1"$'\n'"$1" ]
	}

	# Another tool than last time sees all of it.
	approve first.example
	pulled
	looked "$(grep -c '^\*\..* CNAME' "$zone")"
	approve later.example
	pulled
	looked 1
	says NXDOMAIN first.example later.example

	approve refused.example
	cp "$zone" "$tmp/before"
	run -73 pulled
	[[ $output == *"output rpz-unbound: named-checkzone: exit status 1"* ]]
	looked 1
	cmp "$zone" "$tmp/before"
	says NXDOMAIN later.example
	says NOERROR refused.example
	ctl revoke --reason test refused.example
	pulled
	looked 0

	# Who else writes to the file has not passed any check.
	echo 'other.example CNAME .' >>"$zone"
	pulled
	[ "$(cat "$tmp/looked")" = "$(grep -c '^\*\..* CNAME' "$zone")" ]
	as 0751 pull
}

@test "a reload that fails is an error, and is tried again" {
	cp "$conf" "$tmp/good.conf"
	sed -i 's|"auth_zone_reload"|"no_such_command"|' "$conf"
	approve new.example
	run as 0751 pull
	[ "$status" -eq 73 ]
	[[ $output == *"output rpz-unbound: reload: unbound-control: "* ]]
	[ "$(status_of "$BIND" new.example)" = NXDOMAIN ]
	cp "$tmp/good.conf" "$conf"
	as 0751 pull
	says NXDOMAIN new.example
}

@test "a full disk keeps the last good zone" {
	local before
	mkdir "$tmp/full"
	mount -t tmpfs -o size=4k tmpfs "$tmp/full"
	cat "$DNS/bind.zone" >"$tmp/before"
	cp "$conf" "$tmp/good.conf"
	dd if=/dev/zero of="$tmp/full/rest" bs=4k count=1 status=none
	sed -i "s|$DNS/bind.zone|$tmp/full/bind.zone|" "$conf"
	run as 0751 pull
	umount "$tmp/full"
	cp "$tmp/good.conf" "$conf"
	[ "$status" -eq 73 ]
	cmp "$DNS/bind.zone" "$tmp/before"
	says NXDOMAIN new.example
}

seen() {
	ctl show --json "$1" | jq .sightings
}

# ask PORT NAME [TYPE]
ask() {
	dig +tries=5 +time=1 @127.0.0.1 -p "$1" "$2" "${3:-A}" >/dev/null
}

@test "what the resolvers have kept back is counted at the hub, to the query" {
	local before above
	approve counted.example deep.counted.example
	as 0751 pull
	says NXDOMAIN counted.example deep.counted.example
	as 0751 pull
	before=$(seen deep.counted.example) above=$(seen counted.example)
	[ "$before" -ge 2 ]
	ask "$UNBOUND" deep.counted.example
	ask "$UNBOUND" www.DEEP.counted.example AAAA
	ask "$UNBOUND" other.example
	ask "$BIND" deep.counted.example
	ask "$BIND" a.b.Deep.Counted.example TXT
	ask "$BIND" counted.example
	ask "$BIND" school.x.evil.example
	run -0 as 0751 sightings
	[ "$output" = $'5 domain counted.example (dns)\n4 domain deep.counted.example (dns)' ]
	[ "$(seen deep.counted.example)" -eq $((before + 4)) ]
	[ "$(seen counted.example)" -eq $((above + 5)) ]
	run -0 as 0751 sightings
	[ -z "$output" ]
	ask "$BIND" deep.counted.example
	as 0751 pull
	[ "$(seen deep.counted.example)" -eq $((before + 5)) ]
	[ "$(sql "SELECT DISTINCT source FROM sighting")" = dns ]
}

@test "logs that were rotated are read to their ends, and nothing counts twice" {
	local before
	before=$(seen counted.example)
	ask "$UNBOUND" counted.example
	mv "$DNS/unbound.log" "$DNS/unbound.log.1"
	ask "$UNBOUND" counted.example
	unbound-control -c "$DNS/unbound.conf" log_reopen
	ask "$UNBOUND" counted.example
	# The hub is away, and what was read is forgotten again, as if it had been killed.
	cp "$conf" "$tmp/good.conf"
	cp "$HUB/0751/state/rpz" "$tmp"
	sed -i "s|^hub = .*|hub = \"http://127.0.0.1:$(port_free)\"|" "$conf"
	run -75 --separate-stderr as 0751 sightings --json
	jq -e '.value == "counted.example" and .count == 3 and .source == "dns"' <<<"$output"
	cp "$tmp/good.conf" "$conf"
	cp "$tmp/rpz" "$HUB/0751/state"
	as 0751 pull
	[ "$(seen counted.example)" -eq $((before + 3)) ]
	[ "$(as 0751 status --json | jq .sightings)" = 0 ]
}

@test "hunt leaves to pull what pull counts" {
	[ -z "$(as 0751 hunt --all --no-report --count "$DNS/unbound.log" "$DNS/rpz.log")" ]
	sed -i '/^rpz-log/d' "$conf"
	as 0751 hunt --all --no-report --count "$DNS/rpz.log" | grep ' domain counted.example$'
}

@test "a log that is not there is said, and the pull is none the worse" {
	sed -i "1i rpz-log = {\"$DNS/none.log\", \"$DNS/rpz.log\"}" "$conf"
	run -0 as 0751 pull
	[[ $output == *"sightings: $DNS/none.log: No such file"* ]]
}
