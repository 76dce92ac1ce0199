/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which lines of a log were counted, for each indicator that was met in it: the first and
 * the last. Nothing from the first to the last counts again, whatever the indicator was
 * meanwhile; what stands outside was never counted.
 */
#ifndef VARSEL_HUNT_MARKS_H
#define VARSEL_HUNT_MARKS_H

#include <stdbool.h>

#include "common/kind.h"

#define MARKS_MAX 50000 /* indicators of one log */

struct mark {
	uint64_t id;         /* mark_id() */
	int64_t first, last; /* where those lines begin, in bytes of the log */
	int64_t low, high;   /* the same, with those of the run that is going on */
};

struct marks {
	struct mark *row;
	size_t n, cap;
	uint32_t *slot; /* by id: index of the row and 1 */
	size_t slots;
	bool full; /* there were more than could be kept */
};

/* Below 2^63. It is kept in a file: another one would count lines again. */
uint64_t mark_id(enum kind_id kind, struct slice value);
/* Whether the line at `line` was counted by an earlier run, or may have been: one before
 * `seen` by a mark that could not be kept. */
bool marks_has(const struct marks *m, uint64_t id, int64_t line, int64_t seen);
/* It is counted now. ERR_NOMEM. */
enum err marks_add(struct marks *m, uint64_t id, int64_t line) CHECK_RESULT;
/* The same of all from `first` to `last`, by an earlier run. ERR_NOMEM. */
enum err marks_put(
	struct marks *m, uint64_t id, int64_t first, int64_t last) CHECK_RESULT;
/* The run is over. */
void marks_settle(struct marks *m);
/* *to, which is empty, gets the same. ERR_NOMEM. */
enum err marks_copy(const struct marks *m, struct marks *to) CHECK_RESULT;
void marks_done(struct marks *m); /* safe on a zeroed struct, and empties it */

#endif
