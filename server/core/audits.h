/* SPDX-License-Identifier: BSD-2-Clause */
/* Who did what, for coordinators. */
#ifndef VARSEL_AUDITS_H
#define VARSEL_AUDITS_H

#include "server/core/core.h"
#include "server/db/audit.h"

/* A page of rows not older than `since` (0: all), of `limit` at most (0: the default),
 * behind the row that `cursor` (NULL: from the start) names. ERR_VALUE. */
enum err audits_list(struct db *db, int64_t since, int64_t limit, const char *cursor,
	struct arena *a, struct audit_page *ret, struct diag *d) CHECK_RESULT;

#endif
