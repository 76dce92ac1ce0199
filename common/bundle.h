/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * varsel/bundle/v1: the list that a statement decides on, content-addressed and unsigned
 * (docs/formats.md, Bundle).
 */
#ifndef VARSEL_BUNDLE_H
#define VARSEL_BUNDLE_H

#include "common/fields.h"
#include "common/line.h"
#include "common/statement.h"

struct bundle {
	struct slice salt; /* 32 hex digits */
	struct slice reason;
	struct slice body; /* the indicator lines, each with its LF */
	size_t body_line;  /* number of the body's first line */
	size_t count;      /* lines, the skipped ones included */
	size_t skipped;    /* of unknown kind or action */
	int64_t latest;    /* largest until; 0: none (a revoking bundle) */
};

/* Checks all of it: header, limits, that every line is canonical for its form and that
 * they are sorted without duplicates. `form` is LINE_BUNDLE or LINE_REVOKE. Borrows from
 * `text`. ERR_SYNTAX, ERR_VALUE, ERR_LIMIT with the line. */
enum err bundle_parse(enum line_form form, struct slice text, struct bundle *ret,
	struct diag *d) CHECK_RESULT;

/* The bundle of an approve or revoke: bytes, SHA-256 and count are the signed ones, the
 * latest `until` is the statement's `expires`.
 * ERR_VALUE when it is another bundle; otherwise as bundle_parse(). */
enum err bundle_open(const struct statement *st, struct slice text, struct bundle *ret,
	struct diag *d) CHECK_RESULT;

/* The same of bytes that are known to be so many and to have that SHA-256. */
enum err bundle_open_known(const struct statement *st, struct slice text,
	struct bundle *ret, struct diag *d) CHECK_RESULT;

/* Walks the lines of a bundle that bundle_parse() accepted, fast: no check is repeated.
 * Skips unknown kinds. false at the end. */
bool bundle_next(enum line_form form, struct slice *body, struct line *ret);

/* Appends magic, salt and reason through the blank line; then line_put() each, sorted.
 * `salt` is 16 bytes. */
void bundle_put_header(struct buf *b, const unsigned char salt[16], struct slice reason);

#endif
