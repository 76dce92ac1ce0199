/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/tail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/db/event.h"

/* The table: numbers 1 to `newest`, every third one for members. */
static int64_t newest;

enum err db_event_newest(struct db *db, int64_t *ret, struct diag *d)
{
	(void)db;
	(void)d;
	*ret = newest;
	return OK;
}

enum err db_event_list(struct db *db, int64_t after, bool all, size_t limit,
	struct arena *a, struct event_row **ret, size_t *ret_n, struct diag *d)
{
	struct event_row *row = arena_alloc(a, sizeof(*row) * limit);

	(void)db;
	(void)d;
	assert_true(all);
	assert_non_null(row);
	*ret_n = 0;
	for (int64_t id = after + 1; id <= newest && *ret_n < limit; id++)
		row[(*ret_n)++] =
			(struct event_row){id, "log", id % 3 == 0, slice_of("{}")};
	*ret = row;
	return OK;
}

enum err db_event_add(struct db *db, int64_t at, const char *kind, bool members,
	struct slice body, struct diag *d)
{
	(void)db;
	(void)at;
	(void)kind;
	(void)members;
	(void)body;
	(void)d;
	return OK;
}

static struct tail t;

static int fresh(void **state)
{
	(void)state;
	tail_init(&t);
	newest = 10;
	return 0;
}

static int done(void **state)
{
	(void)state;
	tail_done(&t);
	return 0;
}

static size_t fetch(void)
{
	size_t n;

	assert_int_equal(tail_fetch(&t, NULL, &n, NULL), OK);
	return n;
}

/* How many there were, and that their numbers rise from *at. */
static size_t read_all(int64_t *at, bool all)
{
	CLEANUP_BUF struct buf out = {.max = 1 << 20};
	size_t n = 0;
	char *line;

	assert_int_equal(tail_read(&t, at, all, 1 << 20, &out), OK);
	line = out.len ? out.data : NULL;
	for (; line && *line; line = strstr(line, "\n\n") + 2)
		n++;
	return n;
}

static void it_begins_with_what_comes(void **state)
{
	int64_t at = 10, before = 9;
	CLEANUP_BUF struct buf out = {.max = 1000};

	(void)state;
	assert_int_equal(tail_read(&t, &before, true, 100, &out), OK); /* nothing yet */
	assert_int_equal(fetch(), 0);
	assert_int_equal(read_all(&at, true), 0);
	newest = 13;
	assert_int_equal(fetch(), 3);
	assert_int_equal(tail_read(&t, &at, true, 1000, &out), OK);
	assert_string_equal(buf_str(&out), "id: 11\nevent: log\ndata: {}\n\n"
					   "id: 12\nevent: log\ndata: {}\n\n"
					   "id: 13\nevent: log\ndata: {}\n\n");
	assert_int_equal(at, 13);
	assert_int_equal(read_all(&at, true), 0);
	assert_int_equal(tail_read(&t, &before, true, 100, &out), ERR_STALE);
}

/* What was erased in the table is told to nobody any more as it was. */
static void what_is_forgotten_is_read_again(void **state)
{
	int64_t at = 10, ahead = 13;
	CLEANUP_BUF struct buf out = {.max = 1000};

	(void)state;
	(void)fetch();
	newest = 13;
	assert_int_equal(fetch(), 3);
	tail_forget(&t);
	assert_int_equal(tail_read(&t, &at, true, 1000, &out), ERR_STALE);
	assert_int_equal(out.len, 0);
	assert_int_equal(read_all(&ahead, true), 0);
	newest = 15;
	assert_int_equal(fetch(), 2);
	assert_int_equal(read_all(&ahead, true), 2);
	assert_int_equal(ahead, 15);
	at = 13;
	assert_int_equal(read_all(&at, true), 2);
}

static void members_are_told_less(void **state)
{
	int64_t at = 10, ahead = 14;

	(void)state;
	(void)fetch();
	newest = 16;
	assert_int_equal(fetch(), 6);
	assert_int_equal(read_all(&at, false), 2); /* 12 and 15 */
	assert_int_equal(at, 16);
	assert_int_equal(read_all(&ahead, true), 2);
}

static void a_portion_at_a_time(void **state)
{
	CLEANUP_BUF struct buf out = {.max = 1 << 20};
	int64_t at = 10;

	(void)state;
	(void)fetch();
	newest = 100;
	assert_int_equal(fetch(), 90);
	assert_int_equal(tail_read(&t, &at, true, 60, &out), OK);
	assert_int_equal(at, 13);
	assert_int_equal(read_all(&at, true), 87);
}

static void who_is_far_behind_is_told_so(void **state)
{
	CLEANUP_BUF struct buf out = {.max = 1 << 20};
	int64_t at = 10, kept;

	(void)state;
	(void)fetch();
	newest = 10 + 3 * EVENT_TAIL;
	while (fetch())
		;
	assert_int_equal(tail_read(&t, &at, true, 60, &out), ERR_STALE);
	kept = newest - EVENT_TAIL;
	assert_int_equal(read_all(&kept, true), EVENT_TAIL);
	kept = newest - EVENT_TAIL - 1;
	assert_int_equal(tail_read(&t, &kept, true, 60, &out), ERR_STALE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_begins_with_what_comes),
		TEST(what_is_forgotten_is_read_again),
		TEST(members_are_told_less),
		TEST(a_portion_at_a_time),
		TEST(who_is_far_behind_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
