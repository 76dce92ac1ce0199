/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lists say of pending indicators: read and set, without a report. */
#ifndef VARSEL_DB_FLAGS_H
#define VARSEL_DB_FLAGS_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct flagged {
	int64_t id;
	struct slice kind;
	struct slice value;
	int64_t flags; /* enum indicator_flag */
};

struct flagged_rows {
	struct flagged *item; /* by id */
	size_t n;
};

/* Pending ones with an id greater than `after`, at most `limit`. */
enum err db_flags_pending(struct db *db, int64_t after, size_t limit, struct arena *a,
	struct flagged_rows *ret, struct diag *d) CHECK_RESULT;

/* In a transaction: replaces the lists' flags (INDICATOR_OF_LISTS) of these. */
enum err db_flags_set(struct db *db, const struct flagged *item, size_t n, int64_t now,
	struct diag *d) CHECK_RESULT;

#endif
