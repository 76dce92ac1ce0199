/* SPDX-License-Identifier: BSD-2-Clause */
/* Scopes; what needs the database is in tests/integration/core. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/core/token.h"

static void test_scopes(void **state)
{
	static const struct {
		const char *text;
		unsigned bits; /* 0: refused */
	} cases[] = {
		{"feed", SCOPE_FEED},
		{"read feed", SCOPE_FEED | SCOPE_READ},
		{"feed report read", SCOPES_MEMBER},
		{"coordinate read feed", SCOPES_COORDINATOR},
		{"", 0},
		{" feed", 0},
		{"feed ", 0},
		{"feed  read", 0},
		{"feed feed", 0},
		{"Feed", 0},
		{"feeds", 0},
		{"fee", 0},
	};
	unsigned bits;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bits = 0;
		assert_int_equal(scopes_parse(slice_of(cases[i].text), &bits, &d),
			cases[i].bits ? OK : ERR_VALUE);
		assert_int_equal(bits, cases[i].bits);
	}
	assert_int_equal(scopes_parse(slice_of("feed all"), &bits, &d), ERR_VALUE);
	assert_non_null(strstr(d.text, "scope \"all\""));
}

static void test_words_in_one_order(void **state)
{
	CLEANUP_BUF struct buf b = {.max = 100};

	(void)state;
	scopes_put(&b, SCOPE_READ | SCOPE_FEED | SCOPE_COORDINATE);
	assert_string_equal(buf_str(&b), "feed read coordinate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_words_in_one_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
