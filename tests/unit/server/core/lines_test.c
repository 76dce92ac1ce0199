/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/core/lines.h"

#define HEAD                                                                       \
	"varsel/report/v1\nhub h.example\norg 0101\nissued 2027-01-15T08:00:00Z\n" \
	"tlp green\n\n"

static struct arena arena;

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

static enum err read_lines(const char *text, struct lines *ret, struct diag *d)
{
	struct report r;
	enum err e = report_parse(slice_of(text), &r, d);

	return e ? e : lines_read(&r, NULL, &arena, ret, d);
}

static void test_sorted_and_merged(void **state)
{
	struct lines x;
	struct diag d;

	(void)state;
	assert_int_equal(
		read_lines(HEAD "url http://a.example/\n"
				"domain b.example watch confidence=10 tag=x\n"
				"domain a.example\n"
				"ip 203.0.113.7 tlp=red\n"
				"domain B.example. block seen=2027-01-15T07:00:00Z tag=y "
				"tlp=clear\n",
			&x, &d),
		OK);
	assert_int_equal(x.accepted, 5);
	assert_int_equal(x.nrefused, 0);
	assert_int_equal(x.ntaken, 4);
	assert_true(slice_is(x.taken[0].value, "a.example"));
	assert_int_equal(x.taken[0].tlp, TLP_GREEN);
	assert_int_equal(x.taken[0].confidence, -1);
	assert_int_equal(x.taken[0].seen, 0);
	assert_true(slice_is(x.taken[1].value, "b.example"));
	assert_string_equal(x.taken[1].action, "block");
	assert_int_equal(x.taken[1].tlp, TLP_CLEAR);
	assert_int_equal(x.taken[1].confidence, 10);
	assert_int_equal(x.taken[1].seen, 1800000000 - 3600);
	assert_int_equal(x.taken[1].ntags, 2);
	assert_true(
		slice_is(x.taken[1].tags[0], "x") || slice_is(x.taken[1].tags[0], "y"));
	assert_true(slice_is(x.taken[2].kind, "ip"));
	assert_int_equal(x.taken[2].tlp, TLP_RED);
	assert_true(slice_is(x.taken[3].kind, "url"));
}

static void test_refusals_have_their_lines(void **state)
{
	struct lines x;
	struct diag d;

	(void)state;
	assert_int_equal(read_lines(HEAD "domain co.uk\nfish x\ndomain a.example\n"
					 "domain a.example confidence=101\n",
				 &x, &d),
		OK);
	assert_int_equal(x.ntaken, 1);
	assert_int_equal(x.accepted, 1);
	assert_int_equal(x.nrefused, 3);
	assert_int_equal(x.refused[0].line, 7);
	assert_string_equal(x.refused[0].reason,
		"line 7: domain \"co.uk\": a public suffix cannot be blocked");
	assert_int_equal(x.refused[1].line, 8);
	assert_int_equal(strncmp(x.refused[1].reason, "line 8: ", 8), 0);
	assert_int_equal(x.refused[2].line, 10);
	assert_int_equal(strncmp(x.refused[2].reason, "line 10: ", 9), 0);
}

static void test_broken_structure_refuses_all(void **state)
{
	struct lines x = {.accepted = 4711};
	struct diag d;

	(void)state;
	assert_int_not_equal(
		read_lines(HEAD "domain a.example\n\ndomain b.example\n", &x, &d), OK);
	assert_non_null(strstr(d.text, "line 8"));
	assert_int_equal(x.accepted, 4711);
}

static void test_small_arena(void **state)
{
	struct lines x;
	struct diag d;

	(void)state;
	arena_done(&arena);
	arena_init(&arena, 64);
	assert_int_equal(read_lines(HEAD "domain a.example\n", &x, &d), ERR_NOMEM);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sorted_and_merged),
		TEST(test_refusals_have_their_lines),
		TEST(test_broken_structure_refuses_all),
		TEST(test_small_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
