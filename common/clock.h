/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times on the wire: RFC 3339, UTC, whole seconds, "2026-11-24T10:00:00Z". In memory they
 * are seconds since 1970 in an int64_t; only years 1970 to 9999 can be written.
 */
#ifndef VARSEL_CLOCK_H
#define VARSEL_CLOCK_H

#include <stdint.h>

#include "common/buf.h"
#include "common/diag.h"
#include "common/slice.h"

#define CLOCK_TEXT 21 /* 20 characters and a NUL */

int64_t clock_now(void);
/* Of a clock that nobody sets, for deadlines. */
int64_t clock_milliseconds(void);

/* Exactly the form above, with a real date; ERR_SYNTAX otherwise. */
enum err clock_parse(struct slice text, int64_t *ret_time, struct diag *d) CHECK_RESULT;
/* Writes 20 characters and a NUL. A time that cannot be written is clamped. */
void clock_format(int64_t time, char out[CLOCK_TEXT]);
void clock_put(struct buf *b, int64_t time);

/* "90s" "15m" "1h" "30d" "2w": seconds. At most 100 years; ERR_SYNTAX otherwise. */
enum err clock_duration(
	struct slice text, int64_t *ret_seconds, struct diag *d) CHECK_RESULT;
/* A time for people's input: a duration from `now`, a date (its first second, UTC) or the
 * full form. */
enum err clock_until(
	struct slice text, int64_t now, int64_t *ret_time, struct diag *d) CHECK_RESULT;

/* A decimal number: no sign, no leading zero, below 2^63. ERR_SYNTAX otherwise. */
enum err number_parse(struct slice text, int64_t *ret, struct diag *d) CHECK_RESULT;

#endif
