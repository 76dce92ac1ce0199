/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/allow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* From values of any kind; sealed. */
static void fill(struct allow *a, const char *const *values)
{
	allow_init(a);
	for (size_t i = 0; values[i]; i++) {
		CLEANUP_BUF struct buf b = {.max = VALUE_MAX};
		const struct kind *k;

		assert_int_equal(kind_recognise(slice_of(values[i]), &k, &b, NULL), OK);
		assert_int_equal(allow_add(a, k, buf_view(&b), "test", false), OK);
	}
	assert_int_equal(allow_seal(a), OK);
}

static const char *const entries[] = {"192.0.2.0/24", "192.0.2.7", "198.51.100.9",
	"2001:db8::/32", "school.example", "www.school.example", "a.b.example",
	"https://portal.example/login", NULL};

static void matches(void **state)
{
	static const struct {
		const char *value;
		enum allow_hit hit;
		const char *entry;
	} cases[] = {
		{"192.0.2.1", ALLOW_ALL, "192.0.2.0/24"},
		{"192.0.2.0/25", ALLOW_ALL, "192.0.2.0/24"},
		{"192.0.2.7", ALLOW_ALL, "192.0.2.0/24"},
		{"192.0.0.0/16", ALLOW_PART, "192.0.2.0/24"},
		{"192.0.3.1", ALLOW_NONE, NULL},
		{"198.51.100.0/24", ALLOW_PART, "198.51.100.9"},
		{"198.51.100.9", ALLOW_ALL, "198.51.100.9"},
		{"198.51.100.8", ALLOW_NONE, NULL},
		{"2001:db8:1::1", ALLOW_ALL, "2001:db8::/32"},
		{"2001:db9::1", ALLOW_NONE, NULL},
		{"school.example", ALLOW_ALL, "school.example"},
		{"x.www.school.example", ALLOW_ALL, "school.example"},
		{"myschool.example", ALLOW_NONE, NULL},
		{"b.example", ALLOW_PART, "a.b.example"},
		{"c.b.example", ALLOW_NONE, NULL},
		{"https://portal.example/login", ALLOW_ALL,
			"https://portal.example/login"},
		{"https://portal.example/other", ALLOW_NONE, NULL},
		{"https://x.school.example/a", ALLOW_ALL, "school.example"},
		{"http://192.0.2.9/a", ALLOW_ALL, "192.0.2.0/24"},
		{"http://[2001:db8::1]/a", ALLOW_ALL, "2001:db8::/32"},
		{"http://b.example/", ALLOW_NONE, NULL},
		{"who@school.example", ALLOW_NONE, NULL},
	};
	struct allow a;

	(void)state;
	fill(&a, entries);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf b = {.max = VALUE_MAX};
		const struct allow_entry *e = NULL;
		const struct kind *k;

		assert_int_equal(
			kind_recognise(slice_of(cases[i].value), &k, &b, NULL), OK);
		if (allow_match(&a, k, buf_view(&b), &e) != cases[i].hit)
			fail_msg("%s", cases[i].value);
		if (cases[i].entry) {
			assert_non_null(e);
			assert_true(slice_is(e->value, cases[i].entry));
		} else {
			assert_null(e);
		}
	}
	allow_done(&a);
}

static void digest_is_of_the_meaning(void **state)
{
	static const char *const once[] = {"192.0.2.0/24", "a.example", NULL};
	static const char *const again[] = {"a.example", "192.0.2.0/24", "192.0.2.1",
		"b.a.example", "a.example", NULL};
	static const char *const more[] = {
		"192.0.2.0/24", "a.example", "b.example", NULL};
	struct hash x, y, z;
	struct allow a, b, c;

	(void)state;
	fill(&a, once);
	fill(&b, again);
	fill(&c, more);
	x = allow_digest(&a);
	y = allow_digest(&b);
	z = allow_digest(&c);
	assert_true(hash_same(&x, &y));
	assert_false(hash_same(&x, &z));
	allow_done(&a);
	allow_done(&b);
	allow_done(&c);
}

static void watched_kinds_are_not_taken(void **state)
{
	struct allow a;

	(void)state;
	allow_init(&a);
	assert_int_equal(allow_add(&a, &kinds[KIND_EMAIL], slice_of("who@school.example"),
				 "test", false),
		ERR_VALUE);
	assert_int_equal(a.n, 0);
	allow_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches),
		cmocka_unit_test(digest_is_of_the_meaning),
		cmocka_unit_test(watched_kinds_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
