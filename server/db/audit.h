/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Table audit: one row for each change, in the change's own transaction, each chained to
 * the one before by its hash.
 */
#ifndef VARSEL_DB_AUDIT_H
#define VARSEL_DB_AUDIT_H

#include "common/arena.h"
#include "common/audit.h"
#include "common/slice.h"
#include "server/db/db.h"

/* In a transaction: the row is written when it commits, so that the chain, which all
 * writers share, is held no longer than that takes. `detail` may be NULL. Control bytes
 * become '?'. */
enum err db_audit_add(struct db *db, int64_t at, const char *actor, const char *action,
	struct slice subject, const char *detail, struct diag *d) CHECK_RESULT;

/* Rows in their order, and where the chain begins. */
struct audit_page {
	struct audit_row *item;
	size_t n;
	bool more;
	struct audit_row cut; /* id and hash of the last row that is not kept any more; id
			       * 0: none was deleted */
};

/* At most `limit` rows behind the row `after` that are not older than `since`. */
enum err db_audit_list(struct db *db, int64_t after, int64_t since, size_t limit,
	struct arena *a, struct audit_page *ret, struct diag *d) CHECK_RESULT;

#endif
