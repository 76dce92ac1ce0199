/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/audits.h"

#include "common/clock.h"
#include "server/core/indicators.h"

enum err audits_list(struct db *db, int64_t since, int64_t limit, const char *cursor,
	struct arena *a, struct audit_page *ret, struct diag *d)
{
	int64_t after = 0;

	if (cursor && number_parse(slice_of(cursor), &after, NULL))
		return diag_value(d, ERR_VALUE, "cursor", slice_of(cursor),
			"not one that this listing gave");
	return db_audit_list(
		db, after, since, limit ? (size_t)limit : PAGE_DEFAULT, a, ret, d);
}
