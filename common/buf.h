/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing byte buffer with a maximum and a sticky error: write without checking, then
 * look once with buf_err(). After an error nothing more is added.
 */
#ifndef VARSEL_BUF_H
#define VARSEL_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct buf {
	char *data; /* NUL behind the last byte once anything was written */
	size_t len;
	size_t cap;
	size_t max;
	enum err err; /* OK, ERR_LIMIT or ERR_NOMEM */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);  /* frees; safe twice, and on a zeroed struct */
void buf_reset(struct buf *b); /* empties, keeps the memory, clears the error */

void buf_put(struct buf *b, const void *p, size_t n);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *text);
void buf_num(struct buf *b, int64_t v); /* decimal; a tenth of buf_printf()'s time */
void buf_slice(struct buf *b, struct slice s);
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
void buf_hex(struct buf *b, const void *p, size_t n);    /* lower case */
void buf_base64(struct buf *b, const void *p, size_t n); /* RFC 4648, padded */

/* Borrowed view of what was written; valid until the next write. */
struct slice buf_view(const struct buf *b);
/* The text, terminated; "" when empty. */
const char *buf_str(struct buf *b);

static inline enum err buf_err(const struct buf *b)
{
	return b->err;
}

#define CLEANUP_BUF __attribute__((cleanup(buf_done)))

#endif
