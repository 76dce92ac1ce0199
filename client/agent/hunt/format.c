/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/format.h"

#include <strings.h>
#include <time.h>

static bool has(struct slice line, const char *text)
{
	return memmem(line.p, line.n, text, strlen(text)) != NULL;
}

static bool is_unbound(struct slice l)
{
	return has(l, "unbound[") || has(l, "unbound:");
}

static bool is_bind(struct slice l)
{
	return has(l, "client ") && (has(l, ": query: ") || has(l, ": rpz "));
}

static bool is_dnsmasq(struct slice l)
{
	return has(l, "dnsmasq[") || has(l, "dnsmasq:");
}

static bool is_postfix(struct slice l)
{
	return has(l, "postfix/");
}

static bool is_kernel(struct slice l)
{
	return has(l, " SRC=") && has(l, " DST=");
}

static bool is_eve(struct slice l)
{
	return slice_starts(l, "{") && has(l, "\"event_type\"");
}

static bool is_zeek_json(struct slice l)
{
	return slice_starts(l, "{") && has(l, "\"ts\"");
}

static bool is_number(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.')
			return false;
	return s.n > 0;
}

static bool is_zeek(struct slice l)
{
	struct slice first;

	return slice_cut(&l, '\t', &first) && is_number(first);
}

static bool is_squid(struct slice l)
{
	struct slice first;

	return slice_cut(&l, ' ', &first) && is_number(first) &&
	       (has(l, " TCP_") || has(l, " NONE") || has(l, " UDP_"));
}

static bool is_web(struct slice l)
{
	return has(l, " [") && has(l, "] \"");
}

static bool is_any(struct slice l)
{
	(void)l;
	return true;
}

const struct log_format log_formats[] = {
	{"suricata eve", "ids", is_eve, false},
	{"zeek json", "ids", is_zeek_json, false},
	{"zeek", "ids", is_zeek, false},
	{"squid", "proxy", is_squid, false},
	{"unbound", "dns", is_unbound, true},
	{"bind", "dns", is_bind, true},
	{"dnsmasq", "dns", is_dnsmasq, false},
	{"postfix", "mail", is_postfix, false},
	{"kernel", "firewall", is_kernel, false},
	{"nginx", "web", is_web, false},
	{"plain", "other", is_any, false},
};

const struct log_format *log_format_of(struct slice line)
{
	const struct log_format *f = log_formats;

	while (!f->is(line))
		f++;
	return f;
}

/* `n` digits, or a blank and fewer; -1 when they are not there. */
static int digits(struct slice *s, size_t n)
{
	int v = 0;

	if (s->n < n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		char c = s->p[i];

		if (i == 0 && c == ' ' && n > 1)
			continue;
		if (c < '0' || c > '9')
			return -1;
		v = v * 10 + (c - '0');
	}
	*s = slice_mem(s->p + n, s->n - n);
	return v;
}

static bool skip(struct slice *s, const char *any)
{
	if (!s->n || !s->p[0] || !strchr(any, s->p[0]))
		return false;
	*s = slice_mem(s->p + 1, s->n - 1);
	return true;
}

/* Jan ... Dec, from 0; -1. */
static int month(struct slice *s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; s->n >= 3 && m < 12; m++)
		if (strncasecmp(s->p, names + (size_t)m * 3, 3) == 0) {
			*s = slice_mem(s->p + 3, s->n - 3);
			return m;
		}
	return -1;
}

static bool clock_of(struct slice *s, struct tm *t)
{
	t->tm_hour = digits(s, 2);
	if (!skip(s, ":"))
		return false;
	t->tm_min = digits(s, 2);
	if (!skip(s, ":"))
		return false;
	t->tm_sec = digits(s, 2);
	return t->tm_hour >= 0 && t->tm_min >= 0 && t->tm_sec >= 0;
}

/* With the zone behind it, if there is one. */
static int64_t seconds(struct tm *t, struct slice rest)
{
	int hours, minutes, sign;
	time_t v;

	if (skip(&rest, ".,"))
		while (skip(&rest, "0123456789"))
			;
	(void)skip(&rest, " ");
	if (rest.n && (rest.p[0] == 'Z' || rest.p[0] == '+' || rest.p[0] == '-')) {
		sign = rest.p[0] == '-' ? -1 : 1;
		hours = minutes = 0;
		if (!skip(&rest, "Z")) {
			(void)skip(&rest, "+-");
			hours = digits(&rest, 2);
			(void)skip(&rest, ":");
			minutes = digits(&rest, 2);
		}
		if (hours >= 0 && minutes >= 0)
			return timegm(t) - sign * (hours * 3600 + minutes * 60);
	}
	t->tm_isdst = -1;
	v = mktime(t);
	return v < 0 ? 0 : v;
}

/* 2026-11-24T10:00:00.123+0100, also with a blank or slashes. */
static int64_t iso(struct slice s, int64_t now)
{
	struct tm t = {.tm_year = digits(&s, 4) - 1900};

	(void)now;
	if (!skip(&s, "-/"))
		return 0;
	t.tm_mon = digits(&s, 2) - 1;
	if (!skip(&s, "-/"))
		return 0;
	t.tm_mday = digits(&s, 2);
	if (!skip(&s, "T -") || t.tm_mon < 0 || t.tm_mday < 1 || !clock_of(&s, &t))
		return 0;
	return seconds(&t, s);
}

/* 24-Nov-2026 10:00:00.123 (BIND), 24/Nov/2026:10:00:00 +0100 (web servers). */
static int64_t day_first(struct slice s, int64_t now)
{
	struct tm t = {.tm_mday = digits(&s, 2)};

	(void)now;
	if (t.tm_mday < 1 || !skip(&s, "-/"))
		return 0;
	t.tm_mon = month(&s);
	if (t.tm_mon < 0 || !skip(&s, "-/"))
		return 0;
	t.tm_year = digits(&s, 4) - 1900;
	return skip(&s, ": ") && clock_of(&s, &t) ? seconds(&t, s) : 0;
}

/* Nov 24 10:00:00 */
static int64_t syslog_time(struct slice s, int64_t now)
{
	struct tm t = {.tm_mon = month(&s)}, today;
	time_t at = now;
	int64_t v;

	if (t.tm_mon < 0 || !skip(&s, " "))
		return 0;
	t.tm_mday = digits(&s, 2);
	if (t.tm_mday < 1 || !skip(&s, " ") || !clock_of(&s, &t))
		return 0;
	if (!localtime_r(&at, &today))
		return 0;
	t.tm_year = today.tm_year;
	v = seconds(&t, slice_of(""));
	if (v <= now + 86400)
		return v;
	t.tm_year--;
	return seconds(&t, slice_of(""));
}

/* 1764000000 and, in brackets or with a fraction, the same. */
static int64_t epoch(struct slice s, int64_t now)
{
	int64_t v = 0;
	size_t n = 0;

	(void)now;
	(void)skip(&s, "[");
	while (n < s.n && n < 11 && s.p[n] >= '0' && s.p[n] <= '9')
		v = v * 10 + (s.p[n++] - '0');
	if (n != 10 || n == s.n || !strchr(".]\t ,}", s.p[n]))
		return 0;
	return v;
}

static int64_t any_time(struct slice s, int64_t now)
{
	static int64_t (*const forms[])(struct slice s, int64_t now) = {
		epoch, iso, day_first, syslog_time};
	int64_t v = 0;

	for (size_t i = 0; !v && i < sizeof(forms) / sizeof(forms[0]); i++)
		v = forms[i](s, now);
	return v;
}

static struct slice behind(struct slice line, const char *text)
{
	const char *at = memmem(line.p, line.n, text, strlen(text));
	size_t n;

	if (!at)
		return slice_mem(line.p, 0);
	n = (size_t)(at - line.p) + strlen(text);
	return slice_mem(line.p + n, line.n - n);
}

int64_t log_time(struct slice line, int64_t now)
{
	static const char *const names[] = {"\"timestamp\"", "\"ts\"", "\"@timestamp\""};
	int64_t v = 0;

	if (slice_starts(line, "{")) {
		for (size_t i = 0; !v && i < sizeof(names) / sizeof(names[0]); i++) {
			struct slice s = behind(line, names[i]);

			while (skip(&s, ": \""))
				;
			v = any_time(s, now);
		}
		return v;
	}
	if (slice_starts(line, "<")) /* a syslog priority */
		line = behind(line, ">");
	v = any_time(line, now);
	/* web servers: behind the client */
	return v ? v : day_first(behind(line, " ["), now);
}
