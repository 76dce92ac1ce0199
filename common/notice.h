/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The advisory that a statement with verb notice names: Markdown, UTF-8, whose first line
 * is its title. It is read by people on terminals, so nothing that a terminal obeys gets
 * into one, and nothing that got into one all the same gets out.
 */
#ifndef VARSEL_NOTICE_H
#define VARSEL_NOTICE_H

#include "common/buf.h"
#include "common/diag.h"

#define NOTICE_TITLE 160 /* bytes */

/* Whether this may be signed and served: 1 to NOTICE_MAX bytes, UTF-8, whole lines, a
 * title, no control character but LF and tab, no CPR number. ERR_VALUE, ERR_LIMIT, with
 * the line. */
enum err notice_check(struct slice text, struct diag *d) CHECK_RESULT;
/* Told apart from a bundle by how it begins. */
bool notice_is(struct slice text);

/* Appends the title, without the marks of a heading, cut to NOTICE_TITLE. */
void notice_put_title(struct buf *b, struct slice text);
/* Appends any bytes as text for a terminal: control characters, those that turn the
 * direction of writing included, are left out; what is no UTF-8 becomes "?". */
void notice_put(struct buf *b, struct slice text);

#endif
