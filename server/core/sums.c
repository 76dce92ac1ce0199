/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/sums.h"

#include <string.h>

#include "common/limits.h"

#define WEEK (7 * 86400)

enum err sums_read(struct db *db, const struct caller *who, const char *by, int64_t since,
	int64_t now, struct arena *a, int64_t *ret_since, struct sighting_sums *ret,
	struct diag *d)
{
	enum err e;

	if (!by || (strcmp(by, "hour") != 0 && strcmp(by, "org") != 0))
		return diag_fail(d, ERR_VALUE, "query parameter by: hour or org");
	since = since ? since : now - WEEK;
	if (since < now - SUMS_AGE_MAX)
		return diag_fail(d, ERR_VALUE,
			"query parameter since: at most %d days ago",
			SUMS_AGE_MAX / 86400);
	since -= since % 3600;
	e = strcmp(by, "hour") == 0 ? db_sighting_by_hour(db, since, a, ret, d)
				    : db_sighting_by_org(db, since, who->org, a, ret, d);
	if (!e)
		*ret_since = since;
	return e;
}
