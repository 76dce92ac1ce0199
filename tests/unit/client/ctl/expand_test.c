/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "client/ctl/expand.h"

/* An active set of these "kind value" keys, which must be sorted. */
static struct activeset set_of(const char *const *keys, size_t n)
{
	struct activeset set = {.a = calloc(n, sizeof(*set.a)), .n = n};

	assert_non_null(set.a);
	for (size_t i = 0; i < n; i++) {
		struct slice value = slice_of(keys[i]), kind;

		assert_true(slice_cut(&value, ' ', &kind));
		set.a[i].kind = (uint8_t)kind_by_name(kind)->id;
		set.a[i].value = value;
	}
	return set;
}

static const char *const active[] = {
	"domain a.b.evil.example",
	"domain bad.example",
	"domain evil.example",
	"domain notevil.example",
	"domain sub.bad.example",
	"email x@evil.example",
	"ip 192.0.2.0/24",
	"ip 192.0.2.7",
	"ip 192.0.3.7",
	"ip 2001:db8:0:1::/64",
	"ip 2001:db8::/40",
	"ip 2001:db8::1",
	"url http://192.0.2.9/x",
	"url http://evil.example/x",
	"url https://www.evil.example/y",
};

struct want {
	const char *targets[4];
	const char *revoked[6];
	const char *wider, *absent, *urls;
};

static void check(const struct want *w)
{
	struct activeset set = set_of(active, sizeof(active) / sizeof(*active));
	struct expansion x;
	struct targets t;
	struct diag d;
	size_t n = 0;

	targets_init(&t);
	for (size_t i = 0; w->targets[i]; i++)
		assert_int_equal(targets_add(&t, w->targets[i], &d), OK);
	assert_int_equal(expand(&set, &t, &x, &d), OK);
	for (; w->revoked[n]; n++) {
		assert_true(n < x.picks.n);
		assert_true(x.picks.p[n].line.n == strlen(w->revoked[n]) + 1 &&
			    slice_starts(x.picks.p[n].line, w->revoked[n]));
	}
	assert_int_equal(x.picks.n, n);
	assert_string_equal(buf_str(&x.wider), w->wider ? w->wider : "");
	assert_string_equal(buf_str(&x.absent), w->absent ? w->absent : "");
	assert_string_equal(buf_str(&x.urls), w->urls ? w->urls : "");
	assert_int_equal(x.nwider, w->wider != NULL);
	expansion_done(&x);
	targets_done(&t);
	activeset_done(&set);
}

static void a_revocation_expands(void **state)
{
	static const struct want table[] = {
		{.targets = {"evil.example"},
			.revoked = {"domain a.b.evil.example", "domain evil.example"},
			.urls = "url http://evil.example/x\n"
				"url https://www.evil.example/y\n"},
		{.targets = {"hxxp://evil[.]example/x"},
			.revoked = {"url http://evil.example/x"},
			.wider = "url http://evil.example/x: still covered by domain "
				 "evil.example\n"},
		{.targets = {"sub.bad.example"},
			.revoked = {"domain sub.bad.example"},
			.wider = "domain sub.bad.example: still covered by domain "
				 "bad.example\n"},
		{.targets = {"sub.bad.example", "bad.example"},
			.revoked = {"domain bad.example", "domain sub.bad.example"}},
		{.targets = {"192.0.2.0/24"},
			.revoked = {"ip 192.0.2.0/24", "ip 192.0.2.7"},
			.urls = "url http://192.0.2.9/x\n"},
		{.targets = {"192.0.2.7"},
			.revoked = {"ip 192.0.2.7"},
			.wider = "ip 192.0.2.7: still covered by ip 192.0.2.0/24\n"},
		{.targets = {"192.0.2.128/25"},
			.wider = "ip 192.0.2.128/25: still covered by ip 192.0.2.0/24\n",
			.absent = "ip 192.0.2.128/25: not in force\n",
			.urls = NULL},
		{.targets = {"2001:db8::/32"},
			.revoked = {"ip 2001:db8:0:1::/64", "ip 2001:db8::/40",
				"ip 2001:db8::1"}},
		{.targets = {"2001:db8:0:1::/64"},
			.revoked = {"ip 2001:db8:0:1::/64"},
			.wider = "ip 2001:db8:0:1::/64: still covered by ip "
				 "2001:db8::/40\n"},
		{.targets = {"example.org", "x@evil.example"},
			.revoked = {"email x@evil.example"},
			.absent = "domain example.org: not in force\n"},
		{.targets = {"http://192.0.2.9/x"},
			.revoked = {"url http://192.0.2.9/x"},
			.wider = "url http://192.0.2.9/x: still covered by ip "
				 "192.0.2.0/24\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		check(&table[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_revocation_expands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
