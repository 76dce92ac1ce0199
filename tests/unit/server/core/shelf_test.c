/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct hash name(int i)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", i);
	return hash_of(slice_of(text));
}

static void put(struct shelf *s, int i, size_t bytes)
{
	static char text[1000];
	struct hash h = name(i);
	struct blob *b = blob_new(slice_mem(text, bytes));

	assert_non_null(b);
	assert_int_equal(shelf_put(s, &h, b), OK);
}

static bool has(struct shelf *s, int i)
{
	struct hash h = name(i);
	struct blob *b = shelf_get(s, &h);

	blob_unref(b);
	return b != NULL;
}

static void many(void **state)
{
	struct shelf s;

	(void)state;
	shelf_init(&s, 1000000);
	for (int i = 0; i < 500; i++)
		put(&s, i, 10);
	for (int i = 0; i < 500; i++)
		assert_true(has(&s, i));
	assert_false(has(&s, 500));
	put(&s, 7, 10); /* again */
	assert_int_equal(s.n, 500);
	assert_int_equal(s.bytes, 5000);
	shelf_done(&s);
}

/* The one that was asked for longest ago makes room. */
static void full(void **state)
{
	struct shelf s;

	(void)state;
	shelf_init(&s, 100);
	put(&s, 1, 40);
	put(&s, 2, 40);
	assert_true(has(&s, 1));
	put(&s, 3, 40);
	assert_true(has(&s, 1));
	assert_false(has(&s, 2));
	assert_true(has(&s, 3));
	put(&s, 4, 101); /* larger than the shelf: everything else stays */
	assert_false(has(&s, 4));
	assert_true(has(&s, 3));
	put(&s, 5, 100);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.bytes, 100);
	shelf_done(&s);
}

static void barred(void **state)
{
	struct hash one = name(1), two = name(2);
	struct shelf s;
	struct blob *b;

	(void)state;
	shelf_init(&s, 100);
	put(&s, 1, 10);
	b = shelf_get(&s, &one);
	assert_int_equal(shelf_bar(&s, &one), OK);
	assert_int_equal(shelf_bar(&s, &two), OK);
	assert_int_equal(shelf_bar(&s, &two), OK);
	assert_false(has(&s, 1));
	assert_int_equal(s.bytes, 0);
	assert_int_equal(b->n, 10); /* who had it keeps it */
	blob_unref(b);
	/* it does not come back, and the others go on making room */
	put(&s, 1, 10);
	put(&s, 2, 10);
	assert_false(has(&s, 1));
	assert_false(has(&s, 2));
	put(&s, 3, 60);
	put(&s, 4, 60);
	assert_false(has(&s, 3));
	assert_true(has(&s, 4));
	put(&s, 1, 10);
	assert_false(has(&s, 1));
	assert_int_equal(s.bytes, 60);
	shelf_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many),
		cmocka_unit_test(full),
		cmocka_unit_test(barred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
