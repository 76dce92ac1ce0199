/* SPDX-License-Identifier: BSD-2-Clause */
/* The attributes of an indicator line, `key=value`: a table of what each form knows. */
#ifndef VARSEL_ATTRIBUTE_H
#define VARSEL_ATTRIBUTE_H

#include "common/line.h"

/* Reads one attribute into *l; one that the form does not know is ignored. *given holds a
 * bit for each met so far on this line, 0 at its start: no attribute but tag may come
 * twice. ERR_SYNTAX, ERR_VALUE, ERR_LIMIT. */
enum err attribute_read(enum line_form form, struct slice text, unsigned *given,
	struct line *l, struct diag *d) CHECK_RESULT;

/* Appends " key=value" for each that is set and that the form knows. */
void attributes_put(struct buf *b, enum line_form form, const struct line *l);

#endif
