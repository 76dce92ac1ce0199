/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/flags.h"

#include "server/db/query.h"

enum err db_flags_pending(struct db *db, int64_t after, size_t limit, struct arena *a,
	struct flagged_rows *ret, struct diag *d)
{
	static const struct query q = {"flags-pending",
		"SELECT id, kind, value, flags::bigint FROM indicator"
		" WHERE state = 'pending' AND id > $1::bigint"
		" ORDER BY id LIMIT $2::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct flagged *item;
	enum err e;

	args_num(&x, after);
	args_num(&x, (int64_t)limit);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return diag_fail(d, ERR_NOMEM, "flags: out of memory");
	for (int i = 0; i < r.n; i++)
		item[i] = (struct flagged){
			.id = row_num(&r, i, 0),
			.kind = row_copy(&r, i, 1, a),
			.value = row_copy(&r, i, 2, a),
			.flags = row_num(&r, i, 3),
		};
	e = rows_err(&r, d);
	if (!e)
		*ret = (struct flagged_rows){item, (size_t)r.n};
	return e;
}

enum err db_flags_set(
	struct db *db, const struct flagged *item, size_t n, int64_t now, struct diag *d)
{
	/* Locked in the order in which reports lock them. */
	static const struct query q = {"flags-set",
		"WITH held AS (SELECT i.id, l.flags"
		" FROM unnest($1::bigint[], $2::bigint[]) AS l (id, flags)"
		" JOIN indicator i USING (id) ORDER BY i.kind, i.value"
		" FOR NO KEY UPDATE OF i)"
		" UPDATE indicator i SET flags = i.flags & 12 | h.flags,"
		"  changed = to_timestamp($3::bigint)"
		" FROM held h WHERE i.id = h.id"};
	struct array id, flags;
	struct args x = {0};
	enum err e;

	array_init(&id, ARRAY_NUM);
	array_init(&flags, ARRAY_NUM);
	for (size_t i = 0; i < n; i++) {
		array_num(&id, item[i].id);
		array_num(&flags, item[i].flags);
	}
	args_array(&x, &id);
	args_array(&x, &flags);
	args_num(&x, now);
	e = db_run(db, &q, &x, NULL, d);
	array_done(&id);
	array_done(&flags);
	return e;
}
