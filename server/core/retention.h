/* SPDX-License-Identifier: BSD-2-Clause */
/* What is deleted by date, in the order of one table. */
#ifndef VARSEL_RETENTION_H
#define VARSEL_RETENTION_H

#include "server/core/core.h"

/* For how long things are kept, in seconds; 0: for ever. */
struct retention {
	int64_t reports;
	int64_t links;
	int64_t sightings;
	int64_t enforcement; /* never less than ENFORCED_WITHIN */
	int64_t events;
	int64_t campaigns; /* that are closed */
	int64_t activity;  /* that campaigns are counted from: as long as their window */
	int64_t disputes;
	int64_t proposals;
	int64_t audit;
};

/* Deletes in small transactions, each audited in the name of `actor`. `each` is told of
 * every kind of which something went: how many, and before when. After an error what
 * went is gone, and the next run goes on. */
enum err retention_run(struct db *db, const struct retention *keep, const char *actor,
	int64_t now, void (*each)(const char *what, int64_t n, int64_t before),
	struct diag *d) CHECK_RESULT;

#endif
