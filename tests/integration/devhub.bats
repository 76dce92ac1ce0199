#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The throwaway hub itself: it keeps its promises about files, users and processes.

setup() {
	load lib
	cd "$BATS_TEST_TMPDIR" || return 1
	dir=$BATS_TEST_TMPDIR/hub
}

teardown() {
	if [ -f "$dir/private" ]; then
		devhub stop "$dir"
	fi
	if [ -n "${home:-}" ]; then
		rm -rf "$home"
	fi
}

# No process of that private folder, and no folder.
gone() {
	[ ! -e "$1" ]
	run ! pgrep -f "$1"
}

@test "start and stop: the files, a relative folder, others' files" {
	local private f
	mkdir hub
	echo mine >hub/notes.txt
	devhub start hub
	for f in hub.url log.vkey coordinator.vkey varseld.conf coordinator.conf postgres.url; do
		[ -s "hub/$f" ]
	done
	private=$(cat hub/private)
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$(cat hub/hub.url)/readyz")" = 200 ]
	[ "$(psql -X -A -t "$(cat hub/postgres.url)" -c 'SELECT count(*) FROM org')" = 0 ]
	[[ $(cat hub/log.vkey) == devhub.varsel.test/feed/kommuner+* ]]
	[[ $(cat hub/coordinator.vkey) == devhub.varsel.test/coordinator/* ]]
	if [ "$(id -u)" -eq 0 ]; then
		[ "$(ps -o user= -p "$(cat hub/varseld.pid)")" = postgres ]
	fi
	# The keys are the hub's user's alone.
	[ -z "$(find "$private/state" -type f -name '*.key' -perm /077)" ]
	run ! devhub start hub
	[[ $output == *'already holds a hub'* ]]
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$(cat hub/hub.url)/readyz")" = 200 ]
	devhub stop hub
	gone "$private"
	[ "$(cat hub/notes.txt)" = mine ]
	run ! devhub stop hub
	[[ $output == *'no hub that was started here'* ]]
	# And again in the same folder.
	devhub start hub
}

@test "enrol: a client whose outputs are files below DIR/CODE/out" {
	local f
	devhub start "$dir"
	devhub enrol "$dir" 0101 'København'
	[ "$(sql 'SELECT name FROM org')" = København ] || HUB=$dir sql 'SELECT name FROM org'
	varsel -c "$dir/0101/varsel.conf" pull
	for f in list-ip.txt list-domain.txt list-url.txt rpz.zone varsel.nft; do
		[ -s "$dir/0101/out/$f" ]
	done
	[ "$(stat -c %a "$dir/0101/key")" = 600 ]
	run ! devhub enrol "$dir" 0101 'København'
	[[ $output == *'enrolled already'* ]]
	run ! devhub enrol "$dir" ../x Elsewhere
	[[ $output == *'CODE ../x'* ]]
	# Nothing is loaded into this machine's kernel.
	run ! nft list table inet varsel
}

@test "two coordinators: the root asks for both" {
	devhub start "$dir" --coordinators 2
	[ -s "$dir/coordinator2.conf" ]
	[ -s "$dir/coordinator2.vkey" ]
	grep -qx 'threshold coordinator 2' "$dir/root.1"
	devhub stop "$dir"
	devhub start "$dir" --coordinators 2 --threshold 1
	grep -qx 'threshold coordinator 1' "$dir/root.1"
}

@test "--port: that port, and a clear refusal when it is taken" {
	local port
	port=$(port_free)
	devhub start "$dir" --port "$port"
	[ "$(cat "$dir/hub.url")" = "http://127.0.0.1:$port" ]
	run ! devhub start "$BATS_TEST_TMPDIR/other" --port "$port"
	[[ $output == *"--port $port: another program listens there"* ]]
	[ ! -e "$BATS_TEST_TMPDIR/other/private" ]
	run ! devhub start "$BATS_TEST_TMPDIR/other" --port 70000
	[[ $output == *'--port 70000: not a port'* ]]
	run ! devhub start "$BATS_TEST_TMPDIR/other" --prot 1
	[[ $output == *'--prot: no such option'* ]]
}

@test "a start that fails says why and leaves nothing" {
	local private
	mkdir fake
	ln -s "$ROOT"/build/varsel{,ctl} fake/
	printf '#!/bin/sh\necho "the hub is broken" >&2\nexit 1\n' >fake/varseld
	chmod +x fake/varseld
	run ! env VARSEL_BUILD="$PWD/fake" devhub start "$dir"
	[[ $output == *'the hub is broken'* ]]
	[[ $output == *"no hub was started in $dir"* ]]
	[ -z "$(ls -A "$dir")" ]
}

@test "a start that is interrupted leaves nothing" {
	local pid private i
	# The hub hangs where it should become ready.
	mkdir fake
	ln -s "$ROOT"/build/varsel{,ctl} fake/
	gcc -x c -o fake/varseld - <<-C
		#include <string.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			if (strcmp(argv[argc - 1], "run") == 0)
				for (;;)
					pause();
			execv("$ROOT/build/varseld", argv);
			return 1;
		}
	C
	chmod 755 "$ROOT/build/varseld"
	VARSEL_BUILD="$PWD/fake" devhub start "$dir" 3>&- &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		[ ! -s "$dir/varseld.pid" ] || break
		sleep 0.1
	done
	private=$(cat "$dir/private")
	kill -TERM "$pid"
	! wait "$pid" || return 1
	gone "$private"
	[ -z "$(ls -A "$dir")" ]
}

@test "stop ends no process but its own" {
	local stranger private
	devhub start "$dir"
	private=$(cat "$dir/private")
	devhub halt "$dir"
	sleep 300 3>&- &
	stranger=$!
	echo "$stranger" >"$dir/varseld.pid"
	devhub stop "$dir"
	kill -0 "$stranger"
	kill "$stranger"
	gone "$private"
}

@test "a hub that was killed is cleaned up all the same" {
	local private
	devhub start "$dir"
	private=$(cat "$dir/private")
	kill -KILL "$(cat "$dir/varseld.pid")"
	devhub stop "$dir"
	gone "$private"
}

@test "as a normal user" {
	local private
	[ "$(id -u)" -eq 0 ] || {
		echo 'only root can become another user here'
		return 1
	}
	# A home that only that user can enter, with the programs in it.
	home=$(mktemp -d /tmp/varsel.home.XXXXXX)
	mkdir "$home/build"
	cp -r "$ROOT/deploy" "$home"
	cp "$ROOT"/build/varsel{,ctl,d} "$home/build"
	chown -R nobody "$home"
	chmod 700 "$home"
	runuser -u nobody -- env HOME="$home" "$home/deploy/devhub" start "$home/hub"
	private=$(cat "$home/hub/private")
	[ "$(stat -c %U "$private")" = nobody ]
	runuser -u nobody -- "$home/deploy/devhub" enrol "$home/hub" 0101 København
	runuser -u nobody -- "$home/build/varsel" -c "$home/hub/0101/varsel.conf" pull
	runuser -u nobody -- psql -X "$(cat "$home/hub/postgres.url")" -c 'SELECT 1'
	runuser -u nobody -- "$home/deploy/devhub" stop "$home/hub"
	gone "$private"
}

@test "run: in the foreground until it is interrupted" {
	local pid private i
	# bash starts background jobs with SIGINT ignored; env undoes that.
	env --default-signal=INT devhub run "$dir" >out.txt 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		! grep -q 'The hub answers' out.txt || break
		sleep 0.1
	done
	private=$(cat "$dir/private")
	kill -INT "$pid"
	wait "$pid" || {
		echo "exit $?"
		cat out.txt
		return 1
	}
	gone "$private"
}
