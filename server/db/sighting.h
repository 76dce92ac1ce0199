/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables sighting and sighting_batch: what members saw, by the hour. */
#ifndef VARSEL_DB_SIGHTING_H
#define VARSEL_DB_SIGHTING_H

#include <stdint.h>

#include "common/arena.h"
#include "common/slice.h"
#include "server/db/db.h"

struct sighting_line {
	size_t index;             /* in what was sent */
	int64_t id;               /* of the indicator; 0: kind and value tell */
	struct slice kind, value; /* canonical; empty with an id, until it is counted */
	int64_t count, first, last;
	const char *source;
};

/* The indicator that a line is about. */
struct sighted_indicator {
	int64_t id;        /* 0: there is none */
	struct slice tags; /* with blanks between them */
};

/* All in a transaction that holds the organisation's lock. */

/* Whether the batch (may be NULL) was counted before, and how much of it. Months that the
 * lines are of and that there are no tables for yet are made. */
enum err db_sighting_begin(struct db *db, int64_t org, const char *batch,
	const struct sighting_line *line, size_t n, bool *ret_found,
	int64_t *ret_accepted, struct diag *d) CHECK_RESULT;
/* Counts those whose indicator is there, and keeps the batch's number; `ret` has n
 * elements. Lines get their kind and value. */
enum err db_sighting_add(struct db *db, int64_t org, const char *batch,
	struct sighting_line *line, size_t n, int64_t now, struct arena *a,
	struct sighted_indicator *ret, struct diag *d) CHECK_RESULT;

#endif
