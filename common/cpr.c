/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/cpr.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_digit(p[i]))
			return false;
	return true;
}

static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* DDMMYY. The century hangs on a later digit; every fourth year counts as a leap year, so
 * that 29 February of 2000 is found. */
static bool is_date(const char *p)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int day = two(p), month = two(p + 2), year = two(p + 4);

	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return month != 2 || day != 29 || year % 4 == 0;
}

/* Bytes of the separator at p. */
static size_t separator(const char *p, size_t n)
{
	static const char *const forms[] = {"-", " ", "+", "_", "%20", "\u00a0", "\u2010",
		"\u2011", "\u2012", "\u2013", "\u2014", "\u2212"};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (slice_starts((struct slice){p, n}, forms[i]))
			return strlen(forms[i]);
	return 0;
}

/* Nothing alphanumeric ends before offset `at`. The two digits of "%2F" are none. */
static bool begins(struct slice text, size_t at)
{
	if (at == 0 || !is_alnum(text.p[at - 1]))
		return true;
	return at >= 3 && text.p[at - 3] == '%' && is_hex(text.p[at - 2]) &&
	       is_hex(text.p[at - 1]);
}

bool text_has_cpr(struct slice text)
{
	for (size_t i = 0; i + 10 <= text.n; i++) {
		const char *p = text.p + i;
		size_t end;

		if (!is_digit(p[0]) || !digits(p, 6) || !is_date(p) || !begins(text, i))
			continue;
		end = i + 6 + separator(p + 6, text.n - i - 6);
		if (end + 4 > text.n || !digits(text.p + end, 4))
			continue;
		if (end + 4 == text.n || !is_alnum(text.p[end + 4]))
			return true;
	}
	return false;
}
