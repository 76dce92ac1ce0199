/* SPDX-License-Identifier: BSD-2-Clause */
/* Table event: what happened, numbered in the order in which it was committed. */
#ifndef VARSEL_DB_EVENT_H
#define VARSEL_DB_EVENT_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct event_row {
	int64_t id;
	const char *kind;
	bool members;      /* they may know, too */
	struct slice body; /* JSON, one line */
};

/* In a transaction: the row is written when it commits, as the audit's are. `body`: a
 * JSON object. */
enum err db_event_add(struct db *db, int64_t at, const char *kind, bool members,
	struct slice body, struct diag *d) CHECK_RESULT;

/* The newest one's number; 0 when there is none. */
enum err db_event_newest(struct db *db, int64_t *ret, struct diag *d) CHECK_RESULT;
/* Those behind `after`, in their order, at most `limit`; `all`: also those that are for
 * coordinators alone. */
enum err db_event_list(struct db *db, int64_t after, bool all, size_t limit,
	struct arena *a, struct event_row **ret, size_t *ret_n,
	struct diag *d) CHECK_RESULT;

#endif
