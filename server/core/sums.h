/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen lately, added up. */
#ifndef VARSEL_SUMS_H
#define VARSEL_SUMS_H

#include "server/core/core.h"
#include "server/db/sighting_sum.h"

/* `by` "hour": of all together, by hour and kind; "org": of each organisation, for a
 * member of itself alone. `since` 0: a week ago; SUMS_AGE_MAX at most. *ret_since is
 * where it begins: a full hour. ERR_VALUE. */
enum err sums_read(struct db *db, const struct caller *who, const char *by, int64_t since,
	int64_t now, struct arena *a, int64_t *ret_since, struct sighting_sums *ret,
	struct diag *d) CHECK_RESULT;

#endif
