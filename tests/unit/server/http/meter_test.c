/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "server/http/meter.h"

#define SECOND 1000000

static struct meter_key key(unsigned n)
{
	struct meter_key k = {{0}};

	memcpy(k.bytes, &n, sizeof(n));
	return k;
}

static int64_t take(
	struct meter *m, unsigned n, int64_t per_minute, int64_t burst, int64_t now)
{
	const struct meter_rate rate = {per_minute, burst};
	struct meter_key k = key(n);

	return meter_take(m, &k, &rate, now);
}

static bool hold(struct meter *m, unsigned n, int64_t max, uint32_t *ret)
{
	struct meter_key k = key(n);

	return meter_hold(m, &k, max, ret);
}

static void test_bucket(void **state)
{
	struct meter *m;

	(void)state;
	assert_int_equal(meter_new(4, &m), OK);
	/* 60 a minute, 3 at once */
	for (int i = 0; i < 3; i++)
		assert_int_equal(take(m, 1, 60, 3, 5 * SECOND), 0);
	assert_int_equal(take(m, 1, 60, 3, 5 * SECOND), 1);
	/* a refused one costs nothing */
	assert_int_equal(take(m, 1, 60, 3, 5 * SECOND), 1);
	assert_int_equal(take(m, 2, 60, 3, 5 * SECOND), 0);
	assert_int_equal(take(m, 1, 60, 3, 6 * SECOND - 1), 1);
	assert_int_equal(take(m, 1, 60, 3, 6 * SECOND), 0);
	assert_int_equal(take(m, 1, 60, 3, 6 * SECOND), 1);
	/* full again, and no fuller */
	for (int i = 0; i < 3; i++)
		assert_int_equal(take(m, 1, 60, 3, 900 * SECOND), 0);
	assert_int_equal(take(m, 1, 60, 3, 900 * SECOND), 1);
	/* one a minute: the wait is told in full */
	assert_int_equal(take(m, 3, 1, 1, 0), 0);
	assert_int_equal(take(m, 3, 1, 1, 1), 60);
	assert_int_equal(take(m, 3, 1, 1, 58 * SECOND + 1), 2);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(take(m, 4, 0, 1, 0), 0);
	meter_free(m);
}

static void test_held(void **state)
{
	uint32_t a, b, c;
	struct meter *m;

	(void)state;
	assert_int_equal(meter_new(8, &m), OK);
	assert_true(hold(m, 1, 2, &a));
	assert_true(hold(m, 1, 2, &b));
	assert_false(hold(m, 1, 2, &c));
	assert_int_equal(c, METER_NONE);
	meter_release(m, c);
	assert_false(hold(m, 1, 2, &c));
	assert_true(hold(m, 2, 2, &c));
	meter_release(m, a);
	assert_true(hold(m, 1, 2, &a));
	assert_false(hold(m, 1, 2, &b));
	assert_true(hold(m, 1, 0, &b)); /* any number */
	meter_free(m);
}

/* However many keys come: what is held stays counted, what was used last is remembered,
 * and what was used longest ago is forgotten. */
static void test_bounded(void **state)
{
	uint32_t held, other;
	struct meter *m;

	(void)state;
	assert_int_equal(meter_new(16, &m), OK);
	assert_true(hold(m, 1, 1, &held));
	assert_int_equal(take(m, 2, 1, 1, 0), 0);
	for (unsigned n = 1000; n < 100000; n++) {
		assert_int_equal(take(m, n, 1, 1, 0), 0);
		assert_int_equal(take(m, n, 1, 1, 0), 60);
	}
	assert_int_equal(take(m, 99999, 1, 1, 0), 60);
	assert_int_equal(take(m, 99990, 1, 1, 0), 60);
	assert_int_equal(take(m, 2, 1, 1, 0), 0);
	assert_false(hold(m, 1, 1, &other));
	meter_release(m, held);
	assert_true(hold(m, 1, 1, &other));
	meter_free(m);
}

/* More holders than rows: taken, not counted; nothing is overwritten. */
static void test_all_held(void **state)
{
	uint32_t a, b, c;
	struct meter *m;

	(void)state;
	assert_int_equal(meter_new(2, &m), OK);
	assert_true(hold(m, 1, 1, &a));
	assert_true(hold(m, 2, 1, &b));
	assert_true(hold(m, 3, 1, &c));
	assert_int_equal(c, METER_NONE);
	assert_int_equal(take(m, 3, 1, 1, 0), 0);
	assert_false(hold(m, 1, 1, &c));
	assert_false(hold(m, 2, 1, &c));
	meter_release(m, b);
	assert_true(hold(m, 3, 1, &b));
	assert_false(hold(m, 3, 1, &c));
	meter_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bucket),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_all_held),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
