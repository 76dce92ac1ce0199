/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/limits.h"
#include "server/core/candidates.h"

static struct arena arena;
static struct candidate found[CANDIDATES_MAX];
static size_t n;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1u << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void of(enum kind_id kind, const char *value)
{
	struct diag d;

	assert_int_equal(
		candidates_of(&kinds[kind], slice_of(value), &arena, found, &n, &d), OK);
}

static void is(size_t i, const char *kind, const char *value)
{
	assert_true(i < n);
	assert_string_equal(found[i].kind, kind);
	if (!slice_is(found[i].value, value))
		fail_msg("%.*s, not %s", SLICE_ARG(found[i].value), value);
}

static void test_names(void **state)
{
	(void)state;
	of(KIND_DOMAIN, "a.b.evil.example");
	assert_int_equal(n, 3);
	is(0, "domain", "a.b.evil.example");
	is(1, "domain", "b.evil.example");
	is(2, "domain", "evil.example");
	of(KIND_URL, "http://a.evil.example:8080/x.y");
	assert_int_equal(n, 3);
	is(0, "url", "http://a.evil.example:8080/x.y");
	is(1, "domain", "a.evil.example");
	is(2, "domain", "evil.example");
	of(KIND_EMAIL, "bob@evil.example");
	assert_int_equal(n, 2);
	is(1, "domain", "evil.example");
	of(KIND_MD5, "d41d8cd98f00b204e9800998ecf8427e");
	assert_int_equal(n, 1);
}

static void test_addresses(void **state)
{
	(void)state;
	of(KIND_IP, "203.0.113.7");
	assert_int_equal(n, 33);
	is(0, "ip", "203.0.113.7");
	is(1, "ip", "203.0.113.6/31");
	is(8, "ip", "203.0.113.0/24");
	is(16, "ip", "203.0.0.0/16");
	is(31, "ip", "128.0.0.0/1");
	is(32, "ip", "0.0.0.0/0");
	of(KIND_IP, "203.0.113.0/24");
	assert_int_equal(n, 25);
	of(KIND_IP, "2001:db8::1");
	assert_int_equal(n, 129);
	is(1, "ip", "2001:db8::/127");
	is(96, "ip", "2001:db8::/32");
	is(128, "ip", "::/0");
	of(KIND_URL, "http://203.0.113.7/");
	assert_int_equal(n, 34);
	is(1, "ip", "203.0.113.7");
	is(9, "ip", "203.0.113.0/24");
	of(KIND_URL, "http://[2001:db8::1]/");
	assert_int_equal(n, 130);
	is(1, "ip", "2001:db8::1");
}

/* The longest names there are still fit. */
static void test_deep(void **state)
{
	char name[DOMAIN_MAX + 1];

	(void)state;
	for (size_t i = 0; i < DOMAIN_MAX - 1; i++)
		name[i] = i % 2 ? '.' : 'a';
	name[DOMAIN_MAX - 1] = '\0';
	of(KIND_DOMAIN, name);
	assert_int_equal(n, DOMAIN_MAX / 2 - 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names),
		TEST(test_addresses),
		TEST(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
