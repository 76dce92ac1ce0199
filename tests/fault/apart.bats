#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What is fetched from outside is read by a process that may change nothing that is enforced.
# The account of these tests is nobody, which every machine has; varsel enrol names one of its
# own.

setup_file() {
	load lib
	load hostile/lib
	evil_start
	printf '%s\n' evil.example 203.0.113.7 | ctl approve --reason test --from /dev/stdin
}

teardown_file() {
	load lib
	load hostile/lib
	evil_stop
}

setup() {
	load lib
	load hostile/lib
	evil_setup
	# Where that account may look, as it may on a machine in earnest.
	OPEN=$(mktemp -d /tmp/varsel.XXXXXX)
	chmod 755 "$OPEN"
	cp "$HUB/0101/key" "$HUB/0101/root.1" "$OPEN"
	mkdir "$OPEN/out"
	sed "s|$HUB/$ME/|$OPEN/|; s|^key = .*|key = \"$OPEN/key\"|; s|^root = .*|root = \"$OPEN/root.1\"|
		s|^state-dir|user = \"nobody\"\n&|" "$HUB/$ME/varsel.conf" >"$OPEN/varsel.conf"
	rm -f "$EVIL/uids"
}

teardown() {
	[ -z "${pulling:-}" ] || kill -KILL "$pulling" 2>/dev/null || true
	rm -rf "$OPEN"
}

me() {
	varsel -c "$OPEN/varsel.conf" "$@"
}

enforced() {
	grep -v '^#' "$OPEN/out/list-domain.txt"
}

# Sets $pulling, a pull that waits for a hub that stalls, and $child, the part of it that waits.
stall() {
	fault /checkpoint drip 1
	varsel -c "$OPEN/varsel.conf" pull 3>&- 2>"$BATS_TEST_TMPDIR/err" &
	pulling=$!
	timeout 20 bash -c "until ls -l /proc/\$(tr -d ' ' </proc/$pulling/task/$pulling/children)/fd |
		grep -q socket:; do :; done" 2>"$BATS_TEST_TMPDIR/waited"
	child=$(tr -d ' ' <"/proc/$pulling/task/$pulling/children")
}

@test "the part that talks to the hub taken over: it is another account's, and may write nothing that is enforced" {
	me pull
	[ "$(enforced)" = evil.example ]
	[ "$(sort -u "$EVIL/uids")" = "$(id -u nobody)" ]
	# Below these folders all is that account's, and nothing elsewhere is.
	[ "$(find "$OPEN" -user nobody -printf '%P\n' | cut -d/ -f1,2 | sort -u | paste -sd ' ')" = \
		'state/feed state/login state/sightings state/spool' ]
	[ -z "$(find "$OPEN"/state/{feed,login} ! -user nobody)" ]
	[ -z "$(find "$OPEN" -perm /022 ! -type l)" ]
	[ "$(stat -c %U "$OPEN/state/state.json" "$OPEN/state/enforced" "$OPEN/out/rpz.zone" | sort -u)" = root ]
	# The receipt, too, goes out that way; and what follows finds its files again.
	grep -q '^POST /v1/receipts 20' "$EVIL/log"
	ctl revoke --reason test evil.example
	me pull
	[ -z "$(enforced)" ]
	[ "$(sort -u "$EVIL/uids")" = "$(id -u nobody)" ]
	[ "$(me status --json | jq -r .hold)" = null ]
	ctl approve --reason test evil.example
}

@test "the part that talks to the hub taken over: what a person sends goes that way, too" {
	fault /v1/reports status '503 busy'
	run -75 me push <<<spooled.example
	[ "$(find "$OPEN/state/spool" -name '*.note' -user nobody | wc -l)" = 1 ]
	honest
	me pull
	[ -z "$(ls -A "$OPEN/state/spool")" ]
	me lookup spooled.example
	me token >"$BATS_TEST_TMPDIR/token"
	[ "$(sort -u "$EVIL/uids")" = "$(id -u nobody)" ]
}

@test "the part that talks to the hub taken over: it has no way back, and nobody's groups" {
	stall
	grep -qP "^Uid:(\t$(id -u nobody)){4}\$" "/proc/$child/status"
	grep -qP "^Gid:(\t$(id -g nobody)){4}\$" "/proc/$child/status"
	grep -qP "^Groups:\t$(id -g nobody) *\$" "/proc/$child/status"
	grep -qP '^NoNewPrivs:\t1$' "/proc/$child/status"
	grep -qP '^CapEff:\t0+$' "/proc/$child/status"
	# None of its parent's files, no lock above all.
	[ -z "$(find "/proc/$child/fd" -lname "$OPEN/*")" ]
	[ -n "$(find "/proc/$pulling/fd" -lname "$OPEN/state/lock")" ]
	# It ends with the one that it works for.
	kill -KILL "$pulling"
	timeout 20 bash -c "while [ -e /proc/$child ]; do :; done"
}

@test "the part that talks to the hub taken over: when it dies, what stands stays" {
	me pull
	[ "$(enforced)" = evil.example ]
	stall
	kill -KILL "$child"
	wait "$pulling" || status=$?
	[ "$status" -eq 70 ]
	grep -q 'the part that talks to the hub was killed by signal 9' "$BATS_TEST_TMPDIR/err"
	[ "$(enforced)" = evil.example ]
	honest
	me pull
}

@test "the part that talks to the hub taken over: it is ended when it is not done in time, and the next run works" {
	local status=0
	me pull
	sed -i 's|^state-dir|deadline = "8s"\n&|' "$OPEN/varsel.conf"
	stall
	kill -STOP "$child"
	wait "$pulling" || status=$?
	[ "$status" -eq 69 ]
	grep -q 'the part that talks to the hub was not done in 8 seconds and was ended' "$BATS_TEST_TMPDIR/err"
	[ ! -e "/proc/$child" ]
	[ "$(enforced)" = evil.example ]
	honest
	sed -i '/^deadline/d' "$OPEN/varsel.conf"
	ctl approve --reason test next.example
	me pull
	[ "$(enforced | paste -sd ' ')" = 'evil.example next.example' ]
	ctl revoke --reason test next.example
}

@test "the part that talks to the hub taken over: an account that is not there, or is root, is refused" {
	sed -i 's|^user = .*|user = "no-such-account"|' "$OPEN/varsel.conf"
	run -78 me pull
	[[ $output == *'there is no account "no-such-account"'* ]]
	sed -i 's|^user = .*|user = "root"|' "$OPEN/varsel.conf"
	run -78 me pull
	[[ $output == *'"root" is root'* ]]
	[ ! -e "$EVIL/uids" ]
}

@test "the part that talks to the hub taken over: files that it left as root are handed over once" {
	sed -i '/^user = /d' "$OPEN/varsel.conf"
	me pull
	[ -z "$(find "$OPEN" -user nobody)" ]
	sed -i 's|^state-dir|user = "nobody"\n&|' "$OPEN/varsel.conf"
	me pull
	[ -z "$(find "$OPEN/state/feed" ! -user nobody)" ]
	[ "$(enforced)" = evil.example ]
}

@test "the part that talks to the hub taken over: enrolment asks that way, too" {
	local link passwd=$BATS_TEST_TMPDIR/passwd
	ctl org add 0219 Hillerød
	link=$(ctl org link 0219)
	# An installation in earnest: below /etc, and with the account.
	sed '/^varsel:/d' /etc/passwd >"$passwd"
	echo "varsel:x:$(id -u nobody):$(id -g nobody)::/:/usr/sbin/nologin" >>"$passwd"
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c 'mount --bind "$1" /etc/passwd && mount -t tmpfs tmpfs /etc/opt &&
		varsel -c /etc/opt/varsel.conf enrol --state-dir "$2" "$3" && cp -a /etc/opt/* "$4"' \
		sh "$passwd" "$OPEN/enrolled" "http://127.0.0.1:$(cat "$EVIL/port")/enrol#${link#*#}" "$BATS_TEST_TMPDIR"
	grep -q '^user = "varsel"$' "$BATS_TEST_TMPDIR/varsel.conf"
	cmp "$BATS_TEST_TMPDIR/root.1" "$HUB/root.1"
	grep -q '^POST /v1/enrol 20' "$EVIL/log"
	[ "$(sort -u "$EVIL/uids")" = "$(id -u nobody)" ]
	[ -z "$(find "$BATS_TEST_TMPDIR" -maxdepth 1 -user nobody)" ]
}

@test "the part that talks to the hub taken over: what enrolment hands on is a channel and a name" {
	local link answer
	link=$(ctl org link 0219)
	for answer in '{"channel":"x\ny","name":"Hillerød"}' '{"channel":"x","name":"a\u001b[2Jb"}' '{"channel":"x","name":"a\nb"}' \
		'{"channel":"","name":"x"}' "{\"channel\":\"x\",\"name\":\"$(printf '%02000d' 0)\"}" '{"channel":1}' '' '[]'; do
		lie v1/enrol <<<"$answer"
		run varsel -c "$OPEN/new/varsel.conf" enrol --state-dir "$OPEN/enrolled" \
			"http://127.0.0.1:$(cat "$EVIL/port")/enrol#${link#*#}"
		[ "$status" -eq 65 ]
		[[ $output == *enrolment:* ]]
		[ ! -e "$OPEN/new/varsel.conf" ]
	done
}
