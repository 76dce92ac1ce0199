/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/notice.h"

#include "server/db/query.h"

enum err db_notice_list(struct db *db, const char *origin, int64_t limit, struct arena *a,
	struct notice_rows *ret, struct diag *d)
{
	static const struct query q = {"notice-list",
		"SELECT s.index, s.note, b.content FROM statement s"
		" JOIN log l ON l.id = s.log_id AND l.origin = $1::text"
		" JOIN bundle b ON b.sha256 = s.bundle_sha256"
		" WHERE s.verb = 'notice' AND s.voided_by IS NULL"
		" ORDER BY s.index DESC LIMIT $2::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct notice_row *item;
	struct args x = {0};
	enum err e;

	args_str(&x, origin);
	args_num(&x, limit);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		item[i] = (struct notice_row){
			row_num(&r, i, 0), row_copy(&r, i, 1, a), row_copy(&r, i, 2, a)};
	e = rows_err(&r, d);
	if (!e)
		*ret = (struct notice_rows){item, (size_t)r.n};
	return e;
}
