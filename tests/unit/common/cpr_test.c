/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/cpr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Dates of birth that nobody alive can have, or made-up digits. */
static const char *const found[] = {
	"010190-1234",
	"0101901234",
	"010190 1234",
	"311299-9999",
	"290204-1234",
	"290200-4123",
	"cpr: 010190-1234.",
	"Borger (010190-1234) ringede",
	"æ010190-1234ø",
	"010190\u20131234",
	"010190\u20111234",
	"010190\u00a01234",
	"010190_1234",
	"a=0101901234&b=2",
	"http://evil.example/?id=0101901234",
	"http://evil.example/0101901234/a",
	"http://evil.example/?u=%2F0101901234",
	"http://evil.example/?u=010190%201234",
	"http://evil.example/?u=010190+1234",
	"0101901234@evil.example",
	"x-0101901234.example",
	"12345 0101901234",
	"990190-1234 010190-1234",
	"-010190-1234-",
};

static const char *const absent[] = {
	"",
	"010190",
	"010190-123",
	"010190-",
	"010190--1234",
	"010190 - 1234",
	"010190.1234",
	"01-01-90-1234",
	"000190-1234",
	"320190-1234",
	"010090-1234",
	"011390-1234",
	"310490-1234",
	"300290-1234",
	"290201-1234",
	"610190-1234",
	"a0101901234",
	"0101901234a",
	"Z010190-1234",
	"010190-12345",
	"1010190-1234",
	"00101901234",
	"01019012345",
	"010190-1234a",
	"2026-11-24T10:00:00Z",
	"192.168.100.200",
	"2001:db8:101:9012:34::",
	"+45 12 34 56 78",
	"%z0101901234",
};

static void numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		if (!text_has_cpr(slice_of(found[i])))
			fail_msg("not found: %s", found[i]);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		if (text_has_cpr(slice_of(absent[i])))
			fail_msg("found: %s", absent[i]);
}

/* The end of the slice is the end, whatever stands behind it in memory. */
static void borders(void **state)
{
	(void)state;
	assert_true(text_has_cpr(slice_mem("x010190-12345" + 1, 11)));
	assert_false(text_has_cpr(slice_mem("010190-1234", 10)));
	assert_false(text_has_cpr(slice_mem("010190-1234", 7)));
	assert_false(text_has_cpr(slice_mem("010190-1234", 6)));
	assert_false(text_has_cpr(slice_mem("010190%201234", 9)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(borders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
