/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/rpz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	const char *line, *name; /* NULL: none */
} rows[] = {
	{"[1795981740] unbound[16538:0] info: rpz: applied [varsel] *.evil.example. "
	 "rpz-nxdomain 127.0.0.1@55189 www.EVIL.example. A IN",
		"www.EVIL.example"},
	{"Nov 29 19:49:00 dns unbound[123]: [123:0] info: rpz: applied evil.example. "
	 "rpz-nxdomain 127.0.0.1@55189 evil.example. A IN",
		"evil.example"},
	{"[1795981740] unbound[16538:0] info: rpz: applied [varsel] ok.example. "
	 "rpz-passthru 127.0.0.1@52571 ok.example. A IN",
		NULL},
	{"[1795981740] unbound[16538:0] info: 127.0.0.1 evil.example. A IN", NULL},
	{"[1795981740] unbound[16538:0] info: rpz: applied [varsel", NULL},
	{"[1795981740] unbound[16538:0] info: rpz: applied evil.example.", NULL},
	{"29-Nov-2026 19:49:00.513 rpz: info: client @0x7f 127.0.0.1#44060 "
	 "(www.EVIL.example): rpz QNAME NXDOMAIN rewrite www.EVIL.example/A/IN via "
	 "www.EVIL.example.varsel.rpz",
		"www.EVIL.example"},
	{"client @0x7f 10.0.0.1#4 (evil.example): view inside: rpz QNAME NODATA rewrite "
	 "evil.example/A/IN via evil.example.varsel.rpz",
		"evil.example"},
	{"client @0x7f 127.0.0.1#1 (ok.example): rpz QNAME PASSTHRU rewrite "
	 "ok.example/A/IN via ok.example.varsel.rpz",
		NULL},
	{"client @0x7f 127.0.0.1#1 (ok.example): disabled rpz QNAME NXDOMAIN rewrite "
	 "ok.example/A/IN via ok.example.varsel.rpz",
		NULL},
	{"client @0x7f 127.0.0.1#1 (a.example): query: a.example IN A +E(0)K", NULL},
	{"client @0x7f 127.0.0.1#1 (a.example): rpz QNAME NXDOMAIN rewrite /A/IN via x",
		NULL},
	{"client @0x7f 127.0.0.1#1 (a.example): rpz QNAME NXDOMAIN rewrite a.example",
		NULL},
	{"", NULL},
};

static void only_what_was_kept_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice name;
		bool got = rpz_line(slice_of(rows[i].line), &name);

		if (got != (rows[i].name != NULL) ||
			(got && !slice_is(name, rows[i].name)))
			fail_msg("%s", rows[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_kept_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
