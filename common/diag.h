/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where and why something was refused, for a person: `line 7: domain "dk": a public
 * suffix cannot be blocked`. The caller owns it and may pass NULL when it does not care.
 */
#ifndef VARSEL_DIAG_H
#define VARSEL_DIAG_H

#include "common/err.h"
#include "common/limits.h"
#include "common/slice.h"

struct diag {
	char text[DIAG_MAX]; /* always terminated; cut at the limit; printable UTF-8 */
};

/* Replaces the text and returns `e`, so that a check reads `return diag_fail(...)`.
 * Control bytes in what is formatted become '?'. */
enum err diag_fail(struct diag *d, enum err e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same about a value: `domain "dk": ` + what is formatted. A long value is cut; what
 * could play tricks on a terminal (control characters, bidirectional overrides, bytes
 * that are no UTF-8) becomes '?'. */
enum err diag_value(struct diag *d, enum err e, const char *kind, struct slice value,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Puts the place in front of what is there: "line 7: " + text. Returns `e`. */
enum err diag_at(struct diag *d, enum err e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
