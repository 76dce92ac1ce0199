/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/org.h"

#include "server/db/query.h"

#define ORG_COLUMNS                                            \
	"o.code, o.name, o.sector, o.state = 'suspended',"     \
	" (SELECT count(*) FROM org_key k"                     \
	"  WHERE k.org_id = o.id AND k.switched_off IS NULL)," \
	" extract(epoch FROM o.created)::bigint,"              \
	" extract(epoch FROM o.last_seen)::bigint, o.reports"

enum err db_org_add(struct db *db, const char *code, const char *name, const char *sector,
	int64_t now, bool *ret_added, struct diag *d)
{
	static const struct query q = {"org-add",
		"INSERT INTO org (code, name, sector, created)"
		" VALUES ($1::text, $2::text, $3::text, to_timestamp($4::bigint))"
		" ON CONFLICT (code) DO NOTHING"};
	struct args a = {0};

	args_str(&a, code);
	args_str(&a, name);
	args_str(&a, sector);
	args_num(&a, now);
	return db_run_changed(db, &q, &a, ret_added, d);
}

static void org_read(struct rows *r, int row, struct arena *a, struct org *ret)
{
	*ret = (struct org){
		.code = row_str(r, row, 0, a),
		.name = row_str(r, row, 1, a),
		.sector = row_str(r, row, 2, a),
		.suspended = row_flag(r, row, 3),
		.keys = row_num(r, row, 4),
		.created = row_num(r, row, 5),
		.last_seen = row_num(r, row, 6),
		.reports = row_num(r, row, 7),
	};
}

enum err db_org_get(
	struct db *db, const char *code, struct arena *a, struct org *ret, struct diag *d)
{
	static const struct query q = {
		"org-get", "SELECT " ORG_COLUMNS " FROM org o WHERE o.code = $1::text"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct org org;
	enum err e;

	args_str(&x, code);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no organisation \"%s\"", code);
	org_read(&r, 0, a, &org);
	e = rows_err(&r, d);
	if (!e)
		*ret = org;
	return e;
}

enum err db_org_list(struct db *db, struct arena *a, struct orgs *ret, struct diag *d)
{
	static const struct query q = {
		"org-list", "SELECT " ORG_COLUMNS " FROM org o ORDER BY o.code"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct org *item;
	enum err e = db_run(db, &q, &x, &r, d);

	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		org_read(&r, i, a, &item[i]);
	e = rows_err(&r, d);
	if (!e)
		*ret = (struct orgs){item, (size_t)r.n};
	return e;
}

enum err db_org_lock(struct db *db, const char *code, int64_t *ret_id,
	bool *ret_suspended, struct diag *d)
{
	/* Weaker than FOR UPDATE: rows that refer to this one may be added meanwhile. */
	static const struct query q = {"org-lock",
		"SELECT id, state = 'suspended' FROM org WHERE code = $1::text"
		" FOR NO KEY UPDATE"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_str(&a, code);
	e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no organisation \"%s\"", code);
	*ret_id = row_num(&r, 0, 0);
	*ret_suspended = row_flag(&r, 0, 1);
	return OK;
}

enum err db_org_set_suspended(struct db *db, int64_t id, bool suspended, struct diag *d)
{
	static const struct query q = {
		"org-state", "UPDATE org SET state = $2::text WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_str(&a, suspended ? "suspended" : "active");
	return db_run(db, &q, &a, NULL, d);
}

enum err db_org_reported(struct db *db, int64_t id, int64_t now, struct diag *d)
{
	static const struct query q = {"org-reported",
		"UPDATE org SET reports = reports + 1,"
		" last_seen = greatest(last_seen, to_timestamp($2::bigint))"
		" WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_org_next_link(struct db *db, int64_t id, int64_t *ret_n, struct diag *d)
{
	static const struct query q = {"org-next-link",
		"UPDATE org SET links = links + 1 WHERE id = $1::bigint"
		" RETURNING links::bigint"};
	struct args a = {0};

	args_num(&a, id);
	return db_run_num(db, &q, &a, 0, ret_n, d);
}

enum err db_org_seen(struct db *db, const char *code, int64_t now, struct diag *d)
{
	static const struct query q = {"org-seen",
		"UPDATE org SET last_seen = to_timestamp($2::bigint) "
		" WHERE code = $1::text AND (last_seen IS NULL"
		"  OR last_seen < to_timestamp($2::bigint) - interval '1 minute')"};
	struct args a = {0};

	args_str(&a, code);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}
