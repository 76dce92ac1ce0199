# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Shared by embedded-postgres and devhub: the private folder of a throwaway hub, and the
# user that owns it. PostgreSQL refuses to run as root, and the user that it then runs as
# may not enter the caller's folder (/root is closed); so all that the services need is kept
# in a folder of their own, and the caller's folder only holds its path, in `private`.

# Not every user's PATH has the administrator's programs.
PATH=$PATH:/usr/sbin:/sbin

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

service_user() {
	if [ "$(id -u)" -eq 0 ]; then echo postgres; else id -un; fi
}

# Replaces the process, so that the pid is the service's own. What the caller left open is
# closed: a service must not keep a pipe that somebody waits on.
exec_as_service() {
	local fd
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || eval "exec $fd>&-"
	done
	cd / || exit 1
	if [ "$(id -u)" -ne 0 ]; then
		exec "$@"
	fi
	exec setpriv --reuid=postgres --regid=postgres --init-groups --inh-caps=-all \
		env HOME=/tmp "$@"
}

as_service() {
	(exec_as_service "$@")
}

private_new() {
	local path
	path=$(as_service mktemp -d /tmp/varsel.XXXXXX) || return 1
	echo "$path" >"$1/private"
	echo "$path"
}

# Prints the path that DIR/private holds, after a look at whether it is one of ours: it is
# about to be trusted with keys, and later removed as a whole.
private_path() {
	local path=
	if ! { [ -f "$1/private" ] && read -r path <"$1/private"; }; then
		echo "${0##*/}: $1 holds no hub that was started here" >&2
		return 1
	fi
	if ! [[ $path =~ ^/tmp/varsel\.[A-Za-z0-9]{6}$ ]] || [ -L "$path" ] ||
		[ "$(stat -c '%U %a' "$path" 2>/dev/null)" != "$(service_user) 700" ]; then
		echo "${0##*/}: $1/private names $path, which is not a private folder of" \
			"$(service_user) (any more)" >&2
		return 1
	fi
	echo "$path"
}

# Whether DIR/private still names something that may be in use.
private_exists() {
	local path=
	[ -f "$1/private" ] && read -r path <"$1/private" && [ -n "$path" ] && [ -e "$path" ]
}
