/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables sighting and sighting_batch: what members saw, by the hour. */
#ifndef VARSEL_DB_SIGHTING_H
#define VARSEL_DB_SIGHTING_H

#include <stdint.h>

#include "common/arena.h"
#include "common/slice.h"
#include "server/db/db.h"

struct sighting_line {
	size_t index;       /* in what was sent */
	int64_t id;         /* of the indicator; 0: kind and value tell */
	const char *kind;   /* NULL with an id */
	struct slice value; /* canonical */
	int64_t count, first, last;
	const char *source;
};

/* The indicator that a line is about. */
struct sighted_indicator {
	int64_t id; /* 0: there is none */
	struct slice kind, value;
	struct slice tags; /* with blanks between them */
};

/* In a transaction: counts those whose indicator is there; `ret` has n elements. */
enum err db_sighting_add(struct db *db, int64_t org, const struct sighting_line *line,
	size_t n, int64_t now, struct arena *a, struct sighted_indicator *ret,
	struct diag *d) CHECK_RESULT;

/* In a transaction that holds the organisation's lock. */
enum err db_sighting_batch_find(struct db *db, int64_t org, const char *batch,
	bool *ret_found, int64_t *ret_accepted, struct diag *d) CHECK_RESULT;
enum err db_sighting_batch_add(struct db *db, int64_t org, const char *batch,
	int64_t accepted, int64_t now, struct diag *d) CHECK_RESULT;

#endif
