/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>

#include "client/ctl/table.h"

static const char *const head[] = {"CODE", "NAME", "N", NULL};

static void fill(struct table *t, struct arena *a)
{
	arena_init(a, 1u << 20);
	table_init(t, head, a);
	table_row(t, (const char *[]){"0101", "København", "1"});
	table_row(t, (const char *[]){"0751", "Aarhus\x1b[2J", "22"});
	table_row(t, (const char *[]){"0999", NULL, "3"});
}

static void columns_are_as_wide_as_they_look(void **state)
{
	struct table t;
	struct arena a;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	fill(&t, &a);
	t.pretty = true;
	table_put(&t, &b);
	assert_string_equal(buf_str(&b), "CODE  NAME        N\n"
					 "0101  København   1\n"
					 "0751  Aarhus?[2J  22\n"
					 "0999              3\n");
	buf_done(&b);
	arena_done(&a);
}

static void for_scripts_there_are_tabs_and_no_heading(void **state)
{
	struct table t;
	struct arena a;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	fill(&t, &a);
	t.pretty = false;
	table_put(&t, &b);
	assert_string_equal(
		buf_str(&b), "0101\tKøbenhavn\t1\n0751\tAarhus?[2J\t22\n0999\t\t3\n");
	buf_done(&b);
	arena_done(&a);
}

static void many_rows_are_kept(void **state)
{
	struct table t;
	struct arena a;
	struct buf b;

	(void)state;
	buf_init(&b, 1u << 20);
	arena_init(&a, 1u << 24);
	table_init(&t, head, &a);
	t.pretty = false;
	for (int i = 0; i < 10000; i++)
		table_row(&t, (const char *[]){"a", "b", "c"});
	table_put(&t, &b);
	assert_int_equal(buf_err(&b), OK);
	assert_int_equal(b.len, 60000);
	buf_reset(&b);
	arena_done(&a);
	arena_init(&a, 100);
	table_init(&t, head, &a);
	table_row(&t, (const char *[]){"a", "b", "c"});
	table_put(&t, &b);
	assert_int_equal(buf_err(&b), ERR_NOMEM);
	buf_done(&b);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_they_look),
		cmocka_unit_test(for_scripts_there_are_tabs_and_no_heading),
		cmocka_unit_test(many_rows_are_kept),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
