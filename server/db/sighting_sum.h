/* SPDX-License-Identifier: BSD-2-Clause */
/* Table sighting_sum: sightings added up by hour, organisation and kind. */
#ifndef VARSEL_DB_SIGHTING_SUM_H
#define VARSEL_DB_SIGHTING_SUM_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct sighting_sum {
	int64_t hour;            /* by hour */
	const char *kind;        /* by hour */
	const char *code, *name; /* by organisation */
	int64_t count;
	int64_t orgs; /* by hour: how many saw it */
};

struct sighting_sums {
	struct sighting_sum *item;
	size_t n;
};

/* Of all organisations, by hour and kind. */
enum err db_sighting_by_hour(struct db *db, int64_t since, struct arena *a,
	struct sighting_sums *ret, struct diag *d) CHECK_RESULT;
/* Of each organisation that saw something; `only`: of that one alone. By code. */
enum err db_sighting_by_org(struct db *db, int64_t since, const char *only,
	struct arena *a, struct sighting_sums *ret, struct diag *d) CHECK_RESULT;

#endif
