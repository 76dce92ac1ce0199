/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reader makes of a text: a line for each row and each refusal. */
#ifndef VARSEL_TEST_INPUT_READING_H
#define VARSEL_TEST_INPUT_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "client/agent/input/input.h"
#include "common/buf.h"

struct reading {
	struct buf text;
	size_t skipped;
	enum err err;
	struct diag d;
};

static inline void reading_field(struct buf *b, const char *name, struct slice v)
{
	if (v.n)
		buf_printf(b, " %s=%.*s", name, SLICE_ARG(v));
}

static inline enum err reading_row(void *ctx, const struct input_row *r, struct diag *d)
{
	struct buf *b = ctx;

	(void)d;
	buf_printf(b, "%zu", r->line);
	reading_field(b, "kind", r->kind);
	reading_field(b, "value", r->value);
	reading_field(b, "action", r->action);
	reading_field(b, "confidence", r->confidence);
	reading_field(b, "seen", r->seen);
	reading_field(b, "tlp", r->tlp);
	reading_field(b, "tag", r->tag);
	buf_putc(b, '\n');
	return OK;
}

static inline void reading_refuse(void *ctx, size_t line, const char *reason)
{
	buf_printf(ctx, "%zu! %s\n", line, reason);
}

static inline void reading_of(const char *format, const char *text, struct reading *r)
{
	struct input in = {.row = reading_row, .refuse = reading_refuse, .ctx = &r->text};
	const struct input_format *f = input_format_of(format);

	*r = (struct reading){.d = {""}};
	buf_init(&r->text, 1u << 20);
	assert_non_null(f);
	r->err = input_read(f, slice_of(text), &in, &r->d);
	r->skipped = in.skipped;
}

static inline void reading_expect(const char *format, const char *text, const char *want)
{
	struct reading r;

	reading_of(format, text, &r);
	if (r.err)
		fail_msg("%s", r.d.text);
	assert_string_equal(buf_str(&r.text), want);
	buf_done(&r.text);
}

/* The file as a whole is refused, with these words in the reason. */
static inline void reading_refused(const char *format, const char *text, const char *want)
{
	struct reading r;

	reading_of(format, text, &r);
	assert_int_equal(r.err, ERR_SYNTAX);
	if (!strstr(r.d.text, want))
		fail_msg("\"%s\" lacks \"%s\"", r.d.text, want);
	buf_done(&r.text);
}

#endif
