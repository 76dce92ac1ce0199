/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/root.h"

#include <inttypes.h>

#include "server/db/query.h"

enum err db_root_newest(struct db *db, int64_t *ret_version, struct diag *d)
{
	static const struct query q = {
		"root-newest", "SELECT coalesce(max(version), 0) FROM root"};
	struct args a = {0};

	return db_run_num(db, &q, &a, 0, ret_version, d);
}

enum err db_root_get(struct db *db, int64_t version, struct arena *a, struct slice *ret,
	struct diag *d)
{
	static const struct query q = {
		"root-get", "SELECT note FROM root WHERE version = $1::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct slice note;
	enum err e;

	args_num(&x, version);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no root document %" PRId64, version);
	note = row_copy(&r, 0, 0, a);
	e = rows_err(&r, d);
	if (!e)
		*ret = note;
	return e;
}

enum err db_root_add(struct db *db, int64_t version, struct slice note, const char *by,
	int64_t now, bool *ret_added, struct diag *d)
{
	static const struct query q = {"root-add",
		"INSERT INTO root (version, note, added, added_by)"
		" VALUES ($1::bigint, $2::bytea, to_timestamp($3::bigint), $4::text)"
		" ON CONFLICT (version) DO NOTHING"};
	struct args a = {0};

	args_num(&a, version);
	args_slice(&a, note);
	args_num(&a, now);
	args_str(&a, by);
	return db_run_changed(db, &q, &a, ret_added, d);
}
