# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# A receiver of alerts, for the tests that want one. What it saw is in $ALERTS/log.
ALERTS=$BATS_FILE_TMPDIR/alerts

# receiver_start [EVENT...]: a receiver, and a hub that tells it those events; in a file's
# setup_file, behind hub_start. More lines for varseld.conf come on standard input.
receiver_start() {
	local private events
	private=$(cat "$HUB/private")
	mkdir "$ALERTS"
	# shellcheck source=deploy/lib.bash
	. "$ROOT/deploy/lib.bash"
	openssl rand -hex 32 | tee "$ALERTS/secret" | as_service tee "$private/secret" >/dev/null
	as_service chmod 600 "$private/secret"
	: >"$ALERTS/log"
	python3 "$ROOT/tests/integration/receiver.py" "$ALERTS/secret" "$ALERTS" 3>&- &
	echo $! >"$ALERTS/pid"
	until_true [ -f "$ALERTS/port" ]
	events=$(printf '"%s", ' "$@")
	{
		cat "$HUB/varseld.conf" -
		echo 'webhook soc {'
		echo "url = \"http://127.0.0.1:$(cat "$ALERTS/port")/varsel\""
		echo "secret = \"$private/secret\""
		[ $# = 0 ] || echo "events = {${events%, }}"
		echo '}'
	} | as_service tee "$private/varseld.conf.new" >/dev/null
	as_service mv "$private/varseld.conf.new" "$private/varseld.conf"
	devhub restart "$HUB"
	# The hub that leads has said whom it tells.
	until_true receiver_known
}

receiver_known() {
	[ "$(sql "SELECT count(*) FROM receiver WHERE name = 'webhook soc'")" = 1 ]
}

receiver_stop() {
	[ ! -f "$ALERTS/pid" ] || kill "$(cat "$ALERTS/pid")"
}

# alerts HOW [KIND]: the bodies of those that ended so.
alerts() {
	awk -F'\t' -v how="$1" -v kind="${2:-}" '$1 == how && (kind == "" || $3 == kind) { print $4 }' \
		"$ALERTS/log"
}

# are_alerts HOW N: there are so many.
are_alerts() {
	[ "$(alerts "$1" | wc -l)" = "$2" ]
}

# The hub dies at once, as by a power cut, and starts again.
hub_kill() {
	local pid
	read -r pid <"$HUB/varseld.pid"
	kill -KILL "$pid"
	until_true eval "! readlink /proc/$pid/exe >/dev/null"
}
