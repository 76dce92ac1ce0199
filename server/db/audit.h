/* SPDX-License-Identifier: BSD-2-Clause */
/* Table audit: one row for each change, in the change's own transaction. */
#ifndef VARSEL_DB_AUDIT_H
#define VARSEL_DB_AUDIT_H

#include <stdint.h>

#include "common/slice.h"
#include "server/db/db.h"

/* `detail` may be NULL. */
enum err db_audit_add(struct db *db, int64_t at, const char *actor, const char *action,
	struct slice subject, const char *detail, struct diag *d) CHECK_RESULT;

#endif
