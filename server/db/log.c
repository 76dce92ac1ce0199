/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/log.h"

#include <string.h>

#include "server/db/conn.h"

/* Any number will do that nothing else in the database uses: "varsel" in ASCII. */
#define LOCK_KEY INT64_C(0x76617273656c)

enum err db_log_make(struct db *db, const char *origin, bool *ret_made, struct diag *d)
{
	static const struct query q = {"log-make",
		"INSERT INTO log (origin) VALUES ($1::text)"
		" ON CONFLICT (origin) DO NOTHING"};
	struct args a = {0};

	args_str(&a, origin);
	return db_run_changed(db, &q, &a, ret_made, d);
}

enum err db_log_before(struct db *db, int64_t id, int64_t *ret_id, struct diag *d)
{
	static const struct query q = {"log-before",
		"SELECT coalesce(max(id), 0)::bigint FROM log WHERE id < $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	return db_run_num(db, &q, &a, 0, ret_id, d);
}

static enum err frontier_read(
	uint64_t size, struct slice bytes, struct frontier *ret, struct diag *d)
{
	frontier_init(ret);
	ret->size = size;
	ret->n = (unsigned)__builtin_popcountll(size);
	if (size > INT64_MAX || bytes.n != ret->n * sizeof(ret->h[0]))
		return diag_fail(d, ERR_INTERNAL,
			"the log's stored frontier does not fit its size");
	if (bytes.n)
		memcpy(ret->h, bytes.p, bytes.n);
	return OK;
}

enum err db_log_get(
	struct db *db, const char *origin, bool lock, struct log_row *ret, struct diag *d)
{
#define LOG_GET "SELECT id::bigint, term, size, frontier FROM log WHERE origin = $1::text"
	static const struct query look = {"log-get", LOG_GET};
	static const struct query hold = {"log-lock", LOG_GET " FOR UPDATE"};
	CLEANUP_ROWS struct rows r = {0};
	struct log_row row;
	struct args a = {0};
	enum err e;

	args_str(&a, origin);
	e = db_run(db, lock ? &hold : &look, &a, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no log %s", origin);
	row.id = row_num(&r, 0, 0);
	row.term = row_num(&r, 0, 1);
	e = frontier_read(
		(uint64_t)row_num(&r, 0, 2), row_slice(&r, 0, 3), &row.frontier, d);
	if (!e)
		*ret = row;
	return e;
}

enum err db_log_grow(struct db *db, int64_t id, const struct frontier *f, struct diag *d)
{
	static const struct query q = {"log-grow",
		"UPDATE log SET size = $2::bigint, frontier = $3::bytea"
		" WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_num(&a, (int64_t)f->size);
	args_slice(&a, slice_mem(f->h, f->n * sizeof(f->h[0])));
	return db_run(db, &q, &a, NULL, d);
}

enum err db_log_new_term(struct db *db, int64_t id, int64_t *ret_term, struct diag *d)
{
	static const struct query q = {"log-new-term",
		"UPDATE log SET term = term + 1 WHERE id = $1::bigint RETURNING term"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_num(&a, id);
	e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "the log's row is gone");
	*ret_term = row_num(&r, 0, 0);
	return OK;
}

enum err db_log_try_lock(struct db *db, bool *ret_got, struct diag *d)
{
	static const struct query q = {
		"lead-lock", "SELECT pg_try_advisory_lock($1::bigint)"};
	struct args a = {0};

	args_num(&a, LOCK_KEY);
	return db_run_flag(db, &q, &a, ret_got, d);
}

void db_log_unlock(struct db *db)
{
	static const struct query q = {
		"lead-unlock", "SELECT pg_advisory_unlock($1::bigint)"};
	struct args a = {0};

	args_num(&a, LOCK_KEY);
	if (db_run(db, &q, &a, NULL, NULL))
		conn_drop(db);
}
