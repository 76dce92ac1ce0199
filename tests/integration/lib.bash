# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Loaded by every integration test. A file that needs a hub says
#     setup_file() { hub_start; }
#     teardown_file() { hub_stop; }
# and has one of its own for all its tests, below $HUB, on a free port. Tests of a file run
# in order and may build on each other; files run side by side and share nothing.

bats_require_minimum_version 1.5.0
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$ROOT/build:$ROOT/deploy:$PATH:/usr/sbin:/sbin
HUB=$BATS_FILE_TMPDIR/hub
export CHANNEL=kommuner
export LC_ALL=C.UTF-8

# hub_start [OPTION...]: those of devhub start.
hub_start() {
	devhub start "$HUB" "$@"
}

# Also when the test or hub_start failed half-way.
hub_stop() {
	if [ -f "$HUB/private" ]; then
		devhub stop "$HUB"
	fi
}

hub_url() {
	cat "$HUB/hub.url"
}

# One municipality after the other: enrol 0101 København 0751 Aarhus.
enrol() {
	while [ $# -gt 0 ]; do
		devhub enrol "$HUB" "$1" "$2"
		shift 2
	done
}

# as CODE COMMAND...: varsel as that municipality.
as() {
	local code=$1
	shift
	varsel -c "$HUB/$code/varsel.conf" "$@"
}

# The coordinator, and the second one.
ctl() {
	varselctl -c "$HUB/coordinator.conf" "$@"
}

ctl2() {
	varselctl -c "$HUB/coordinator2.conf" "$@"
}

# sql QUERY: one value a line, fields separated by |.
sql() {
	psql -X -q -A -t -v ON_ERROR_STOP=1 "$(cat "$HUB/postgres.url")" -c "$1"
}

# out CODE FILE: what an output wrote, without the header.
out() {
	grep -v '^#' "$HUB/$1/out/$2" || true
}

# get CODE PATH [CURL OPTION...]: an API call with that municipality's token, or with
# $TOKEN. Prints the body; the status is in $BATS_TEST_TMPDIR/status.
get() {
	local code=$1 path=$2
	shift 2
	curl -sS -m 60 -o - -w '%{stderr}%{http_code}' \
		-H "Authorization: Bearer ${TOKEN:-$(as "$code" token)}" "$@" "$(hub_url)$path" \
		2>"$BATS_TEST_TMPDIR/status"
}

status_is() {
	local got
	got=$(cat "$BATS_TEST_TMPDIR/status")
	[ "$got" = "$1" ] || {
		echo "HTTP status $got, where $1 was expected"
		return 1
	}
}

# same WANT GOT: files with the same lines; one of them may be -.
same() {
	local differences
	differences=$(diff -u --label expected "$1" --label got "$2") || {
		head -n 60 <<<"$differences"
		return 1
	}
}

# until_true COMMAND...: tries for half a minute.
until_true() {
	local i
	for ((i = 0; i < 300; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	echo "not in time: $*"
	return 1
}

# A network namespace of the test's own, gone with teardown: netns_make; in_ns COMMAND...
netns_make() {
	NETNS=varsel-$$-$BATS_TEST_NUMBER
	ip netns add "$NETNS" || {
		echo 'this machine makes no network namespaces; run the tests as root'
		return 1
	}
	ip -n "$NETNS" link set lo up
}

netns_remove() {
	[ -z "${NETNS:-}" ] || ip netns delete "$NETNS"
}

in_ns() {
	ip netns exec "$NETNS" "$@"
}

port_free() {
	local port
	while :; do
		port=$((10240 + (RANDOM << 15 | RANDOM) % 20000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# sign_note TEXT KEY: the signed note of a text file, by a key file that is not sealed: for
# what the programs would never sign.
sign_note() {
	local fields name id
	IFS=+ read -r -a fields <"$2"
	name=${fields[2]} id=${fields[3]}
	cat "$1"
	# PKCS #8 around the seed is what openssl takes for a key.
	printf '\n\xe2\x80\x94 %s %s\n' "$name" "$({
		basenc --base16 -d <<<"${id^^}"
		openssl pkeyutl -sign -rawin -in "$1" -keyform DER -inkey <(
			printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20'
			cut -d+ -f5- "$2" | base64 -d | tail -c 32
		)
	} | base64 -w 0)"
}

# root_add FILE: a new root document for the hub; returns when it is served.
root_add() {
	local version
	version=$(sed -n 's/^version //p' "$1")
	(
		# shellcheck source=deploy/lib.bash
		. "$ROOT/deploy/lib.bash"
		private=$(private_path "$HUB")
		as_service tee "$private/root.new" <"$1" >/dev/null
		as_service "$private/varseld" -c "$private/varseld.conf" root add "$private/root.new"
	)
	# shellcheck disable=SC2016 # for the inner shell
	TOKEN=$(as 0101 token) timeout 20 bash -c '
		until curl -s -o /dev/null -D - -H "Authorization: Bearer $TOKEN" "$0" |
			grep -qi "^varsel-root: $1"; do sleep 0.1; done' \
		"$(hub_url)/v1/feed/$CHANNEL/checkpoint" "$version"
}
