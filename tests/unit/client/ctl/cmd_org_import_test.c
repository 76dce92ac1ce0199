/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/ctl/cmd_org.h"

static void fields_are_split_and_unquoted(void **state)
{
	static const struct {
		const char *line, *want[4];
	} table[] = {
		{"0101,København", {"0101", "København"}},
		{"\"0101\",\"Sorø, by\",x", {"0101", "Sorø, by", "x"}},
		{"\"a \"\"b\"\" c\",", {"a \"b\" c"}},
		{"a,,b", {"a", "", "b"}},
		{"\"\",x", {"", "x"}},
		{"a b , c", {"a b ", " c"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct slice rest = slice_of(table[i].line);
		struct buf b;
		struct diag d;

		buf_init(&b, 100);
		for (size_t j = 0; table[i].want[j]; j++) {
			assert_int_equal(csv_field(&rest, &b, &d), OK);
			assert_string_equal(buf_str(&b), table[i].want[j]);
		}
		assert_int_equal(rest.n, 0);
		buf_done(&b);
	}
}

static void broken_quotes_are_named(void **state)
{
	static const char *const bad[] = {"\"never closed", "\"a\"b,c", "\"", "\"a\"\""};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct slice rest = slice_of(bad[i]);
		struct buf b;
		struct diag d;

		buf_init(&b, 100);
		assert_int_equal(csv_field(&rest, &b, &d), ERR_SYNTAX);
		assert_non_null(strstr(d.text, "quotation mark"));
		buf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_split_and_unquoted),
		cmocka_unit_test(broken_quotes_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
