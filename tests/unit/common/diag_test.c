/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "common/utf8.h"

static void places(void **state)
{
	struct diag d;

	(void)state;
	assert_int_equal(diag_fail(&d, ERR_VALUE, "%s is %d", "this", 7), ERR_VALUE);
	assert_string_equal(d.text, "this is 7");
	assert_int_equal(diag_at(&d, ERR_LIMIT, "line %d: ", 3), ERR_LIMIT);
	assert_string_equal(d.text, "line 3: this is 7");
	assert_int_equal(diag_fail(NULL, ERR_VALUE, "nobody cares"), ERR_VALUE);
	assert_int_equal(diag_at(NULL, ERR_VALUE, "nobody cares"), ERR_VALUE);
	assert_int_equal(
		diag_value(NULL, ERR_VALUE, "ip", slice_of("x"), "no"), ERR_VALUE);
}

static void values(void **state)
{
	static const struct {
		const char *in;
		const char *shown;
	} cases[] = {
		{"dk", "dk"},
		{"", ""},
		{"blåbær.公司", "blåbær.公司"},
		{"\x1b[31mred\x7f\n", "?[31mred??"},
		{"\xc2\x9b"
		 "31m",
			"?31m"},
		{"a\u202egpj.exe", "a?gpj.exe"},
		{"a\u2066b\u200bc\ufeff", "a?b?c?"},
		{"\xff\xc3-\xe2\x82", "?"
				      "?-?"
				      "?"},
		{"%s%n", "%s%n"},
		{"\"quoted\"", "\"quoted\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char want[128];
		struct diag d;

		assert_int_equal(diag_value(&d, ERR_VALUE, "domain",
					 slice_of(cases[i].in), "more than %d", 5),
			ERR_VALUE);
		snprintf(
			want, sizeof(want), "domain \"%s\": more than 5", cases[i].shown);
		assert_string_equal(d.text, want);
	}
}

/* Cut, never in the middle of a character, and the reason always follows. */
static void long_values(void **state)
{
	char text[4096];
	struct diag d;

	(void)state;
	for (size_t n = 110; n < 130; n++) {
		memset(text, 'a', n);
		memcpy(text + n, "\u20ac\u20ac\u20ac\u20ac\u20ac", 15);
		(void)diag_value(
			&d, ERR_VALUE, "url", slice_mem(text, n + 15), "too long");
		assert_true(utf8_valid(slice_of(d.text)));
		assert_non_null(
			strstr(d.text, n + 15 > 120 ? "...\": too long" : "\": too"));
		assert_true(strlen(d.text) < 160);
	}
	memset(text, 0xe6, sizeof(text));
	(void)diag_value(&d, ERR_VALUE, "url", slice_mem(text, sizeof(text)), "no");
	assert_true(utf8_valid(slice_of(d.text)));
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	(void)diag_fail(&d, ERR_VALUE, "%s", text);
	assert_int_equal(strlen(d.text), DIAG_MAX - 1);
	(void)diag_at(&d, ERR_VALUE, "line 7: ");
	assert_int_equal(strlen(d.text), DIAG_MAX - 1);
	assert_memory_equal(d.text, "line 7: aaa", 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(values),
		cmocka_unit_test(long_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
