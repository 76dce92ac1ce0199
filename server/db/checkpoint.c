/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/checkpoint.h"

#include "server/db/query.h"

enum err db_checkpoint_add(struct db *db, int64_t log, int64_t size,
	const struct hash *root, struct slice note, int64_t now, struct diag *d)
{
	static const struct query q = {"checkpoint-add",
		"INSERT INTO checkpoint (log_id, size, root, note, signed)"
		" VALUES ($1::bigint, $2::bigint, $3::bytea, $4::bytea,"
		" to_timestamp($5::bigint)) ON CONFLICT (log_id, size) DO NOTHING"};
	struct args a = {0};

	args_num(&a, log);
	args_num(&a, size);
	args_hash(&a, root);
	args_slice(&a, note);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_checkpoint_root(
	struct db *db, int64_t log, int64_t size, struct hash *ret, struct diag *d)
{
	static const struct query q = {"checkpoint-root",
		"SELECT root FROM checkpoint"
		" WHERE log_id = $1::bigint AND size = $2::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	struct hash root;
	enum err e;

	args_num(&a, log);
	args_num(&a, size);
	e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no checkpoint of that size");
	root = row_hash(&r, 0, 0);
	e = rows_err(&r, d);
	if (!e)
		*ret = root;
	return e;
}
