/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of every Varsel document: a magic line, then `name SP value` lines in a
 * fixed order, each at most once. A reader asks for the fields one after the other;
 * whatever is left, missing, repeated or out of order is refused with its line number.
 */
#ifndef VARSEL_FIELDS_H
#define VARSEL_FIELDS_H

#include <stdint.h>

#include "common/clock.h"
#include "common/hash.h"

#define FIELDS_SEEN 16 /* different names in one document's header */

/* A sticky-error cursor: after the first failure every call is a no-op that leaves its
 * result untouched; fields_err() tells. */
struct fields {
	struct slice rest;
	size_t line; /* number of the line at the start of rest, from 1 */
	enum err err;
	struct diag *d;
	const char *seen[FIELDS_SEEN]; /* names read so far, to know a repeated one */
	size_t nseen;
};

/* `text` must be valid UTF-8 without control bytes but LF and end in LF (checked), and
 * its first line must be `magic`. */
void fields_begin(struct fields *f, struct slice text, const char *magic, struct diag *d);

/* `name` is a literal; it may hold a space ("threshold root"). A value is never empty and
 * at most `max` bytes. fields_optional() takes the field when it is next, and says so. */
void fields_text(struct fields *f, const char *name, size_t max, struct slice *ret);
bool fields_optional(struct fields *f, const char *name, size_t max, struct slice *ret);
void fields_time(struct fields *f, const char *name, int64_t *ret);
void fields_number(struct fields *f, const char *name, int64_t *ret);
void fields_hash(struct fields *f, const char *name, struct hash *ret);
/* An own refusal of the field read last; names its line. */
void fields_fail(struct fields *f, enum err e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A blank line, behind which the body is; the body's lines are taken with fields_line().
 */
void fields_blank(struct fields *f);
/* The next body line without LF; false at the end or after an error. f->line - 1 is its
 * number. An empty or over-long line (INPUT_LINE_MAX) is an error. */
bool fields_line(struct fields *f, struct slice *ret);
/* Nothing may be left. Returns the sticky error. */
enum err fields_end(struct fields *f) CHECK_RESULT;

static inline enum err fields_err(const struct fields *f)
{
	return f->err;
}

/* Valid UTF-8 (RFC 3629: no surrogates, no overlong form), no byte below 0x20 but LF and
 * no 0x7f. On failure *ret_line is the number of the first bad line. */
bool text_is_clean(struct slice text, size_t *ret_line);
/* The same with the reason: ERR_SYNTAX and `line 3: carriage return: lines end in LF
 * alone`. A text must also end in LF. */
enum err text_check(struct slice text, struct diag *d) CHECK_RESULT;

#endif
