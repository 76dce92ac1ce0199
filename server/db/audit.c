/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/audit.h"

#include "server/db/query.h"

enum err db_audit_add(struct db *db, int64_t at, const char *actor, const char *action,
	struct slice subject, const char *detail, struct diag *d)
{
	static const struct query q = {"audit-add",
		"INSERT INTO audit (at, actor, action, subject, detail)"
		" VALUES (to_timestamp($1::bigint), $2::text, $3::text, $4::text,"
		" coalesce($5::text, ''))"};
	struct args a = {0};

	args_num(&a, at);
	args_str(&a, actor);
	args_str(&a, action);
	args_slice(&a, subject);
	args_str(&a, detail);
	return db_run(db, &q, &a, NULL, d);
}
