#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The database goes and comes, and so does the hub, under load. What the hub took is counted
# by those who sent it, and compared with the database.

setup_file() {
	load lib
	hub_start
	enrol 0101 'København' 0751 Aarhus 0461 Odense 0851 Aalborg 0561 Esbjerg
}

teardown_file() {
	load lib
	hub_stop
}

setup() {
	load lib
	url=$(hub_url)
	tmp=$BATS_TEST_TMPDIR
	pids=()
}

# What a test started ends with it.
teardown() {
	local pid
	: >"$tmp/stop"
	for pid in "${pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

# ready URL STATUS: waits until /readyz answers so, at most half a minute.
ready() {
	local end=$((SECONDS + 30))
	until [ "$(curl -s -o /dev/null -w '%{http_code}' "$1/readyz")" = "$2" ]; do
		[ "$SECONDS" -lt "$end" ] || {
			echo "$1/readyz does not answer $2"
			return 1
		}
	done
}

# checkpoint: size and root, as 0101 reads them.
checkpoint() {
	curl -sSf -H "Authorization: Bearer $(as 0101 token --scope feed)" \
		"$url/v1/feed/kommuner/checkpoint" | sed -n 2,3p
}

# As the hub's user.
service() {
	if [ "$(id -u)" -eq 0 ]; then
		set -- setpriv --reuid postgres --regid postgres --init-groups "$@"
	fi
	exec "$@"
}

hub_kill() {
	kill -KILL "$(cat "$HUB/varseld.pid")"
}

# PostgreSQL as a power cut leaves it: the first process and all that it started.
database_kill() {
	local first
	first=$(head -n 1 "$(cat "$HUB/private")/data/postmaster.pid")
	# shellcheck disable=SC2046 # one word for each process
	kill -KILL "$first" $(pgrep -P "$first")
	timeout 20 bash -c "while kill -0 $first 2>/dev/null; do :; done"
}

# pushes CODE: one report after the other, until told to stop. A report is in `accepted` when
# the hub said so, in `spooled` when it did not answer.
pushes() {
	local n=0 value status
	while [ ! -e "$tmp/stop" ]; do
		n=$((n + 1)) status=0
		value=r$BATS_TEST_NUMBER-$1-$n.example
		echo "$value" >>"$tmp/sent.$1"
		as "$1" push <<<"$value" 2>"$tmp/said.$1" || status=$?
		case $status in
		0) echo "$value" >>"$tmp/accepted" ;;
		75) echo "$value" >>"$tmp/spooled" ;;
		*) echo "push of $value: $status: $(cat "$tmp/said.$1")" >>"$tmp/wrong" ;;
		esac
	done
}

# approvals: the same with decisions. One that was not answered may be logged or not.
approvals() {
	local n=0 value
	while [ ! -e "$tmp/stop" ]; do
		n=$((n + 1))
		value=d$BATS_TEST_NUMBER-$n.example
		if ctl approve "$value" --reason load >/dev/null 2>&1; then
			echo "$value" >>"$tmp/decided"
		fi
	done
}

# pulls: a municipality that follows. Unreachable is no news; a log that is not the one
# followed so far is what must never be.
pulls() {
	local status
	while [ ! -e "$tmp/stop" ]; do
		status=0
		as 0561 pull 2>"$tmp/said.pull" || status=$?
		case $status in
		0 | 69 | 75) ;;
		*) echo "pull: $status: $(cat "$tmp/said.pull")" >>"$tmp/wrong" ;;
		esac
	done
}

load_start() {
	local code
	: >"$tmp/accepted"
	: >"$tmp/spooled"
	for code in 0101 0751 0461 0851; do
		pushes "$code" 3>&- &
		pids+=($!)
	done
	approvals 3>&- &
	pids+=($!)
	pulls 3>&- &
	pids+=($!)
}

# accepts MORE: waits until so many more reports were taken.
accepts() {
	local want=$(($(wc -l <"$tmp/accepted") + $1)) end=$((SECONDS + 60))
	while [ "$(wc -l <"$tmp/accepted")" -lt "$want" ]; do
		[ "$SECONDS" -lt "$end" ] || {
			echo "no report is taken any more"
			cat "$tmp"/said.* || true
			return 1
		}
	done
}

# Ends the load, sends what waits, and counts.
load_end() {
	local code lost duplicated
	: >"$tmp/stop"
	wait "${pids[@]}"
	pids=()
	for code in 0101 0751 0461 0851; do
		as "$code" pull
		[ "$(as "$code" status --json | jq .spool)" = 0 ]
	done
	[ ! -e "$tmp/wrong" ] || {
		cat "$tmp/wrong"
		return 1
	}
	sort "$tmp"/sent.* >"$tmp/sent"
	sql "SELECT value FROM indicator JOIN report_indicator ON indicator_id = id
		WHERE value LIKE 'r$BATS_TEST_NUMBER-%' ORDER BY value" >"$tmp/stored"
	lost=$(sort "$tmp/accepted" | comm -23 - "$tmp/stored" | wc -l)
	duplicated=$(uniq -d "$tmp/stored" | wc -l)
	figure accepted "$(wc -l <"$tmp/accepted")"
	figure lost "$lost"
	figure duplicated "$duplicated"
	[ "$lost" -eq 0 ]
	[ "$duplicated" -eq 0 ]
	# What waited in a spool came, too.
	sort -u "$tmp/stored" | same "$tmp/sent" -
}

# The log has no gap, holds each decision that was answered, and a client that followed can
# verify it as well as one that begins anew.
log_is_whole() {
	local size
	size=$(sql 'SELECT size FROM log')
	[ "$(sql 'SELECT count(*), max(index) + 1, min(index) FROM statement')" = "$size|$size|0" ]
	[ "$(sql 'SELECT count(*) FROM checkpoint WHERE size > (SELECT size FROM log)')" = 0 ]
	as 0561 pull
	as 0561 status --json | jq -e ".hold == null and .size == $size"
	rm -rf "$HUB/0851/state/feed"
	as 0851 pull
	out 0851 list-domain.txt | same - <(out 0561 list-domain.txt)
	[ ! -s "$tmp/decided" ] ||
		[ -z "$(sort "$tmp/decided" | comm -23 - <(out 0561 list-domain.txt | sort))" ]
}

# hub_killed TIMES: at moments that a seed decides, each after some more reports.
hub_killed() {
	local n seed=${VARSEL_SEED:-20261125}
	echo "VARSEL_SEED=$seed"
	RANDOM=$seed
	load_start
	for ((n = 0; n < $1; n++)); do
		accepts $((RANDOM % 4))
		hub_kill
		devhub resume "$HUB"
	done
	figure kills "$1"
	load_end
	log_is_whole
}

# database_killed TIMES
database_killed() {
	local n seed=${VARSEL_SEED:-20261125}
	echo "VARSEL_SEED=$seed"
	RANDOM=$seed
	load_start
	for ((n = 0; n < $1; n++)); do
		accepts $((1 + RANDOM % 8))
		database_kill
		embedded-postgres resume "$HUB"
	done
	figure kills "$1"
	ready "$url" 200
	accepts 1
	load_end
	log_is_whole
}

@test "database killed mid-request, restarted: without it the feed flows, and the rest says when to come again" {
	printf 'evil.example\n203.0.113.7\n' | as 0101 push
	ctl approve --all --until 30d
	as 0751 pull
	[ "$(out 0751 list-domain.txt)" = evil.example ]
	get 0101 '/v1/lookup?value=evil.example' >/dev/null
	status_is 200
	token=$(as 0101 token)
	embedded-postgres halt "$HUB"
	as 0751 pull
	run -0 curl -sS -D- -H "Authorization: Bearer $token" "$url/v1/lookup?value=evil.example"
	[[ $output == 'HTTP/1.1 503 '* ]]
	[[ ${output,,} == *'retry-after: '[1-9]* ]]
	[[ $output == *'"slug":"database"'* ]]
	# What PostgreSQL said is for the log alone.
	[[ $output != *socket* ]]
	grep -q 'GET /v1/lookup.* 503 database .*socket' "$HUB/varseld.log"
	ready "$url" 503
	curl -sSf "$url/healthz"
	curl -sSf "$url/v1/root/1" | head -n1 | grep -qx varsel/root/v1
	run -75 as 0101 push <<<'later.example'
	embedded-postgres resume "$HUB"
	ready "$url" 200
	# Ready is who has one connection again; the others follow.
	timeout 30 bash -c "until varsel -c '$HUB/0101/varsel.conf' pull; do sleep 0.1; done"
	as 0101 push <<<'later.example'
	[ "$(sql "SELECT count(*) FROM indicator WHERE value = 'later.example'")" = 1 ]
	ctl approve later.example --until 30d
	as 0751 pull
	out 0751 list-domain.txt | grep -qx later.example
}

# bats test_tags=slow
@test "database killed mid-request, restarted: under load, twice; nothing is lost, nothing comes twice" {
	database_killed 2
}

# bats test_tags=slow
@test "database killed mid-request, restarted: under load, ten times" {
	database_killed 10
}

@test "hub SIGKILLed at any moment: what it answered is there, and it starts by itself" {
	local before
	before=$(checkpoint)
	hub_kill
	devhub resume "$HUB"
	ready "$url" 200
	[ "$(checkpoint)" = "$before" ]
}

@test "hub SIGKILLed at any moment: at each change of its head file, between what is stored and what is signed" {
	local n=0 kills=0 private pid status size
	make --no-print-directory -s -C "$ROOT" build/tests/fault/step
	private=$(cat "$HUB/private")
	install -m 755 "$ROOT/build/tests/fault/step" "$private/step"
	while [ "$n" -lt 5 ]; do
		n=$((n + 1))
		devhub halt "$HUB"
		(service "$private/step" "$n" "$private/varseld" -c "$private/varseld.conf" run) \
			>"$tmp/step" 2>>"$HUB/varseld.log" 3>&- &
		pid=$!
		pids=("$pid")
		ready "$url" 200
		run ! ctl approve "stepped-$n.example" --reason test
		status=0
		wait "$pid" || status=$?
		pids=()
		cat "$tmp/step"
		[ "$status" -eq 9 ]
		kills=$((kills + 1))
		# Nothing was signed that the head file does not know.
		size=$(sed -n 's/^size //p' "$private/state/head")
		[ "$(sql 'SELECT max(size) FROM checkpoint')" -le "$size" ]
		devhub resume "$HUB"
		as 0561 pull
		# It was stored before it was cut off, so it is in the log that is signed now.
		[ "$(out 0561 list-domain.txt | grep -c "^stepped-$n.example\$")" = 1 ]
		log_is_whole
	done
	figure kills "$kills"
}

# bats test_tags=slow
@test "hub SIGKILLed at any moment: under load, ten times; nothing is lost, nothing comes twice" {
	hub_killed 10
}

# bats test_tags=slow
@test "hub SIGKILLed at any moment: under load, 200 times" {
	hub_killed 200
}

@test "two hubs on one database: the second waits, and takes over with the same log" {
	local private port second pid before feed leads
	leads() {
		sql "SELECT count(*) FROM audit WHERE action = 'lead'"
	}
	before=$(checkpoint)
	leads=$(leads)
	feed=$(as 0101 token --scope feed)
	private=$(cat "$HUB/private")
	port=$(port_free)
	second=http://127.0.0.1:$port
	sed -e "s/^listen = .*/listen = \"127.0.0.1:$port\"/" -e 's/^metrics-listen = .*/metrics-listen = ""/' \
		"$private/varseld.conf" >"$tmp/second.conf"
	install -m 644 "$tmp/second.conf" "$private/second.conf"
	(service "$private/varseld" -c "$private/second.conf" run) 2>"$tmp/second.log" 3>&- &
	pid=$!
	pids=("$pid")
	timeout 20 bash -c "until grep -q serves '$tmp/second.log'; do kill -0 $pid; done"
	# It has tried, and found the other.
	timeout 20 bash -c "until curl -sS '$second/readyz' | grep -q 'another hub has it'; do kill -0 $pid; done"
	[ "$(leads)" = "$leads" ]
	hub_kill
	ready "$second" 200
	[ "$(curl -sSf -H "Authorization: Bearer $feed" "$second/v1/feed/kommuner/checkpoint" |
		sed -n 2,3p)" = "$before" ]
	kill -TERM "$pid"
	wait "$pid"
	pids=()
	devhub resume "$HUB"
	ready "$url" 200
	ctl approve after.example --until 30d
	as 0751 pull
	out 0751 list-domain.txt | grep -qx after.example
	log_is_whole
}

@test "restored from an old backup: nothing is signed, and the log says how to recover" {
	local data
	data=$(cat "$HUB/private")/data
	embedded-postgres halt "$HUB"
	cp -a "$data" "$data.old"
	embedded-postgres resume "$HUB"
	ready "$url" 200
	ctl approve signed.example --reason test
	as 0561 pull
	devhub halt "$HUB"
	embedded-postgres halt "$HUB"
	mv "$data" "$data.new"
	mv "$data.old" "$data"
	embedded-postgres resume "$HUB"
	run ! devhub resume "$HUB"
	grep -q 'refusing to sign.*restored from an old backup.*restore a newer one' "$HUB/varseld.log"
	grep -q 'refusing to sign.*entries are missing' "$HUB/varseld.log"
	run as 0561 pull
	[ "$status" -eq 69 ]
	out 0561 list-domain.txt | grep -qx signed.example
	embedded-postgres halt "$HUB"
	mv "$data" "$data.old"
	mv "$data.new" "$data"
	embedded-postgres resume "$HUB"
	devhub resume "$HUB"
	as 0561 pull
	log_is_whole
}
