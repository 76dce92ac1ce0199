# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# nginx in front of a test's hub, with the site that is installed.

# shellcheck source=tests/integration/lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.bash"

# front_make: its folder, and ports for TLS and for plain HTTP.
front_make() {
	export FRONT=$BATS_FILE_TMPDIR/front
	export PORT PLAIN
	PORT=$(port_free)
	PLAIN=$(port_free)
	mkdir -p "$FRONT"
}

# front [OPTION...]: nginx.
front() {
	nginx -p "$FRONT" -c "$FRONT/nginx.conf" -e "$FRONT/error.log" "$@"
}

front_stop() {
	if [ -s "$BATS_FILE_TMPDIR/front/nginx.pid" ]; then
		kill "$(cat "$BATS_FILE_TMPDIR/front/nginx.pid")"
	fi
}

# site PORT: the site as it is installed, for the hub on that port, on ports, paths of the test's own.
site() {
	sed -e "/listen \[::\]/d" -e "s/listen 80;/listen 127.0.0.1:$PLAIN;/" \
		-e "s/listen 443 /listen 127.0.0.1:$PORT /" -e "s|/etc/ssl/varsel|$FRONT|" \
		-e "s|/var/log/nginx|$FRONT|" -e "s/127.0.0.1:8440/127.0.0.1:$1/" \
		"$ROOT/deploy/nginx/varsel.conf" >"$FRONT/varsel.site"
	cat >"$FRONT/nginx.conf" <<-CONF
		pid $FRONT/nginx.pid;
		worker_processes 1;
		events { worker_connections 256; }
		http {
			client_body_temp_path $FRONT/body;
			proxy_temp_path $FRONT/proxy;
			fastcgi_temp_path $FRONT/fastcgi;
			uwsgi_temp_path $FRONT/uwsgi;
			scgi_temp_path $FRONT/scgi;
			include $FRONT/*.site;
		}
	CONF
}
