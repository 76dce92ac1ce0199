/* SPDX-License-Identifier: BSD-2-Clause */
/* Table enforcement: when each organisation enforced one approval. */
#ifndef VARSEL_DB_ENFORCEMENT_H
#define VARSEL_DB_ENFORCEMENT_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct enforcement_row {
	const char *code;
	int64_t enforced;
};

struct enforcement {
	int64_t approved; /* when the hub took it */
	int64_t expires;
	struct enforcement_row *item; /* by code; those that enforced it */
	size_t n;
};

/* ERR_NOT_FOUND: the log has no approval at that index. */
enum err db_enforcement_get(struct db *db, const char *origin, int64_t index,
	struct arena *a, struct enforcement *ret, struct diag *d) CHECK_RESULT;

#endif
