/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/dispute.h"

#include "server/db/query.h"

/* First the indicator's row: decisions lock it before they look at its disputes, too. */
static enum err set_flag(struct db *db, int64_t indicator, int64_t now, struct diag *d)
{
	static const struct query q = {"dispute-flag",
		"UPDATE indicator SET flags = flags | 4,"
		" changed = CASE flags & 4 WHEN 0 THEN to_timestamp($2::bigint)"
		"  ELSE changed END"
		" WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, indicator);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

static enum err find_open(
	struct db *db, int64_t indicator, int64_t org, int64_t *ret_id, struct diag *d)
{
	static const struct query q = {"dispute-find",
		"SELECT id FROM dispute WHERE indicator_id = $1::bigint"
		" AND org_id = $2::bigint AND closed IS NULL"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_num(&a, indicator);
	args_num(&a, org);
	e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	if (r.n != 1)
		return diag_fail(d, ERR_INTERNAL, "dispute: neither there nor added");
	*ret_id = row_num(&r, 0, 0);
	return OK;
}

enum err db_dispute_open(struct db *db, int64_t indicator, int64_t org, const char *key,
	const char *reason, int64_t now, int64_t *ret_id, bool *ret_added, struct diag *d)
{
	static const struct query q = {"dispute-add",
		"INSERT INTO dispute (indicator_id, org_id, key_name, reason, created)"
		" VALUES ($1::bigint, $2::bigint, $3::text, $4::text,"
		"  to_timestamp($5::bigint))"
		" ON CONFLICT (indicator_id, org_id) WHERE closed IS NULL DO NOTHING"
		" RETURNING id"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e = set_flag(db, indicator, now, d);

	args_num(&a, indicator);
	args_num(&a, org);
	args_str(&a, key);
	args_str(&a, reason);
	args_num(&a, now);
	if (!e)
		e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	*ret_added = r.n == 1;
	if (r.n == 0)
		return find_open(db, indicator, org, ret_id, d);
	*ret_id = row_num(&r, 0, 0);
	return OK;
}

enum err db_dispute_close(struct db *db, int64_t now, struct diag *d)
{
	/* Few are open at any time, however many indicators were decided on. */
	static const struct query q = {"dispute-close",
		"UPDATE dispute x SET closed = to_timestamp($1::bigint)"
		" FROM indicator i WHERE x.closed IS NULL AND i.id = x.indicator_id"
		" AND i.flags & 4 = 0"};
	struct args a = {0};

	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_dispute_list(struct db *db, int64_t indicator, struct arena *a,
	struct disputes *ret, struct diag *d)
{
	static const struct query q = {"dispute-list",
		"SELECT x.id, o.code, x.reason, extract(epoch FROM x.created)::bigint,"
		" extract(epoch FROM x.closed)::bigint"
		" FROM dispute x JOIN org o ON o.id = x.org_id"
		" WHERE x.indicator_id = $1::bigint ORDER BY x.id DESC LIMIT 1000"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct dispute *item;
	enum err e;

	args_num(&x, indicator);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		item[i] = (struct dispute){
			.id = row_num(&r, i, 0),
			.org = row_str(&r, i, 1, a),
			.reason = row_str(&r, i, 2, a),
			.created = row_num(&r, i, 3),
			.closed = row_num(&r, i, 4),
		};
	e = rows_err(&r, d);
	if (!e)
		*ret = (struct disputes){item, (size_t)r.n};
	return e;
}
