/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * varsel/receipt/v1: what a municipality enforces, signed by its key (docs/formats.md,
 * Receipt).
 */
#ifndef VARSEL_RECEIPT_H
#define VARSEL_RECEIPT_H

#include "common/fields.h"

struct receipt {
	struct slice hub;
	struct slice org;
	int64_t issued;
	int64_t root_version;
	struct slice log; /* its origin */
	int64_t size;
	struct hash root;
	int64_t at; /* the time that the set is of */
	int64_t active;
	struct hash digest; /* of the active set, before any never-block list */
	/* of the body, filled by receipt_parse() alone */
	int64_t hold_since; /* 0: no hold */
	struct slice hold;
	size_t outputs, failed;
};

/* All of it; borrows from `text`. ERR_SYNTAX, ERR_LIMIT. */
enum err receipt_parse(
	struct slice text, struct receipt *ret, struct diag *d) CHECK_RESULT;

/* What a line says of one output. */
struct receipt_output {
	struct slice name;
	int64_t time;
	struct slice error; /* n == 0: applied at `time` */
};

/* Takes the next such line out of *rest, which begins as a receipt's text that parses;
 * false when there is none left. */
bool receipt_next_output(struct slice *rest, struct receipt_output *ret);

/* Appends magic and header through the blank line; then the lines, a hold first. What is
 * too long in them is cut, and white space in an output's name becomes `_`. */
void receipt_put_header(struct buf *b, const struct receipt *r);
void receipt_put_hold(struct buf *b, int64_t since, const char *reason);
/* `reason` NULL: applied at `time`; otherwise not, found at `time`. */
void receipt_put_output(
	struct buf *b, const char *name, int64_t time, const char *reason);

#endif
