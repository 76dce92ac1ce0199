/* SPDX-License-Identifier: BSD-2-Clause */
/* A file in one of the input formats, as far as it goes before it is signed: whatever is
 * in it, what comes out are lines that the hub's own parser takes. */
#ifndef VARSEL_FUZZ_INPUT_H
#define VARSEL_FUZZ_INPUT_H

#include "client/agent/batch.h"
#include "tests/fuzz/canonical.h"

struct fuzz_input {
	struct batch batch;
	size_t lines; /* of the file, the last one without LF included */
};

static inline enum err fuzz_row(void *ctx, const struct input_row *row, struct diag *d)
{
	struct fuzz_input *x = ctx;
	enum err e;

	MUST(row->line >= 1 && row->line <= x->lines);
	e = batch_add(&x->batch, row, d);
	MUST(e != ERR_INTERNAL);
	if (e)
		MUST(d->text[0] != '\0');
	return OK;
}

static inline void fuzz_refuse(void *ctx, size_t line, const char *reason)
{
	const struct fuzz_input *x = ctx;

	MUST(line >= 1 && line <= x->lines && reason[0] != '\0');
}

static inline int fuzz_input(const char *format, const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
	struct fuzz_input x = {.lines = 1};
	struct input in = {.row = fuzz_row, .refuse = fuzz_refuse, .ctx = &x};
	struct diag d = {""};

	for (size_t i = 0; i < size; i++)
		x.lines += data[i] == '\n';
	batch_init(&x.batch);
	if (input_read(input_format_of(format), slice_mem(data, size), &in, &d))
		MUST(d.text[0] != '\0');
	for (size_t i = 0; i < x.batch.n; i++) {
		struct slice text = x.batch.line[i].text;
		struct line l;

		MUST(text.n > 1 && text.p[text.n - 1] == '\n');
		text.n--;
		MUST(line_parse(LINE_REPORT, text, &value, &l, NULL) == OK);
		must_be_canonical(l.kind, l.value);
	}
	batch_done(&x.batch);
	return 0;
}

#endif
