/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * varsel/report/v1: what a municipality found, signed by its key (docs/formats.md,
 * Report).
 */
#ifndef VARSEL_REPORT_H
#define VARSEL_REPORT_H

#include "common/fields.h"
#include "common/line.h"

struct report {
	struct slice hub;
	struct slice org;
	int64_t issued;
	enum tlp tlp;
	struct slice comment; /* n == 0: none */
	struct fields body;   /* positioned at the first indicator line */
};

/* The header; borrows from `text`. ERR_SYNTAX, ERR_VALUE (CPR number in the comment),
 * ERR_LIMIT (REPORT_MAX, REPORT_LINES). */
enum err report_parse(struct slice text, struct report *ret, struct diag *d) CHECK_RESULT;

/* One line after the other: OK with a line, or OK with *ret_end set. A refused line gives
 * its error with `line N: ` in the diag (N also in r->body.line - 1), and the next call
 * goes on behind it; *ret_fatal is set when the report as a whole must be refused (an
 * empty or over-long line, or a CPR number in it). `value` (max >= VALUE_MAX) gets the
 * canonical value and is reset at each call. An unknown kind or a CPR number is
 * ERR_VALUE. */
enum err report_next(struct report *r, struct buf *value, struct line *ret, bool *ret_end,
	bool *ret_fatal, struct diag *d) CHECK_RESULT;

/* Appends magic and header through the blank line; then line_put() each. */
void report_put_header(struct buf *b, const struct report *r);

#endif
