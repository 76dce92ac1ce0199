/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool note(void *ctx, const struct kind *kind, struct slice value)
{
	buf_printf(ctx, "%s %.*s\n", kind->name, SLICE_ARG(value));
	return true;
}

static void expect(enum kind_id kind, const char *value, const char *want)
{
	CLEANUP_BUF struct buf b = {.max = 1u << 16};

	cover_each(&kinds[kind], slice_of(value), note, &b);
	assert_string_equal(buf_str(&b), want);
}

static void domains(void **state)
{
	(void)state;
	expect(KIND_DOMAIN, "a.b.example.dk",
		"domain a.b.example.dk\ndomain b.example.dk\ndomain example.dk\n");
	expect(KIND_DOMAIN, "example.dk", "domain example.dk\n");
}

static void addresses(void **state)
{
	(void)state;
	expect(KIND_IP, "192.0.2.252/30",
		"ip 192.0.2.252/30\nip 192.0.2.248/29\nip 192.0.2.240/28\nip "
		"192.0.2.224/27\n"
		"ip 192.0.2.192/26\nip 192.0.2.128/25\nip 192.0.2.0/24\nip 192.0.2.0/23\n"
		"ip 192.0.0.0/22\nip 192.0.0.0/21\nip 192.0.0.0/20\nip 192.0.0.0/19\n"
		"ip 192.0.0.0/18\nip 192.0.0.0/17\nip 192.0.0.0/16\n");
	expect(KIND_IP, "2001:db8::/34",
		"ip 2001:db8::/34\nip 2001:db8::/33\nip 2001:db8::/32\n");
}

static void urls(void **state)
{
	(void)state;
	expect(KIND_URL, "http://www.evil.dk/a",
		"url http://www.evil.dk/a\ndomain www.evil.dk\ndomain evil.dk\n");
	expect(KIND_URL, "http://192.0.0.0/",
		"url http://192.0.0.0/\n"
		"ip 192.0.0.0\nip 192.0.0.0/31\nip 192.0.0.0/30\nip 192.0.0.0/29\n"
		"ip 192.0.0.0/28\nip 192.0.0.0/27\nip 192.0.0.0/26\nip 192.0.0.0/25\n"
		"ip 192.0.0.0/24\nip 192.0.0.0/23\nip 192.0.0.0/22\nip 192.0.0.0/21\n"
		"ip 192.0.0.0/20\nip 192.0.0.0/19\nip 192.0.0.0/18\nip 192.0.0.0/17\n"
		"ip 192.0.0.0/16\n");
}

static void others(void **state)
{
	(void)state;
	expect(KIND_EMAIL, "x@evil.dk", "email x@evil.dk\n");
}

static bool stop(void *ctx, const struct kind *kind, struct slice value)
{
	(void)kind;
	(void)value;
	return ++*(int *)ctx < 2;
}

static void stops(void **state)
{
	int n = 0;

	(void)state;
	cover_each(&kinds[KIND_DOMAIN], slice_of("a.b.c.d.dk"), stop, &n);
	assert_int_equal(n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domains),
		cmocka_unit_test(addresses),
		cmocka_unit_test(urls),
		cmocka_unit_test(others),
		cmocka_unit_test(stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
