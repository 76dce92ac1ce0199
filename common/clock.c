/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/clock.h"

#include <stdio.h>
#include <time.h>

#define TIME_MAX_ 253402300799 /* 9999-12-31T23:59:59Z */
#define YEARS_100 (INT64_C(36525) * 86400)

int64_t clock_now(void)
{
	struct timespec ts;

	/* not time(3): its coarse clock may run a tick behind what another program saw */
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

int64_t clock_milliseconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool digits(const char *p, size_t n, int *ret)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*ret = v;
	return true;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of the years before this one, counted from year 1. */
static int64_t days_before_year(int year)
{
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400;
}

/* Seconds since 1970 of a date that exists; false when it does not, or is before 1970. By
 * hand because a bundle holds tens of thousands, and timegm() takes five times as long.
 */
static bool seconds_of(const struct tm *tm, int64_t *ret)
{
	static const int before[] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
	bool leap = is_leap(tm->tm_year);
	int month = tm->tm_mon - 1, last;
	int64_t days;

	if (tm->tm_year < 1970 || month < 0 || month > 11 || tm->tm_hour > 23 ||
		tm->tm_min > 59 || tm->tm_sec > 59)
		return false;
	last = before[month + 1] - before[month] + (leap && month == 1);
	if (tm->tm_mday < 1 || tm->tm_mday > last)
		return false;
	days = days_before_year(tm->tm_year) - days_before_year(1970) + before[month] +
	       (leap && month > 1) + tm->tm_mday - 1;
	*ret = ((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 + tm->tm_sec;
	return true;
}

enum err clock_parse(struct slice text, int64_t *ret_time, struct diag *d)
{
	const char *p = text.p;
	struct tm tm = {0}; /* year and month as written */
	int64_t t;

	if (text.n != 20 || p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' ||
		p[16] != ':' || p[19] != 'Z' || !digits(p, 4, &tm.tm_year) ||
		!digits(p + 5, 2, &tm.tm_mon) || !digits(p + 8, 2, &tm.tm_mday) ||
		!digits(p + 11, 2, &tm.tm_hour) || !digits(p + 14, 2, &tm.tm_min) ||
		!digits(p + 17, 2, &tm.tm_sec) || !seconds_of(&tm, &t))
		return diag_fail(d, ERR_SYNTAX,
			"time \"%.*s\": not like 2026-11-24T10:00:00Z",
			text.n > 40 ? 40 : (int)text.n, p);
	*ret_time = t;
	return OK;
}

static void put_digits(char *p, size_t n, int v)
{
	while (n-- > 0) {
		p[n] = (char)('0' + v % 10);
		v /= 10;
	}
}

void clock_format(int64_t time, char out[CLOCK_TEXT])
{
	time_t t = time < 0 ? 0 : time > TIME_MAX_ ? TIME_MAX_ : time;
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	/* By hand, as for each entry of an active set: strftime() takes most of a digest.
	 */
	memcpy(out, "0000-00-00T00:00:00Z", CLOCK_TEXT);
	put_digits(out, 4, tm.tm_year + 1900);
	put_digits(out + 5, 2, tm.tm_mon + 1);
	put_digits(out + 8, 2, tm.tm_mday);
	put_digits(out + 11, 2, tm.tm_hour);
	put_digits(out + 14, 2, tm.tm_min);
	put_digits(out + 17, 2, tm.tm_sec);
}

void clock_put(struct buf *b, int64_t time)
{
	char text[CLOCK_TEXT];

	clock_format(time, text);
	buf_puts(b, text);
}

enum err number_parse(struct slice text, int64_t *ret, struct diag *d)
{
	int64_t v = 0;

	if (text.n == 0 || (text.n > 1 && text.p[0] == '0'))
		goto bad;
	for (size_t i = 0; i < text.n; i++) {
		int digit = text.p[i] - '0';

		if (digit < 0 || digit > 9 || v > (INT64_MAX - digit) / 10)
			goto bad;
		v = v * 10 + digit;
	}
	*ret = v;
	return OK;
bad:
	return diag_fail(d, ERR_SYNTAX,
		"number \"%.*s\": not decimal digits below 2^63 without a leading zero",
		text.n > 40 ? 40 : (int)text.n, text.p);
}

enum err clock_duration(struct slice text, int64_t *ret_seconds, struct diag *d)
{
	static const char units[] = "smhdw";
	static const int64_t seconds[] = {1, 60, 3600, 86400, 7 * 86400};
	const char *unit = text.n ? strchr(units, text.p[text.n - 1]) : NULL;
	int64_t v;

	if (!unit || !*unit ||
		number_parse((struct slice){text.p, text.n - 1}, &v, NULL) ||
		v > YEARS_100 / seconds[unit - units])
		return diag_fail(d, ERR_SYNTAX,
			"duration \"%.*s\": not a number with s, m, h, d or w behind it",
			text.n > 40 ? 40 : (int)text.n, text.p);
	*ret_seconds = v * seconds[unit - units];
	return OK;
}

enum err clock_until(struct slice text, int64_t now, int64_t *ret_time, struct diag *d)
{
	char full[CLOCK_TEXT];
	int64_t t;

	if (clock_duration(text, &t, NULL) == OK) {
		*ret_time = now + t;
		return OK;
	}
	if (text.n == 10) {
		(void)snprintf(full, sizeof(full), "%.*sT00:00:00Z", SLICE_ARG(text));
		text = slice_of(full);
	}
	if (clock_parse(text, &t, NULL))
		return diag_fail(d, ERR_SYNTAX,
			"time \"%.*s\": not like 30d, 2026-12-24 or 2026-12-24T00:00:00Z",
			text.n > 40 ? 40 : (int)text.n, text.p);
	*ret_time = t;
	return OK;
}
