/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/proposal.h"

#include <inttypes.h>

#include "server/db/query.h"

#define COLUMNS \
	"SELECT id, note, extract(epoch FROM created)::bigint, outcome FROM proposal"

static struct proposal_row read_row(struct rows *r, int i, struct arena *a)
{
	return (struct proposal_row){
		.id = row_num(r, i, 0),
		.note = row_copy(r, i, 1, a),
		.created = row_num(r, i, 2),
		.outcome = row_str(r, i, 3, a),
	};
}

static enum err read_one(struct db *db, const struct query *q, const struct args *args,
	struct arena *a, struct proposal_row *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct proposal_row row;
	enum err e = db_run(db, q, args, &r, d);

	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "there is no such proposal");
	row = read_row(&r, 0, a);
	e = rows_err(&r, d);
	if (!e)
		*ret = row;
	return e;
}

enum err db_proposal_get(struct db *db, int64_t id, struct arena *a,
	struct proposal_row *ret, struct diag *d)
{
	static const struct query q = {"proposal-get", COLUMNS " WHERE id = $1::bigint"};
	struct args x = {0};

	args_num(&x, id);
	return read_one(db, &q, &x, a, ret, d);
}

enum err db_proposal_lock(struct db *db, const struct hash *sha256, struct arena *a,
	struct proposal_row *ret, struct diag *d)
{
	static const struct query q = {
		"proposal-lock", COLUMNS " WHERE sha256 = $1::bytea FOR UPDATE"};
	struct args x = {0};

	args_hash(&x, sha256);
	return read_one(db, &q, &x, a, ret, d);
}

enum err db_proposal_list(struct db *db, size_t max, struct arena *a,
	struct proposal_row **ret, size_t *ret_n, struct diag *d)
{
	static const struct query q = {"proposal-list",
		COLUMNS " WHERE outcome IS NULL ORDER BY id LIMIT $1::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct proposal_row *row;
	struct args x = {0};
	enum err e;

	args_num(&x, (int64_t)max);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	row = rows_items(&r, sizeof(*row), a);
	if (!row)
		return diag_fail(d, ERR_NOMEM, "proposals: out of memory");
	for (int i = 0; i < r.n; i++)
		row[i] = read_row(&r, i, a);
	e = rows_err(&r, d);
	if (e)
		return e;
	*ret = row;
	*ret_n = (size_t)r.n;
	return OK;
}

enum err db_proposal_add(struct db *db, const struct hash *sha256, struct slice note,
	int64_t now, const char *by, int64_t *ret_id, struct diag *d)
{
	static const struct query q = {"proposal-add",
		"INSERT INTO proposal (sha256, note, created, created_by)"
		" VALUES ($1::bytea, $2::bytea, to_timestamp($3::bigint), $4::text)"
		" ON CONFLICT (sha256) DO NOTHING RETURNING id"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_hash(&x, sha256);
	args_slice(&x, note);
	args_num(&x, now);
	args_str(&x, by);
	e = db_run(db, &q, &x, &r, d);
	if (!e && r.n == 0)
		return diag_fail(d, ERR_CONFLICT, "proposed by another at this moment");
	if (!e)
		*ret_id = row_num(&r, 0, 0);
	return e;
}

enum err db_proposal_set_note(
	struct db *db, int64_t id, struct slice note, struct diag *d)
{
	static const struct query q = {"proposal-note",
		"UPDATE proposal SET note = $2::bytea, outcome = NULL"
		" WHERE id = $1::bigint"};
	struct args x = {0};

	args_num(&x, id);
	args_slice(&x, note);
	return db_run(db, &q, &x, NULL, d);
}

enum err db_proposal_settle(
	struct db *db, int64_t id, const char *outcome, struct diag *d)
{
	static const struct query q = {"proposal-settle",
		"UPDATE proposal SET outcome = $2::text"
		" WHERE id = $1::bigint AND outcome IS NULL"};
	struct args x = {0};

	args_num(&x, id);
	args_str(&x, outcome);
	return db_run(db, &q, &x, NULL, d);
}

enum err db_proposal_settle_text(
	struct db *db, const struct hash *sha256, const char *outcome, struct diag *d)
{
	static const struct query q = {"proposal-settle-text",
		"UPDATE proposal SET outcome = $2::text"
		" WHERE sha256 = $1::bytea AND outcome IS NULL"};
	struct args x = {0};

	args_hash(&x, sha256);
	args_str(&x, outcome);
	return db_run(db, &q, &x, NULL, d);
}
