/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/migration.h"

#include "server/db/conn.h"

enum err db_migration_lock(struct db *db, struct diag *d)
{
	static const struct query q = {
		"migration-lock", "SELECT pg_advisory_lock($1::bigint)"};
	struct args a = {0};

	args_num(
		&a, INT64_C(0x76617273656d)); /* one beside the lead's: server/db/log.c */
	return db_run(db, &q, &a, NULL, d);
}

enum err db_migration_newest(struct db *db, int64_t *ret, struct diag *d)
{
	static const struct query there = {
		"migration-there", "SELECT to_regclass('schema_migration') IS NOT NULL"};
	static const struct query newest = {"migration-newest",
		"SELECT coalesce(max(version), 0)::bigint FROM schema_migration"};
	struct args a = {0};
	bool begun;
	enum err e = db_run_flag(db, &there, &a, &begun, d);

	if (e)
		return e;
	if (!begun) {
		*ret = 0;
		return OK;
	}
	return db_run_num(db, &newest, &a, 0, ret, d);
}

enum err db_migration_run(struct db *db, const char *sql, struct diag *d)
{
	enum err e = conn_get(db, d);
	PGresult *res;

	if (e)
		return e;
	res = PQexec(db->pg, sql);
	if (PQresultStatus(res) != PGRES_COMMAND_OK) {
		e = conn_failed(db, res, "migration", d);
		PQclear(PQexec(db->pg, "ROLLBACK"));
		return e;
	}
	PQclear(res);
	return OK;
}

enum err db_migration_encoding_ok(struct db *db, bool *ret, struct diag *d)
{
	static const struct query q = {"migration-encoding",
		"SELECT current_setting('server_encoding') = 'UTF8'"};
	struct args a = {0};

	return db_run_flag(db, &q, &a, ret, d);
}
