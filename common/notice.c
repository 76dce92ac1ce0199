/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/notice.h"

#include "common/cpr.h"
#include "common/limits.h"
#include "common/utf8.h"

#define BUNDLE_BEGINS "varsel/"

static bool is_hidden(uint32_t c)
{
	return c != '\n' && c != '\t' && utf8_is_hidden(c);
}

bool notice_is(struct slice text)
{
	return !slice_starts(text, BUNDLE_BEGINS);
}

static enum err check_characters(struct slice text, struct diag *d)
{
	size_t line = 1;

	for (size_t i = 0, n; i < text.n; i += n) {
		uint32_t c;

		n = utf8_next(slice_mem(text.p + i, text.n - i), &c);
		if (n == 0)
			return diag_fail(
				d, ERR_VALUE, "notice: line %zu: not UTF-8", line);
		if (is_hidden(c))
			return diag_fail(d, ERR_VALUE,
				"notice: line %zu: the character U+%04X cannot be seen, "
				"and may do something: take it out",
				line, c);
		line += c == '\n';
	}
	return OK;
}

enum err notice_check(struct slice text, struct diag *d)
{
	CLEANUP_BUF struct buf title;
	enum err e;

	buf_init(&title, NOTICE_TITLE + 1);
	if (text.n == 0 || text.n > NOTICE_MAX)
		return diag_fail(d, ERR_LIMIT, "notice: %zu bytes, 1 to %u are allowed",
			text.n, NOTICE_MAX);
	if (!notice_is(text))
		return diag_fail(d, ERR_VALUE,
			"notice: begins with \"" BUNDLE_BEGINS "\", as lists do");
	e = check_characters(text, d);
	if (e)
		return e;
	if (text.p[text.n - 1] != '\n')
		return diag_fail(d, ERR_VALUE, "notice: its last line does not end");
	notice_put_title(&title, text);
	if (title.len == 0)
		return diag_fail(d, ERR_VALUE, "notice: its first line is no title");
	if (text_has_cpr(text))
		return diag_fail(d, ERR_VALUE,
			"notice: holds a CPR number, which may not be sent");
	return OK;
}

void notice_put(struct buf *b, struct slice text)
{
	for (size_t i = 0, n; i < text.n; i += n) {
		uint32_t c;

		n = utf8_next(slice_mem(text.p + i, text.n - i), &c);
		if (n == 0) {
			buf_putc(b, '?');
			n = 1;
		} else if (!is_hidden(c)) {
			buf_put(b, text.p + i, n);
		}
	}
}

static bool is_mark(char c)
{
	return c == '#' || c == ' ' || c == '\t';
}

void notice_put_title(struct buf *b, struct slice text)
{
	struct slice line;
	size_t n = 0, at;

	(void)slice_cut(&text, '\n', &line);
	while (line.n && is_mark(line.p[0]))
		line = slice_mem(line.p + 1, line.n - 1);
	while (line.n && is_mark(line.p[line.n - 1]))
		line.n--;
	while (n < line.n) {
		size_t one = utf8_next(slice_mem(line.p + n, line.n - n), NULL);

		one = one ? one : 1;
		if (n + one > NOTICE_TITLE)
			break;
		n += one;
	}
	at = b->len;
	notice_put(b, slice_mem(line.p, n));
	for (; at < b->len; at++)
		if (b->data[at] == '\t')
			b->data[at] = ' ';
}
