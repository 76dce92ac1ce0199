/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* A code without a row would crash whoever prints it. */
static void every_row(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_COUNT_; i++) {
		enum err e = (enum err)i;
		int http = err_http(e), exit_code = err_exit(e);

		assert_non_null(err_slug(e));
		assert_true(strlen(err_slug(e)) > 0);
		assert_int_equal(strspn(err_slug(e), "abcdefghijklmnopqrstuvwxyz-"),
			strlen(err_slug(e)));
		assert_true(strlen(err_text(e)) > 0);
		assert_true(http >= 200 && http < 600);
		/* zero means success, to a client and to a shell */
		assert_int_equal(http < 300, e == OK);
		assert_true(exit_code >= 0 && exit_code <= 78);
		assert_true(exit_code > 0 || e == OK || e == ERR_NOT_MODIFIED);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(err_slug(e), err_slug((enum err)j));
	}
}

static void backwards(void **state)
{
	(void)state;
	for (int i = 1; i < ERR_COUNT_; i++) {
		assert_int_equal(err_from_slug(err_slug((enum err)i)), i);
		assert_int_equal(err_http(err_from_http(err_http((enum err)i))),
			err_http((enum err)i));
	}
	assert_int_equal(err_from_slug("no-such-slug"), ERR_INTERNAL);
	assert_int_equal(err_from_slug(""), ERR_INTERNAL);
	assert_int_equal(err_from_http(418), ERR_INTERNAL);
	assert_int_equal(err_from_http(200), ERR_INTERNAL);
}

/* Scripts and cron rely on these. */
static void promised(void **state)
{
	(void)state;
	assert_int_equal(err_exit(ERR_USAGE), 64);
	assert_int_equal(err_exit(ERR_VALUE), 65);
	assert_int_equal(err_exit(ERR_SIGNATURE), 65);
	assert_int_equal(err_exit(ERR_NOTHING), 65);
	assert_int_equal(err_exit(ERR_UNAVAILABLE), 69);
	assert_int_equal(err_exit(ERR_CANTCREAT), 73);
	assert_int_equal(err_exit(ERR_TEMPFAIL), 75);
	assert_int_equal(err_exit(ERR_HOLD), 76);
	assert_int_equal(err_exit(ERR_NOPERM), 77);
	assert_int_equal(err_exit(ERR_CONFIG), 78);
	assert_int_equal(err_exit(ERR_UNKNOWN), 1);
	assert_int_equal(err_http(ERR_NO_EFFECT), 409);
	assert_int_equal(err_http(ERR_NOTHING), 422);
	assert_int_equal(err_http(ERR_UNAUTHORIZED), 401);
	assert_int_equal(err_http(ERR_DATABASE), 503);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(backwards),
		cmocka_unit_test(promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
