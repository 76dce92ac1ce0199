/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens, and requests for one, that did not hold: for the audit. Counted in memory by
 * the address that they came from, and written one row for each address and minute, and
 * for few addresses; all others share a row. So whoever guesses leaves a trace and cannot
 * fill the disk: REFUSALS_MAX + 1 rows a minute at most, some 10 MB a day.
 */
#ifndef VARSEL_REFUSALS_H
#define VARSEL_REFUSALS_H

#include <pthread.h>

#include "server/core/core.h"

#define REFUSALS_MAX     32
#define REFUSALS_SECONDS 60

struct refusal_row {
	char from[64];  /* "": free */
	char why[200];  /* the last one's; cut */
	int64_t count;  /* since it was written */
	int64_t first;  /* the first of those */
	int64_t active; /* written last; 0: never */
};

struct refusals {
	pthread_mutex_t lock;
	struct refusal_row row[REFUSALS_MAX + 1]; /* the last one is everyone else's */
};

void refusals_init(struct refusals *r);
void refusals_done(struct refusals *r);
/* Any thread, never waits for long. */
void refusals_note(struct refusals *r, const char *from, const char *why, int64_t now);
/* Writes rows: of an address that is new at once, of the others when their minute is
 * over, with `all` every one. What could not be written stays for the next time. */
enum err refusals_write(struct refusals *r, struct db *db, int64_t now, bool all,
	struct diag *d) CHECK_RESULT;

#endif
