/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

#define SHOWN_MAX 120 /* bytes of a value that a refusal repeats */

/* What is formatted came from outside: it must not move a terminal's cursor, and a cut
 * must not leave half a UTF-8 sequence. */
static void make_printable(char *text)
{
	size_t n = strlen(text), start;

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = '?';
	if (n + 1 < DIAG_MAX)
		return;
	for (start = n; start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80;
		start--)
		;
	if (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0xc0)
		text[start - 1] = '\0';
}

enum err diag_fail(struct diag *d, enum err e, const char *fmt, ...)
{
	va_list ap;

	if (!d)
		return e;
	va_start(ap, fmt);
	(void)vsnprintf(d->text, sizeof(d->text), fmt, ap);
	va_end(ap);
	make_printable(d->text);
	return e;
}

/* Writes what may be shown of `value`, terminated. */
static void show(struct slice value, char out[SHOWN_MAX + 4])
{
	size_t len = 0;

	while (value.n > 0) {
		uint32_t cp = 0;
		size_t n = utf8_next(value, &cp), take = n ? n : 1;

		if (len + take > SHOWN_MAX) {
			memcpy(out + len, "...", 3);
			len += 3;
			break;
		}
		if (n == 0 || utf8_is_hidden(cp)) {
			out[len++] = '?';
		} else {
			memcpy(out + len, value.p, n);
			len += n;
		}
		value = (struct slice){value.p + take, value.n - take};
	}
	out[len] = '\0';
}

enum err diag_value(struct diag *d, enum err e, const char *kind, struct slice value,
	const char *fmt, ...)
{
	char shown[SHOWN_MAX + 4];
	va_list ap;
	int n;

	if (!d)
		return e;
	show(value, shown);
	n = snprintf(d->text, sizeof(d->text), "%s \"%s\": ", kind, shown);
	if (n < 0 || (size_t)n >= sizeof(d->text))
		return e;
	va_start(ap, fmt);
	(void)vsnprintf(d->text + n, sizeof(d->text) - (size_t)n, fmt, ap);
	va_end(ap);
	make_printable(d->text);
	return e;
}

enum err diag_at(struct diag *d, enum err e, const char *fmt, ...)
{
	char old[DIAG_MAX];
	size_t room, n;
	va_list ap;

	if (!d)
		return e;
	memcpy(old, d->text, sizeof(old));
	va_start(ap, fmt);
	(void)vsnprintf(d->text, sizeof(d->text), fmt, ap);
	va_end(ap);
	n = strlen(d->text);
	room = sizeof(d->text) - 1 - n;
	memcpy(d->text + n, old, strnlen(old, room));
	d->text[n + strnlen(old, room)] = '\0';
	make_printable(d->text);
	return e;
}
