/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/base64.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* RFC 4648 section 10 */
static void known(void **state)
{
	static const struct {
		const char *text, *bytes;
	} row[] = {{"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"},
		{"Zm9vYg==", "foob"}, {"Zm9vYmE=", "fooba"}, {"Zm9vYmFy", "foobar"}};
	uint8_t out[6];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		assert_true(base64_parse(slice_of(row[i].text), out, sizeof(out), &n));
		assert_int_equal(n, strlen(row[i].bytes));
		assert_memory_equal(out, row[i].bytes, n);
	}
}

static void refused(void **state)
{
	static const char *const bad[] = {
		"Zg",                     /* no padding */
		"Zg=",                    /* too little */
		"Zg===",                  /* too much */
		"Zh==",                   /* bits set behind the last byte */
		"Zm9=",                   /* the same, two bits */
		"Zm9v\n",                 /* something behind */
		" Zm9v",                  /* or before */
		"Zm 9v",                  /* or between */
		"Zg==Zg==",               /* two of them */
		"Zm9v-_==",               /* the URL alphabet */
		"=", "Z", "Zm9vYmFyeA==", /* seven bytes do not fit */
	};
	uint8_t out[6];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (base64_parse(slice_of(bad[i]), out, sizeof(out), &n))
			fail_msg("took \"%s\"", bad[i]);
	assert_false(base64_parse((struct slice){"Zm9v\0", 5}, out, sizeof(out), &n));
}

/* In each place of a group, only the 64 digits are digits. */
static void alphabet(void **state)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	uint8_t out[3];
	size_t n;

	(void)state;
	for (int c = 0; c < 256; c++)
		for (size_t place = 0; place < 4; place++) {
			bool both = c && (strchr(upper, c) || strchr(lower, c));
			char text[] = "AAAA";

			text[place] = (char)c;
			assert_int_equal(base64_parse(slice_mem(text, 4), out, 3, &n),
				both || c == '+' || c == '/' || (c == '=' && place == 3));
			assert_int_equal(base64_parse_url(slice_mem(text, 4), out, 3, &n),
				both || c == '-' || c == '_');
		}
}

static void url(void **state)
{
	uint8_t out[3];
	size_t n;

	(void)state;
	assert_true(base64_parse_url(slice_of("-_8"), out, sizeof(out), &n));
	assert_int_equal(n, 2);
	assert_memory_equal(out, "\xfb\xff", 2);
	assert_false(base64_parse_url(slice_of("-_8="), out, sizeof(out), &n));
	assert_false(base64_parse_url(slice_of("-_9"), out, sizeof(out), &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(refused),
		cmocka_unit_test(alphabet),
		cmocka_unit_test(url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
