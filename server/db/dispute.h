/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Table dispute: what members call a false positive. An indicator carries the flag
 * INDICATOR_DISPUTED exactly while one of its disputes is open.
 */
#ifndef VARSEL_DB_DISPUTE_H
#define VARSEL_DB_DISPUTE_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

/* In a transaction: opens one for the organisation, or finds the one that it has open
 * already (*ret_added false). */
enum err db_dispute_open(struct db *db, int64_t indicator, int64_t org, const char *key,
	const char *reason, int64_t now, int64_t *ret_id, bool *ret_added,
	struct diag *d) CHECK_RESULT;

/* In a transaction that took the flag from indicators: closes their disputes. */
enum err db_dispute_close(struct db *db, int64_t now, struct diag *d) CHECK_RESULT;

struct dispute {
	int64_t id;
	const char *org;
	const char *reason;
	int64_t created;
	int64_t closed; /* 0: open */
};

struct disputes {
	struct dispute *item; /* newest first, at most 1,000 */
	size_t n;
};

enum err db_dispute_list(struct db *db, int64_t indicator, struct arena *a,
	struct disputes *ret, struct diag *d) CHECK_RESULT;

#endif
