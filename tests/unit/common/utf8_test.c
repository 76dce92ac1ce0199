/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* What RFC 3629 makes of a code point; 0 bytes for what it has no form for. */
static size_t encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

static void every_code_point(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < 0x120000; cp++) {
		char text[4];
		uint32_t got = 0xffffffff;
		size_t n = encode(cp, text);
		bool good = cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);

		if (utf8_next((struct slice){text, n}, &got) != (good ? n : 0) ||
			(good && got != cp))
			fail_msg("U+%04X", cp);
		if (n > 1 && utf8_next((struct slice){text, n - 1}, NULL))
			fail_msg("U+%04X, cut", cp);
	}
}

static void refused(void **state)
{
	static const char *const bad[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xff", "\xc3", "\xc3(", "\xe2\x82", "\xe2(\xa1"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char text[16];

		(void)snprintf(text, sizeof(text), "ab%sc", bad[i]);
		assert_int_equal(utf8_check(slice_of(text)), 2);
		assert_false(utf8_valid(slice_of(text)));
	}
}

static void valid(void **state)
{
	struct slice nul = {"a\0b", 3};

	(void)state;
	assert_true(utf8_valid(slice_of("")));
	assert_true(utf8_valid((struct slice){NULL, 0}));
	assert_true(utf8_valid(slice_of("r\xc3\xb8"
					"dgr\xc3\xb8"
					"d \xe2\x80\x94 \xf0\x9f\x8d\x93")));
	assert_true(utf8_valid(nul));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(refused),
		cmocka_unit_test(valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
