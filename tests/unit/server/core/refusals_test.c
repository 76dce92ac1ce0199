/* SPDX-License-Identifier: BSD-2-Clause */
/* Whoever guesses cannot make more rows than there are, and leaves none uncounted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/core/refusals.h"

static void test_bounded(void **state)
{
	struct refusals r;
	int64_t sum = 0;

	(void)state;
	refusals_init(&r);
	for (int i = 0; i < 1000; i++) {
		char from[32];

		(void)snprintf(from, sizeof(from), "192.0.2.%d", i % 200);
		refusals_note(&r, from, "no", 1000 + i);
	}
	for (size_t i = 0; i <= REFUSALS_MAX; i++)
		sum += r.row[i].count;
	assert_int_equal(sum, 1000);
	assert_string_equal(r.row[0].from, "192.0.2.0");
	assert_int_equal(r.row[0].count, 5);
	assert_int_equal(r.row[0].first, 1000);
	assert_string_equal(r.row[REFUSALS_MAX].from, "others");
	assert_int_equal(r.row[REFUSALS_MAX].count, 1000 - 5 * REFUSALS_MAX);
	refusals_done(&r);
}

static void test_why_is_cut(void **state)
{
	struct refusals r;
	char why[1024] = "";

	(void)state;
	for (size_t i = 0; i < 1000; i += 2)
		memcpy(why + i, "ø", 3);
	refusals_init(&r);
	refusals_note(&r, "::1", why, 1);
	assert_int_equal(strlen(r.row[0].why), 198); /* whole characters */
	refusals_note(&r, "::1", "short", 2);
	assert_string_equal(r.row[0].why, "short");
	assert_int_equal(r.row[0].first, 1);
	refusals_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_why_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
