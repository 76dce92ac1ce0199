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
