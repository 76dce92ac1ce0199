/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/rights.h"

#include <string.h>

#include "server/db/conn.h"
#include "server/db/migration.h"

static enum err role_of(const char *conninfo, struct buf *ret, struct diag *d)
{
	char *why = NULL;
	PQconninfoOption *all = PQconninfoParse(conninfo, &why);
	enum err e = OK;

	if (!all)
		e = diag_fail(d, ERR_CONFIG, "%s", why ? why : "out of memory");
	for (const PQconninfoOption *o = all; o && o->keyword; o++)
		if (strcmp(o->keyword, "user") == 0 && o->val)
			buf_puts(ret, o->val);
	PQfreemem(why);
	PQconninfoFree(all);
	if (!e && ret->len == 0)
		e = diag_fail(d, ERR_CONFIG,
			"names no user: beside database-owner each must name its own");
	return e;
}

/* For schema/rights/: the role, unless it is the one that grants. */
static enum err role_set(struct db *db, const char *role, struct diag *d)
{
	static const struct query q = {"rights-role",
		"SELECT set_config('varsel.role', $1::text, false) <> current_user"};
	struct args a = {0};
	bool other;
	enum err e;

	args_str(&a, role);
	e = db_run_flag(db, &q, &a, &other, d);
	if (!e && !other)
		e = diag_fail(d, ERR_CONFIG, "user %s is the tables' owner", role);
	return e;
}

enum err db_rights_grant(
	struct db *db, const char *conninfo, const char *sql, struct diag *d)
{
	CLEANUP_BUF struct buf role = {.max = 256};
	enum err e = role_of(conninfo, &role, d);

	if (!e)
		e = role_set(db, buf_str(&role), d);
	return e ? e : db_migration_run(db, sql, d);
}

enum err db_rights_too_many(struct db *db, bool *ret, struct diag *d)
{
	static const struct query q = {"rights-many",
		"SELECT has_table_privilege('audit', 'UPDATE, DELETE, "
		"TRUNCATE, TRIGGER')"};
	struct args a = {0};

	return db_run_flag(db, &q, &a, ret, d);
}
