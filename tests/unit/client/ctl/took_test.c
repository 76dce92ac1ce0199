/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/took.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_unit_fits(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} row[] = {
		{0, "0 s"},
		{41, "41 s"},
		{119, "119 s"},
		{120, "2 min"},
		{121, "3 min"},
		{7199, "120 min"},
		{7200, "2 h"},
		{172800, "2 d"},
		{172801, "3 d"},
	};
	char text[TOOK_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		took_format(row[i].seconds, text);
		assert_string_equal(text, row[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_unit_fits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
