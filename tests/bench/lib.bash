# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Loaded by every row, which is a script of its own: a hub below $tmp/hub, gone at the end
# with all else that the row made. Sizes are for the row to say, by size().
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
export PATH=$PWD/build:$PWD/deploy:$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8
# shellcheck disable=SC2034 # for the rows
runs=${BENCH_RUNS:-3}
tmp=$(mktemp -d)
# Programs of the row's own that it still has to end.
children=()
# Commands that undo what it made elsewhere.
cleanup=()

finish() {
	local status=$? pid undo
	trap - EXIT
	for pid in "${children[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	for undo in "${cleanup[@]}"; do
		$undo
	done
	[ ! -f "$tmp/hub/private" ] || devhub stop "$tmp/hub" >/dev/null
	rm -rf "$tmp"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# size FULL QUICK: what the run is large enough for.
size() {
	if [ "${BENCH_QUICK:-}" ]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# hub_start CODE...: a hub, and municipalities that are enrolled with it.
hub_start() {
	local code
	devhub start "$tmp/hub" >"$tmp/hub.log" 2>&1 || {
		cat "$tmp/hub.log" >&2
		return 1
	}
	for code in "$@"; do
		devhub enrol "$tmp/hub" "$code" "Kommune $code" 2>/dev/null
	done
}

# Some rows need a hub that knows nothing, more than once.
hub_stop() {
	devhub stop "$tmp/hub" >/dev/null
	rm -rf "$tmp/hub"
}

hub_url() {
	cat "$tmp/hub/hub.url"
}

as() {
	local code=$1
	shift
	varsel -c "$tmp/hub/$code/varsel.conf" "$@"
}

ctl() {
	varselctl -c "$tmp/hub/coordinator.conf" "$@"
}

sql() {
	psql -X -q -A -t -v ON_ERROR_STOP=1 "$(cat "$tmp/hub/postgres.url")" "$@"
}

# generate COUNT FROM: indicators, nine names to an address; no number gives one twice.
generate() {
	awk -v from="$2" -v n="$1" 'BEGIN {
		for (i = from; i < from + n; i++)
			if (i % 10)
				printf "host%d.bad-%d.example\n", i % 97, i
			else
				printf "45.%d.%d.%d\n", i / 65536 % 256, i / 256 % 256, i % 256
	}'
}

# addresses COUNT FROM: the same, of addresses alone.
addresses() {
	awk -v from="$2" -v n="$1" 'BEGIN {
		for (i = from; i < from + n; i++)
			printf "%d.%d.%d.%d\n", 45 + i / 16777216, i / 65536 % 256, i / 256 % 256, i % 256
	}'
}

# activate FILE: what it lists is approved.
activate() {
	ctl approve --reason bench --from "$1" >/dev/null
}

# clock COMMAND...: the seconds that it takes; `measure` is for programs, whose memory it
# tells, too.
clock() {
	local begin=$EPOCHREALTIME
	"$@"
	awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

# The median of the numbers on stdin, one a line.
median() {
	sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# row FORMAT VALUE...: a line of the table.
row() {
	local format=$1
	shift
	# shellcheck disable=SC2059 # it is the format
	printf "| $format |\n" "$@"
}

# ratio A B: A / B
ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { print (b > 0 ? sprintf("%.2f", a / b) : "-") }'
}

# wait_for URL: until a server that was just started answers there.
wait_for() {
	local i
	for ((i = 0; i < 200; i++)); do
		! curl -s -o /dev/null -m 5 "$1" || return 0
		sleep 0.05
	done
	echo "nothing answers on $1" >&2
	return 1
}

port_free() {
	local port
	while :; do
		port=$((10240 + (RANDOM << 15 | RANDOM) % 20000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}
