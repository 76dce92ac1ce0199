#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What is installed on real machines: units, cron, the proxy and the resolvers' snippets,
# each judged by the program that will read it.
# shellcheck disable=SC2030,SC2031 # every @test is a subshell of its own

setup_file() {
	load lib
	# shellcheck disable=SC2153 # lib.bash sets it
	make -s --no-print-directory -C "$ROOT" install DESTDIR="$BATS_FILE_TMPDIR/root" PREFIX=/usr
}

setup() {
	load lib
	root=$BATS_FILE_TMPDIR/root
	scratch=$BATS_TEST_TMPDIR
}

zone() {
	cat <<-'ZONE'
		$TTL 60
		@ SOA localhost. root.localhost. 1 60 60 60 60
		@ NS localhost.
		evil.example CNAME .
		*.evil.example CNAME .
	ZONE
}

@test "make install puts every part in its place" {
	local f
	for f in usr/bin/varsel usr/bin/varselctl usr/sbin/varseld \
		usr/share/man/man1/varsel.1 usr/share/man/man1/varselctl.1 \
		usr/share/man/man8/varseld.8 usr/share/man/man5/varsel.conf.5 \
		usr/lib/systemd/system/varseld.service usr/lib/systemd/system/varsel-pull.timer \
		usr/lib/systemd/system/varsel-follow.service \
		usr/lib/systemd/system/varsel-pull.service usr/lib/systemd/system/varseld-retain.timer \
		usr/lib/sysusers.d/varseld.conf usr/lib/sysusers.d/varsel.conf \
		usr/lib/tmpfiles.d/varsel.conf etc/cron.d/varsel \
		usr/share/varsel/nginx/varsel.conf usr/share/varsel/unbound/varsel.conf \
		usr/share/varsel/bind/varsel-zone.conf usr/share/varsel/examples/varseld.conf; do
		[ -s "$root/$f" ] || {
			echo "missing: $f"
			return 1
		}
	done
	[ "$(stat -c %a "$root/usr/sbin/varseld")" = 755 ]
	run ! grep -rn '@[a-z]*bindir@' "$root/usr/lib" "$root/etc"
}

@test "systemd takes the units" {
	# The programs are where the units look for them, but below the test's folder.
	mkdir "$scratch/units"
	cp "$root"/usr/lib/systemd/system/varsel* "$scratch/units"
	sed -i "s,=\(+\{0\,1\}\)/usr/,=\1$root/usr/," "$scratch"/units/*.service
	systemd-analyze verify --man=no "$scratch"/units/* 2>&1 | tee "$scratch/out"
	run ! grep -i varsel "$scratch/out"
}

@test "the units are as closed as docs/architecture.md says" {
	local unit figure
	for unit in "$root"/usr/lib/systemd/system/varsel*.service; do
		figure=$(sed -n "s/^| \`${unit##*/}\` | \([0-9]\.[0-9]\) |.*/\1/p" "$ROOT/docs/architecture.md")
		[ -n "$figure" ] || {
			echo "${unit##*/} has no row there"
			return 1
		}
		systemd-analyze security --offline=true --threshold="$((10#${figure/./}))" --no-pager "$unit"
	done
}

@test "systemd-sysusers and systemd-tmpfiles take their files" {
	mkdir -p "$root/etc"
	systemd-sysusers --root="$root" "$root"/usr/lib/sysusers.d/{varsel,varseld}.conf
	grep -q '^varseld:' "$root/etc/passwd"
	grep -q '^varsel:' "$root/etc/passwd"
	grep -q '^root:' "$root/etc/passwd" || echo 'root:x:0:0::/:/bin/sh' >>"$root/etc/passwd"
	grep -q '^root:' "$root/etc/group" || echo 'root:x:0:' >>"$root/etc/group"
	systemd-tmpfiles --root="$root" --create "$root/usr/lib/tmpfiles.d/varsel.conf"
	[ "$(stat -c %a "$root/var/lib/varseld")" = 700 ]
}

@test "the cron file has one job, run by root, that names an installed program" {
	local job
	job=$(grep -E '^[*0-9]' "$root/etc/cron.d/varsel")
	[ "$(wc -l <<<"$job")" -eq 1 ]
	[[ $job =~ ^\*/5\ \*\ \*\ \*\ \*\ root\ .*/usr/bin/varsel\ pull\ --jitter\ 60$ ]]
	# cron reads no line that does not end.
	[ -z "$(tail -c1 "$root/etc/cron.d/varsel")" ]
	sh -n <<<"${job#*root }"
}

# A sample is read without complaint; the same with one option more is not.
reads() {
	local program=$1 conf=$2
	shift 2
	run "$ROOT/build/$program" -c "$conf" "$@"
	[[ $output != *"$conf:"* ]]
	{
		cat "$conf"
		echo 'surprise = 1'
	} >"$scratch/broken.conf"
	run "$ROOT/build/$program" -c "$scratch/broken.conf" "$@"
	[ "$status" -eq 78 ]
	[[ $output == *"$scratch/broken.conf:"*"no such option 'surprise'"* ]]
}

@test "the programs take the sample configurations" {
	local examples=$root/usr/share/varsel/examples
	reads varseld "$examples/varseld.conf" check
	reads varsel "$examples/varsel.conf" status
	reads varselctl "$examples/ctl.conf" list
}

@test "unbound-checkconf takes the snippet" {
	sed "s|/var/lib/varsel|$scratch|" "$root/usr/share/varsel/unbound/varsel.conf" \
		>"$scratch/varsel.conf"
	cat >"$scratch/unbound.conf" <<-CONF
		server:
			chroot: ""
			directory: "$scratch"
		include: "$scratch/varsel.conf"
	CONF
	zone >"$scratch/rpz.zone"
	unbound-checkconf "$scratch/unbound.conf"
}

@test "named-checkconf takes the two halves" {
	sed "s|/var/lib/varsel|$scratch|" "$root/usr/share/varsel/bind/varsel-zone.conf" \
		>"$scratch/zone.conf"
	zone >"$scratch/rpz.zone"
	cat >"$scratch/named.conf" <<-CONF
		options {
			directory "$scratch";
			include "$root/usr/share/varsel/bind/varsel-options.conf";
		};
		include "$scratch/zone.conf";
	CONF
	named-checkconf -z "$scratch/named.conf"
}
