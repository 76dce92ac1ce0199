/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <locale.h>

static void numbers(void **state)
{
	char out[TEXT_NUM];

	(void)state;
	assert_string_equal(text_num(0, out), "0");
	assert_string_equal(text_num(INT64_MIN, out), "-9223372036854775808");
}

static void lists(void **state)
{
	char one[] = "one", two[] = "two", three[] = "three";
	char *item[] = {one, two, three};
	char out[12];

	(void)state;
	assert_string_equal(
		text_list(&(struct json_texts){item, 0}, ",", out, sizeof(out)), "");
	assert_string_equal(
		text_list(&(struct json_texts){item, 1}, ",", out, sizeof(out)), "one");
	assert_string_equal(
		text_list(&(struct json_texts){item, 2}, ", ", out, sizeof(out)),
		"one, two");
	assert_string_equal(
		text_list(&(struct json_texts){item, 3}, ", ", out, sizeof(out)),
		"one, two, t");
	assert_string_equal(text_list(&(struct json_texts){item, 3}, ",", out, 4), "one");
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("æøå"), 3);
	assert_int_equal(text_width("e\xcc\x81"), 1); /* a combining accent */
	assert_int_equal(text_width("\xe6\xbc\xa2"), 2);
	assert_int_equal(text_width("\xff\xfe"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(lists),
		cmocka_unit_test(widths),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
