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

# Another database with the hub's schema, of the hub's own PostgreSQL; $beside is its address.
beside_make() {
	local owner super
	owner=$(cat "$tmp/hub/postgres.url")
	super=${owner/user=varsel/user=postgres}
	beside=${super/varsel?/beside?}
	psql -X -q "$super" -c 'CREATE DATABASE beside OWNER varsel'
	pg_dump -s "$super" | psql -X -q -v ON_ERROR_STOP=1 "$beside" >/dev/null
}

# Who sends reports, all at once.
reporters=(0101 0147 0151 0153 0155 0157 0159 0161)

# reports_sign FILE NAME SIZE: reports of so many lines of that list, from each an eighth, and
# how curl posts them: $tmp/NAME.ORG.curl.
reports_sign() {
	local i org note token
	for ((i = 0; i < 8; i++)); do
		org=${reporters[i]} token=$(as "${reporters[i]}" token)
		rm -rf "${tmp:?}/$2.$org"
		mkdir "$tmp/$2.$org"
		awk -v i="$i" 'NR % 8 == i' "$1" | split -a 3 -l "$3" - "$tmp/$2.$org/"
		for note in "$tmp/$2.$org"/*; do
			as "$org" sign "$note" >"$note.note"
			curl_post reports "$token" text/plain "$note.note"
		done | tail -n +2 >"$tmp/$2.$org.curl"
	done
}

# curl_post RESOURCE TOKEN TYPE FILE: what curl reads to do so; without its first line that is
# the first of several.
curl_post() {
	cat <<-CURL
		next
		url = "$(hub_url)/v1/$1"
		header = "Authorization: Bearer $2"
		header = "Content-Type: $3"
		data-binary = "@$4"
		output = "/dev/null"
		write-out = "%{http_code}\n"
	CURL
}

# posts NAME ORG...: what all of these do at once; every answer must be 200 or 201.
posts() {
	local org
	for org in "${@:2}"; do
		curl -sS -K "$tmp/$1.$org.curl" >"$tmp/$1.$org.codes" &
		posting+=($!)
	done
	wait "${posting[@]}"
	posting=()
	! cat "$tmp/$1".*.codes | grep -vE '^20[01]$' >&2
}
posting=()

reports_post() {
	posts "$1" "${reporters[@]}"
}

# rate N: N in the median of the seconds on stdin
rate() {
	awk -v n="$1" -v s="$(median)" 'BEGIN { printf "%d", n / s }'
}
