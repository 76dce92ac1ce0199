/* SPDX-License-Identifier: BSD-2-Clause */
/* The log's notices, with their advisories. */
#ifndef VARSEL_DB_NOTICE_H
#define VARSEL_DB_NOTICE_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct notice_row {
	int64_t index;
	struct slice note; /* the signed statement */
	struct slice text; /* the advisory, Markdown */
};

struct notice_rows {
	struct notice_row *item;
	size_t n;
};

/* The newest first, `limit` of them. */
enum err db_notice_list(struct db *db, const char *origin, int64_t limit, struct arena *a,
	struct notice_rows *ret, struct diag *d) CHECK_RESULT;

#endif
