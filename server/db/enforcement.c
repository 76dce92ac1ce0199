/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/enforcement.h"

#include <inttypes.h>

#include "server/db/query.h"

/* One row for each, and one with nulls when nobody did. */
static const struct query get = {"enforcement-get",
	"SELECT extract(epoch FROM s.received)::bigint,"
	" extract(epoch FROM s.expires)::bigint, o.code,"
	" extract(epoch FROM e.enforced)::bigint FROM log l"
	" JOIN statement s ON s.log_id = l.id AND s.index = $2::bigint"
	"  AND s.verb = 'approve'"
	" LEFT JOIN (enforcement e JOIN org o ON o.id = e.org_id)"
	"  ON e.log_id = s.log_id AND e.index = s.index"
	" WHERE l.origin = $1::text ORDER BY o.code"};

enum err db_enforcement_get(struct db *db, const char *origin, int64_t index,
	struct arena *a, struct enforcement *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct enforcement got = {0};
	struct args x = {0};
	enum err e;

	args_str(&x, origin);
	args_num(&x, index);
	e = db_run(db, &get, &x, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(
			d, ERR_NOT_FOUND, "entry %" PRId64 " is no approval", index);
	got.approved = row_num(&r, 0, 0);
	got.expires = row_num(&r, 0, 1);
	got.item = rows_items(&r, sizeof(*got.item), a);
	if (!got.item)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		if (!row_null(&r, i, 2))
			got.item[got.n++] = (struct enforcement_row){
				row_str(&r, i, 2, a), row_num(&r, i, 3)};
	e = rows_err(&r, d);
	if (!e)
		*ret = got;
	return e;
}
