/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

static enum err run_words(
	const char *const *argv, int seconds, struct buf *out, struct diag *d)
{
	buf_reset(out);
	return run(argv, seconds, out, d);
}

static void outcomes(void **state)
{
	static const char *const yes[] = {"sh", "-c", "echo out; echo err >&2", NULL};
	static const char *const no[] = {
		"sh", "-c", "echo first; echo second; exit 3", NULL};
	static const char *const killed[] = {"sh", "-c", "kill -9 $$", NULL};
	static const char *const none[] = {"no-such-program-here", NULL};
	static const char *const path[] = {"/nonexistent/program", NULL};
	CLEANUP_BUF struct buf out = {.max = 65536};
	struct diag d = {""};

	(void)state;
	assert_int_equal(run_words(yes, 10, &out, &d), OK);
	assert_string_equal(buf_str(&out), "out\nerr\n");
	assert_int_equal(run_words(no, 10, &out, &d), ERR_CANTCREAT);
	assert_string_equal(d.text, "sh: exit status 3: first");
	assert_int_equal(run_words(killed, 10, &out, &d), ERR_CANTCREAT);
	assert_string_equal(d.text, "sh: killed by signal 9");
	assert_int_equal(run_words(none, 10, &out, &d), ERR_NOT_FOUND);
	assert_int_equal(run_words(path, 10, &out, &d), ERR_NOT_FOUND);
}

/* No shell between us and it: what looks like one's syntax arrives as it is. */
static void words_stay_words(void **state)
{
	static const char *const argv[] = {
		"printf", "%s|", "a b", "$(id)", "; x", "'", NULL};
	CLEANUP_BUF struct buf out = {.max = 65536};
	struct diag d;

	(void)state;
	assert_int_equal(run_words(argv, 10, &out, &d), OK);
	assert_string_equal(buf_str(&out), "a b|$(id)|; x|'|");
}

static void small_environment(void **state)
{
	static const char *const argv[] = {"env", NULL};
	CLEANUP_BUF struct buf out = {.max = 65536};
	struct diag d;

	(void)state;
	assert_int_equal(setenv("VARSEL_TEST_SECRET", "x", 1), 0);
	assert_int_equal(run_words(argv, 10, &out, &d), OK);
	assert_null(strstr(buf_str(&out), "SECRET"));
	assert_non_null(strstr(buf_str(&out), "PATH=/usr/local/sbin:"));
}

static void deadline(void **state)
{
	static const char *const argv[] = {"sleep", "60", NULL};
	CLEANUP_BUF struct buf out = {.max = 65536};
	time_t start = time(NULL);
	struct diag d;

	(void)state;
	assert_int_equal(run_words(argv, 1, &out, &d), ERR_CANTCREAT);
	assert_string_equal(d.text, "sleep: no answer in 1 seconds");
	assert_true(time(NULL) - start < 10);
}

static void more_output_than_room(void **state)
{
	static const char *const argv[] = {"head", "-c", "1000000", "/dev/zero", NULL};
	CLEANUP_BUF struct buf out = {.max = 65536};
	struct diag d;

	(void)state;
	assert_int_equal(run_words(argv, 10, &out, &d), OK);
	assert_true(out.len <= 65536);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(words_stay_words),
		cmocka_unit_test(small_environment),
		cmocka_unit_test(deadline),
		cmocka_unit_test(more_output_than_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
