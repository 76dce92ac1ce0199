/* SPDX-License-Identifier: BSD-2-Clause */
/* A JSON text taken apart, whose objects know the line they begin on. */
#ifndef VARSEL_INPUT_DOC_H
#define VARSEL_INPUT_DOC_H

#include <jansson.h>

#include "common/diag.h"
#include "common/slice.h"

struct doc_place {
	const json_t *object;
	size_t line;
};

struct doc {
	json_t *root;
	struct doc_place *place; /* sorted by address */
	size_t n;
	size_t bytes; /* of the text that were read */
};

/* Reads the first JSON value of `text`, whose first line has the number `line`; with
 * `all`, nothing but blanks may follow. ERR_SYNTAX with the line; ERR_NOMEM. */
enum err doc_load(struct slice text, size_t line, bool all, struct doc *ret,
	struct diag *d) CHECK_RESULT;
void doc_done(struct doc *x);
/* Of an object in the document; 0 for anything else. */
size_t doc_line(const struct doc *x, const json_t *object);

/* A member that is a text; empty when it is absent or something else. */
struct slice doc_text(const json_t *object, const char *name);
/* "2026-11-24T10:00:00.123Z" without the fraction, or "2026-11-24T10:00:00+00:00" as our
 * times are written; `out` has room for CLOCK_TEXT. Empty when it is no such time. */
struct slice doc_time(struct slice text, char *out);

#endif
