/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <time.h>

#define LAST 253402300799 /* 9999-12-31T23:59:59Z */

static void times(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} cases[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T23:59:59Z", 86399},
		{"2000-02-29T12:34:56Z", 951827696},
		{"2026-11-24T10:00:00Z", 1795514400},
		{"2038-01-19T03:14:08Z", 2147483648},
		{"2100-03-01T00:00:00Z", 4107542400},
		{"9999-12-31T23:59:59Z", LAST},
	};
	char text[CLOCK_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t t = -1;

		assert_int_equal(clock_parse(slice_of(cases[i].text), &t, NULL), OK);
		assert_int_equal(t, cases[i].time);
		clock_format(t, text);
		assert_string_equal(text, cases[i].text);
	}
	clock_format(-1, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	clock_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

/* Every day there is, by the C library's calendar. */
static void every_day(void **state)
{
	(void)state;
	for (int64_t t = 43200; t <= LAST; t += 86400) {
		char text[CLOCK_TEXT];
		time_t time = t;
		struct tm tm;
		int64_t back;

		assert_non_null(gmtime_r(&time, &tm));
		assert_int_equal(
			strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm), 20);
		if (clock_parse(slice_of(text), &back, NULL) || back != t)
			fail_msg("%s", text);
	}
}

static void no_times(void **state)
{
	static const char *const cases[] = {
		"",
		"2026-11-24",
		"2026-11-24T10:00:00",
		"2026-11-24T10:00:00z",
		"2026-11-24t10:00:00Z",
		"2026-11-24 10:00:00Z",
		"2026-11-24T10:00:00.0Z",
		"2026-11-24T10:00:00+00:00",
		" 2026-11-24T10:00:00Z",
		"2026-11-24T10:00:00Z ",
		"2026-1-24T10:00:00ZZ",
		"2026-11-24T10:00:0\xc3\xa6",
		"202a-11-24T10:00:00Z",
		"+026-11-24T10:00:00Z",
		"-026-11-24T10:00:00Z",
		"1969-12-31T23:59:59Z",
		"0000-01-01T00:00:00Z",
		"2026-00-24T10:00:00Z",
		"2026-13-24T10:00:00Z",
		"2026-11-00T10:00:00Z",
		"2026-11-31T10:00:00Z",
		"2026-02-29T10:00:00Z",
		"2100-02-29T10:00:00Z",
		"2000-02-30T10:00:00Z",
		"2026-11-24T24:00:00Z",
		"2026-11-24T10:60:00Z",
		"2026-11-24T10:00:60Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t t = -1;
		struct diag d;

		if (clock_parse(slice_of(cases[i]), &t, &d) != ERR_SYNTAX)
			fail_msg("%s", cases[i]);
		assert_int_equal(t, -1);
		assert_non_null(strstr(d.text, "not like 2026-11-24T10:00:00Z"));
	}
}

static void numbers(void **state)
{
	static const char *const bad[] = {"", "-1", "+1", "00", "01", "1 ", " 1", "1a",
		"0x1", "1.0", "9223372036854775808", "99999999999999999999", "\xc2\xb2"};
	int64_t v = -1;

	(void)state;
	assert_int_equal(number_parse(slice_of("0"), &v, NULL), OK);
	assert_int_equal(v, 0);
	assert_int_equal(number_parse(slice_of("9223372036854775807"), &v, NULL), OK);
	assert_int_equal(v, INT64_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (number_parse(slice_of(bad[i]), &v, NULL) != ERR_SYNTAX)
			fail_msg("%s", bad[i]);
	assert_int_equal(v, INT64_MAX);
}

static void durations(void **state)
{
	static const char *const bad[] = {"", "d", "30", "30 d", "-1d", "1.5h", "30D",
		"1y", "01d", "36526d", "1dd"};
	int64_t v = -1;

	(void)state;
	assert_int_equal(clock_duration(slice_of("90s"), &v, NULL), OK);
	assert_int_equal(v, 90);
	assert_int_equal(clock_duration(slice_of("15m"), &v, NULL), OK);
	assert_int_equal(v, 900);
	assert_int_equal(clock_duration(slice_of("1h"), &v, NULL), OK);
	assert_int_equal(v, 3600);
	assert_int_equal(clock_duration(slice_of("30d"), &v, NULL), OK);
	assert_int_equal(v, 30 * 86400);
	assert_int_equal(clock_duration(slice_of("2w"), &v, NULL), OK);
	assert_int_equal(v, 14 * 86400);
	assert_int_equal(clock_duration(slice_of("36525d"), &v, NULL), OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (clock_duration(slice_of(bad[i]), &v, NULL) != ERR_SYNTAX)
			fail_msg("%s", bad[i]);
}

static void until(void **state)
{
	int64_t t = -1;

	(void)state;
	assert_int_equal(clock_until(slice_of("1h"), 1000, &t, NULL), OK);
	assert_int_equal(t, 4600);
	assert_int_equal(clock_until(slice_of("1970-01-02"), 1000, &t, NULL), OK);
	assert_int_equal(t, 86400);
	assert_int_equal(clock_until(slice_of("1970-01-01T00:00:07Z"), 0, &t, NULL), OK);
	assert_int_equal(t, 7);
	assert_int_equal(clock_until(slice_of("tomorrow"), 0, &t, NULL), ERR_SYNTAX);
	assert_int_equal(clock_until(slice_of("1970-01-32"), 0, &t, NULL), ERR_SYNTAX);
	assert_int_equal(t, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times),
		cmocka_unit_test(every_day),
		cmocka_unit_test(no_times),
		cmocka_unit_test(numbers),
		cmocka_unit_test(durations),
		cmocka_unit_test(until),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
