# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Requests that no client of ours would make, for the tests that make them; their setup() sets
# url and port.
# shellcheck disable=SC2154 # and bats sets output

# shellcheck source=tests/integration/lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.bash"

# hub_set LINE...: options for the hub, which starts again with them.
hub_set() {
	local conf line
	conf=$(cat "$HUB/private")/varseld.conf
	for line; do
		sed -i "/^${line%% *} /d" "$conf"
	done
	printf '%s\n' "$@" >>"$conf"
	devhub restart "$HUB"
}

# raw TEXT: these very bytes (printf's escapes), and what came back until the hub closes or
# is silent for two seconds.
raw() {
	local line
	exec 9<>"/dev/tcp/127.0.0.1/$port"
	send 9 "$1" || true
	while IFS= read -r -t 2 line <&9; do
		printf '%s\n' "${line%$'\r'}"
	done
	exec 9>&-
}

# send FD TEXT: false when the hub has closed.
send() (
	trap '' PIPE
	{ printf '%b' "$2" >&"$1"; } 2>/dev/null
)

# ask TARGET [CURL OPTION...]: status, a blank, the body.
ask() {
	local target=$1
	shift
	: >"$BATS_TEST_TMPDIR/body"
	curl -sS -m 30 --path-as-is -o "$BATS_TEST_TMPDIR/body" -w '%{http_code} ' "$@" "$url$target"
	cat "$BATS_TEST_TMPDIR/body"
}

# refused STATUS SLUG TEXT: of what ask printed.
refused() {
	[[ $output == *"$1 "* ]]
	[[ $output == *"\"slug\":\"$2\""* ]]
	[[ $output == *"$3"* ]]
	[[ $output =~ \"request\":\"[0-9a-f]{16}\" ]]
}

# metric NAME: its value now.
metric() {
	local m
	m=$(sed -n 's/^metrics-listen = "\(.*\)"/\1/p' "$HUB/varseld.conf")
	curl -sS "http://$m/metrics" | sed -n "s/^$1 //p"
}

# metric_is NAME VALUE: whether it has that value now.
metric_is() {
	[ "$(metric "$1")" = "$2" ]
}
