/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
