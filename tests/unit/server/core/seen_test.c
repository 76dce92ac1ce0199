/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "server/core/orgs.h"

static char written[8][ORG_CODE_MAX + 1];
static int64_t written_at[8];
static size_t n;
static enum err answer;

enum err orgs_seen(struct db *db, const char *code, int64_t now, struct diag *d)
{
	(void)db;
	if (answer)
		return diag_fail(d, answer, "not now");
	assert_true(n < 8);
	memcpy(written[n], code, strlen(code) + 1);
	written_at[n++] = now;
	return OK;
}

static void noted_and_written(void **state)
{
	struct seen s;

	(void)state;
	seen_init(&s);
	seen_note(&s, "0751", 100);
	seen_note(&s, "0101", 100);
	seen_note(&s, "0751", 105);
	seen_note(&s, "0751", 103); /* clocks of threads */
	seen_note(&s, "a code that is no code at all", 1);
	answer = ERR_DATABASE;
	assert_int_equal(seen_write(&s, NULL, NULL), ERR_DATABASE);
	answer = OK;
	assert_int_equal(seen_write(&s, NULL, NULL), OK);
	assert_int_equal(n, 2);
	assert_string_equal(written[0], "0101");
	assert_string_equal(written[1], "0751");
	assert_int_equal(written_at[0], 100);
	assert_int_equal(written_at[1], 105);
	assert_int_equal(seen_write(&s, NULL, NULL), OK); /* nothing new */
	assert_int_equal(n, 2);
	seen_note(&s, "0101", 200);
	assert_int_equal(seen_write(&s, NULL, NULL), OK);
	assert_int_equal(n, 3);
	seen_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noted_and_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
