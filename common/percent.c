/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/percent.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool unreserved(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

/* sub-delims, and what else may stand in a path or query */
static bool reserved(char c, bool query)
{
	return (c != '\0' && strchr("!$&'()*+,;=:@/", c)) || (query && c == '?');
}

int percent_byte(struct slice s)
{
	if (s.n < 3 || s.p[0] != '%' || hex_value(s.p[1]) < 0 || hex_value(s.p[2]) < 0)
		return -1;
	return hex_value(s.p[1]) << 4 | hex_value(s.p[2]);
}

static void put_encoded(struct buf *out, int byte)
{
	static const char hex[] = "0123456789ABCDEF";
	char text[3] = {'%', hex[byte >> 4 & 0xf], hex[byte & 0xf]};

	buf_put(out, text, sizeof(text));
}

void percent_normalise(struct slice s, bool query, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		int byte = percent_byte((struct slice){s.p + i, s.n - i});

		if (byte >= 0) {
			if (unreserved(byte))
				buf_putc(out, (char)byte);
			else
				put_encoded(out, byte);
			i += 2;
		} else if (unreserved(s.p[i]) || reserved(s.p[i], query)) {
			buf_putc(out, s.p[i]);
		} else {
			put_encoded(out, (unsigned char)s.p[i]);
		}
	}
}

void dot_segments_remove(struct buf *b, size_t start)
{
	size_t in = start, len = start;

	while (in < b->len) {
		/* one segment, with the slash before it */
		const char *p = b->data + in, *next;
		size_t n = b->len - in;
		bool last;

		next = memchr(p + 1, '/', n - 1);
		last = next == NULL;
		if (next)
			n = (size_t)(next - p);
		in += n;
		if (n == 3 && p[1] == '.' && p[2] == '.') {
			while (len > start && b->data[--len] != '/')
				;
		} else if (n != 2 || p[1] != '.') {
			memmove(b->data + len, p, n);
			len += n;
			continue;
		}
		/* "/a/." and "/a/b/.." end in a slash */
		if (last)
			b->data[len++] = '/';
	}
	b->len = len;
	if (b->data)
		b->data[len] = '\0';
}
