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

/* As many as perl counts in Unicode 14 by \p{Default_Ignorable_Code_Point},
 * \p{Bidi_Control} and the ranges that utf8.h names beside them. */
static void what_is_hidden(void **state)
{
	static const uint32_t yes[] = {0, '\n', 0x7f, 0x9f, 0xad, 0x34f, 0x61c, 0x115f,
		0x1160, 0x17b4, 0x180b, 0x180e, 0x200b, 0x200d, 0x200f, 0x2028, 0x202e,
		0x2060, 0x2065, 0x2069, 0x206f, 0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0,
		0xfff9, 0xfffb, 0x1d173, 0xe0000, 0xe0001, 0xe007f, 0xe0100, 0xe0fff};
	static const uint32_t no[] = {' ', '~', 0xa0, 0xae, 0xe6, 0x115e, 0x1161, 0x2010,
		0x2027, 0x202f, 0x205f, 0x2070, 0x3163, 0xfe10, 0xff9f, 0xffa1, 0xfffd,
		0x1f353, 0xdffff, 0xe1000, 0x10ffff};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!utf8_is_hidden(yes[i]))
			fail_msg("U+%04X is seen", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (utf8_is_hidden(no[i]))
			fail_msg("U+%04X is hidden", no[i]);
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++)
		n += utf8_is_hidden(cp);
	assert_int_equal(n, 4244);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(refused),
		cmocka_unit_test(valid),
		cmocka_unit_test(what_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
