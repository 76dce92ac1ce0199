/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/buf.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){.max = b->max};
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->err = OK;
	if (b->data)
		b->data[0] = '\0';
}

/* Makes room for n more bytes and the terminator; false when it cannot. */
static bool reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 256;
	char *data;

	if (b->err)
		return false;
	if (n > b->max || b->len > b->max - n) {
		b->err = ERR_LIMIT;
		return false;
	}
	if (b->len + n < b->cap)
		return true;
	while (cap <= b->len + n)
		cap += cap / 2 + 64;
	data = realloc(b->data, cap);
	if (!data) {
		b->err = ERR_NOMEM;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_puts(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void buf_num(struct buf *b, int64_t v)
{
	char digits[20]; /* of INT64_MIN, with its sign */
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t at = sizeof(digits);

	/* two at a time: each division waits for the one before */
	for (; rest >= 10; rest /= 100) {
		unsigned two = (unsigned)(rest % 100);

		digits[--at] = (char)('0' + two % 10);
		digits[--at] = (char)('0' + two / 10);
	}
	if (rest > 0 || at == sizeof(digits))
		digits[--at] = (char)('0' + rest);
	if (v < 0)
		digits[--at] = '-';
	buf_put(b, digits + at, sizeof(digits) - at);
}

void buf_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.p, s.n);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	/* into the room that is there: mostly it fits */
	size_t room = b->err || !b->data ? 0 : b->cap - b->len;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(room ? b->data + b->len : NULL, room, fmt, again);
	va_end(again);
	if (n < 0)
		b->err = ERR_NOMEM;
	if (n < 0 || !reserve(b, (size_t)n)) {
		if (room)
			b->data[b->len] = '\0';
		return;
	}
	if ((size_t)n >= room)
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n * 2))
		return;
	(void)sodium_bin2hex(b->data + b->len, n * 2 + 1, p, n);
	b->len += n * 2;
}

void buf_base64(struct buf *b, const void *p, size_t n)
{
	size_t size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);

	if (!reserve(b, size - 1))
		return;
	(void)sodium_bin2base64(
		b->data + b->len, size, p, n, sodium_base64_VARIANT_ORIGINAL);
	b->len += size - 1;
}

struct slice buf_view(const struct buf *b)
{
	return (struct slice){b->data ? b->data : "", b->len};
}

const char *buf_str(struct buf *b)
{
	return b->data ? b->data : "";
}
