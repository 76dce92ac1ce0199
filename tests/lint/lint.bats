#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The checks themselves: each must fail on the fault that it is there for, in a small tree
# that is otherwise clean.

setup() {
	bats_require_minimum_version 1.5.0
	here=$BATS_TEST_DIRNAME
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p tests common server/api server/core server/db client/agent/output client/ctl
	cp -r "$here" tests/lint
	cp "$here/../../.clang-format" .
	put common/slice.h '#ifndef S_H' '#define S_H' '#include <stddef.h>' \
		'size_t slice_n(size_t n);' '#endif'
	put server/api/orgs.c '#include "common/slice.h"' '' 'size_t slice_n(size_t n)' '{' \
		'	return n;' '}'
}

# put FILE LINE...: a source file with its licence on top.
put() {
	local f=$1
	shift
	{
		echo '/* SPDX-License-Identifier: BSD-2-Clause */'
		printf '%s\n' "$@"
	} >"$f"
}

check() {
	"tests/lint/check-$1"
}

fails_with() {
	run ! check "$1"
	[[ $output == *"$2"* ]] || {
		echo "$output"
		return 1
	}
}

@test "the small tree passes" {
	local c
	for c in includes banned cleanup spdx format length paths; do
		check "$c"
	done
}

@test "layers: server/api may not include libpq-fe.h" {
	sed -i '2i #include <libpq-fe.h>' server/api/orgs.c
	fails_with includes 'server/api/orgs.c: server/api may not see libpq-fe.h'
}

@test "layers: the real server/api, with libpq-fe.h added to one file" {
	local f
	cp -r "$here"/../../{common,server,client} .
	check includes
	f=$(find server/api -name '*.c' | sort | head -n1)
	[ -n "$f" ]
	sed -i '2i #include <libpq-fe.h>' "$f"
	fails_with includes "$f: server/api may not see libpq-fe.h"
}

@test "layers: nor through another header" {
	put server/core/rows.h '#ifndef R_H' '#define R_H' '#include <libpq-fe.h>' '#endif'
	sed -i '2i #include "server/core/rows.h"' server/api/orgs.c
	fails_with includes '(server/core/rows.h > libpq-fe.h)'
}

@test "layers: client and server never see each other" {
	put client/ctl/x.c '#include "server/core/core.h"'
	fails_with includes 'client/ctl/x.c: client may not see server/'
	put client/ctl/x.c 'extern int x;'
	put server/db/y.c '#include "client/hub/hub.h"'
	fails_with includes 'server/db/y.c: server may not see client/'
}

@test "layers: an output sees neither the hub nor the rest of the agent" {
	put client/agent/output/hosts.c '#include "client/agent/state.h"'
	fails_with includes 'client/agent/output may not see client/agent/*.h'
	put client/agent/output/hosts.c '#include "client/agent/output/output.h"'
	check includes
	put client/agent/output/hosts.c '#include <curl/curl.h>'
	fails_with includes 'client/agent/output may not see curl/curl.h'
}

@test "layers, by symbol: a declaration copied by hand is found" {
	local d
	for d in common server/db server/core server/api server/http server/alert client/hub client/feed \
		client/agent client/ctl client/agent/output; do
		mkdir -p "build/$d"
		echo 'int unit;' | gcc -c -x c -o "build/$d/a.o" -
	done
	# An object of its own for each, without clashing names.
	check symbols
	echo 'char *PQerrorMessage(void *); char *f(void); char *f(void) { return PQerrorMessage(0); }' |
		gcc -c -x c -o build/server/api/b.o -
	fails_with symbols 'server/api calls what libpq provides: PQerrorMessage'
	rm build/server/api/b.o
	echo 'int fork(void); int g(void); int g(void) { return fork(); }' |
		gcc -c -x c -o build/client/agent/output/b.o -
	fails_with symbols 'client/agent/output calls what exec provides: fork'
	rm build/client/agent/output/b.o
	echo 'void json_object(void); void json_object(void) {}' |
		gcc -c -x c -o build/common/b.o -
	fails_with symbols 'common defines what libjansson provides: json_object'
}

@test "banned functions are found in code, and only there" {
	put common/a.c '/* strcpy(a, b) */' 'const char *s = "system(x)";' 'int f(const char *p)' \
		'{' '	return my_atoi(p) + x.gets(p);' '}'
	check banned
	put common/a.c 'int f(const char *p)' '{' '	return atoi(p);' '}'
	fails_with banned './common/a.c:4: atoi'
}

@test "a variable that is freed before it is begun is found" {
	put common/a.c 'int f(int x)' '{' '	CLEANUP_BUF struct buf b;' '' '	buf_init(&b, x);' \
		'	return x;' '}'
	check cleanup
	put common/a.c 'int f(int x)' '{' '	CLEANUP_BUF struct buf b;' '' '	if (x)' \
		'		return x;' '	buf_init(&b, x);' '	return x;' '}'
	fails_with cleanup './common/a.c:4: b is not begun where the function first returns'
}

@test "a file without its licence is found" {
	echo 'int x;' >common/b.c
	fails_with spdx './common/b.c'
}

@test "a badly formatted file is found" {
	put common/c.c 'int  f( void ){return 1;}'
	fails_with format 'common/c.c'
}

@test "a header that needs another one first is found" {
	put common/d.h '#ifndef D_H' '#define D_H' 'size_t d(void);' '#endif'
	printf 'CPPFLAGS = -I.\nWARN = -Wall\nprint-%%:\n\t@echo %s\n' "'\$(\$*)'" >Makefile
	fails_with headers 'common/d.h: does not compile alone with gcc'
}

@test "a long file and a long function are found" {
	{
		echo '/* SPDX-License-Identifier: BSD-2-Clause */'
		yes 'extern int x;' | head -n 600
	} >common/e.c
	fails_with length './common/e.c: 601 lines'
	rm common/e.c
	{
		printf '%s\n' '/* SPDX-License-Identifier: BSD-2-Clause */' 'int f(void)' '{'
		yes '	x();' | head -n 61
		echo '}'
	} >common/f.c
	fails_with length './common/f.c:3: a function of 61 lines'
}

@test "a path of somebody's machine is found" {
	local home=home
	put common/g.c "const char *p = \"/${home}/somebody/x\";"
	fails_with paths 'common/g.c'
}

@test "an error in a script is found" {
	# shellcheck disable=SC2016 # the fault that is to be found
	printf '#!/bin/bash\n# SPDX-License-Identifier: BSD-2-Clause\necho $1\n' >deploy.sh
	fails_with shellcheck 'deploy.sh'
}

@test "a bug that cppcheck knows is found" {
	put common/h.c 'int f(int i);' 'int f(int i)' '{' '	int a[2] = {0};' '' '	a[2] = i;' \
		'	return a[0];' '}'
	fails_with cppcheck 'arrayIndexOutOfBounds'
}

@test "the runner counts a silent check as passed and a noisy one as failed" {
	rm tests/lint/check-*
	printf '#!/bin/sh\nexit 0\n' >tests/lint/check-good
	printf '#!/bin/sh\necho why\nexit 1\n' >tests/lint/check-bad
	chmod +x tests/lint/check-*
	run ! tests/lint/run
	[ "${lines[0]}" = '1..2' ]
	[ "${lines[1]}" = 'not ok 1 - bad' ]
	[ "${lines[2]}" = '# why' ]
	[ "${lines[3]}" = 'ok 2 - good' ]
}
