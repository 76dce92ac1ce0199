/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/plain.h"

#include "common/refang.h"

bool plain_is_json(struct slice line)
{
	return line.n && line.p[0] == '{' && memchr(line.p, '\\', line.n);
}

bool plain_is_defanged(const char *p, const char *end)
{
	char c = end - p > 2 ? p[1] : '\0';
	size_t n;

	if (!(c == '.' || c == ':' || c == '/' || c == '@' || (c | 0x20) == 'd' ||
		    (c | 0x20) == 'a'))
		return false;
	return refang_bracket(slice_mem(p, (size_t)(end - p)), &n) != NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the escape at `s` stands for, and in *ret_n its length; -1: it is none.
 */
static int escaped(struct slice s, size_t *ret_n)
{
	static const char *const marks[] = {"%", "\\x"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = strlen(marks[i]);
		int high, low;

		if (s.n < n + 2 || memcmp(s.p, marks[i], n) != 0)
			continue;
		high = hex_digit(s.p[n]);
		low = hex_digit(s.p[n + 1]);
		*ret_n = n + 2;
		return high < 0 || low < 0 ? -1 : high * 16 + low;
	}
	return -1;
}

bool plain_is_escaped(struct slice line)
{
	size_t n;

	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] == '%' || line.p[i] == '\\') &&
			escaped(slice_mem(line.p + i, line.n - i), &n) >= 0)
			return true;
	return false;
}

void plain_decode(struct slice line, struct buf *out)
{
	while (line.n) {
		size_t n = 1;
		int c = escaped(line, &n);

		if (c < 0)
			n = 1;
		c = c < 0 ? line.p[0] : c < 0x20 || c == 0x7f ? ' ' : c;
		buf_putc(out, (char)c);
		line = slice_mem(line.p + n, line.n - n);
	}
}

/* \uXXXX at `s`: the code unit; -1 when it is none. */
static int32_t unit(struct slice s)
{
	int32_t v = 0;

	if (s.n < 6 || s.p[0] != '\\' || s.p[1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		int x = hex_digit(s.p[i]);

		if (x < 0)
			return -1;
		v = v * 16 + x;
	}
	return v;
}

static void put_utf8(struct buf *out, uint32_t cp)
{
	if (cp < 0x20) {
		buf_putc(out, ' ');
	} else if (cp < 0x80) {
		buf_putc(out, (char)cp);
	} else if (cp < 0x800) {
		buf_putc(out, (char)(0xc0 | cp >> 6));
		buf_putc(out, (char)(0x80 | (cp & 0x3f)));
	} else {
		if (cp >= 0x10000) {
			buf_putc(out, (char)(0xf0 | cp >> 18));
			buf_putc(out, (char)(0x80 | (cp >> 12 & 0x3f)));
		} else {
			buf_putc(out, (char)(0xe0 | cp >> 12));
		}
		buf_putc(out, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (cp & 0x3f)));
	}
}

/* Appends what the escape at the start of `s` means; its length. */
static size_t unescape(struct slice s, struct buf *out)
{
	int32_t a = unit(s), b;

	if (a < 0 && s.n > 1 && s.p[1] == 'x') { /* no JSON, but nginx writes it */
		buf_putc(out, '\\');
		return 1;
	}
	if (a < 0) {
		/* \n, \t and the like are blanks; others stand for themselves */
		if (s.n > 1)
			buf_putc(out, memchr("nrtbfu", s.p[1], 6) ? ' ' : s.p[1]);
		return s.n > 1 ? 2 : 1;
	}
	b = a >= 0xd800 && a < 0xdc00 ? unit(slice_mem(s.p + 6, s.n - 6)) : -1;
	if (b >= 0xdc00 && b < 0xe000) {
		put_utf8(out, 0x10000 + ((uint32_t)(a - 0xd800) << 10) +
				      (uint32_t)(b - 0xdc00));
		return 12;
	}
	put_utf8(out, (uint32_t)a);
	return 6;
}

static void put_refanged(struct slice s, struct buf *out)
{
	while (s.n) {
		size_t n;
		const char *plain = refang_bracket(s, &n);

		if (plain) {
			/* "evil [dot] example": the blanks belong to the bracket */
			while (out->len && (out->data[out->len - 1] == ' '))
				out->len--;
			buf_puts(out, plain);
			s = slice_mem(s.p + n, s.n - n);
			while (s.n && s.p[0] == ' ')
				s = slice_mem(s.p + 1, s.n - 1);
		} else {
			buf_putc(out, s.p[0]);
			s = slice_mem(s.p + 1, s.n - 1);
		}
	}
}

void plain_line(struct slice line, struct buf *out)
{
	CLEANUP_BUF struct buf text;

	buf_init(&text, out->max);
	if (!plain_is_json(line)) {
		put_refanged(line, out);
		return;
	}
	while (line.n) {
		size_t n = 1;

		if (line.p[0] == '\\')
			n = unescape(line, &text);
		else
			buf_putc(&text, line.p[0]);
		line = slice_mem(line.p + n, line.n - n);
	}
	put_refanged(buf_view(&text), out);
}
