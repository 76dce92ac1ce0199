/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/statement.h"

#include <inttypes.h>

#include "server/db/query.h"

enum err db_statement_find(struct db *db, int64_t log, const struct hash *sha256,
	int64_t *ret_index, struct diag *d)
{
	static const struct query q = {"statement-find",
		"SELECT index FROM statement"
		" WHERE log_id = $1::bigint AND sha256 = $2::bytea"};
	struct args a = {0};

	args_num(&a, log);
	args_hash(&a, sha256);
	return db_run_num(db, &q, &a, -1, ret_index, d);
}

enum err db_statement_add(
	struct db *db, int64_t log, const struct statement_row *s, struct diag *d)
{
	static const struct query q = {"statement-add",
		"INSERT INTO statement (log_id, index, sha256, note, verb, issued,"
		" expires, bundle_sha256, received, received_from)"
		" VALUES ($1::bigint, $2::bigint, $3::bytea, $4::bytea, $5::text,"
		" to_timestamp($6::bigint), to_timestamp($7::bigint), $8::bytea,"
		" to_timestamp($9::bigint), $10::text)"};
	struct args a = {0};

	args_num(&a, log);
	args_num(&a, s->index);
	args_hash(&a, &s->sha256);
	args_slice(&a, s->note);
	args_str(&a, s->verb);
	args_num(&a, s->issued);
	args_time(&a, s->expires);
	if (s->has_bundle)
		args_hash(&a, &s->bundle);
	else
		args_str(&a, NULL);
	args_num(&a, s->received);
	args_str(&a, s->from);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_statement_read(struct db *db, int64_t log, int64_t first, int64_t max,
	struct arena *a, struct statement_row **ret, size_t *ret_n, struct diag *d)
{
	static const struct query q = {"statement-read",
		"SELECT index, note, bundle_sha256, extract(epoch FROM expires)::bigint"
		" FROM statement WHERE log_id = $1::bigint AND index >= $2::bigint"
		" AND index < $2::bigint + $3::bigint ORDER BY index"};
	CLEANUP_ROWS struct rows r = {0};
	struct statement_row *row;
	struct args x = {0};
	enum err e;

	args_num(&x, log);
	args_num(&x, first);
	args_num(&x, max);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	row = rows_items(&r, sizeof(*row), a);
	if (!row)
		return diag_fail(d, ERR_NOMEM, "log entries: out of memory");
	for (int i = 0; i < r.n; i++) {
		row[i].index = row_num(&r, i, 0);
		row[i].note = row_copy(&r, i, 1, a);
		row[i].has_bundle = !row_null(&r, i, 2);
		row[i].bundle = row_hash(&r, i, 2);
		row[i].expires = row_num(&r, i, 3);
		if (row[i].index != first + i)
			return diag_fail(d, ERR_INTERNAL,
				"the log's entry %" PRId64 " is missing in the database",
				first + i);
	}
	e = rows_err(&r, d);
	if (!e) {
		*ret = row;
		*ret_n = (size_t)r.n;
	}
	return e;
}

enum err db_statement_carry(
	struct db *db, int64_t from, int64_t to, int64_t now, struct diag *d)
{
	static const struct query q = {"statement-carry",
		"INSERT INTO statement (log_id, index, sha256, note, verb, issued,"
		" expires, bundle_sha256, received, received_from)"
		" SELECT $2::bigint, row_number() OVER (ORDER BY index) - 1, sha256, "
		"note,"
		" verb, issued, expires, bundle_sha256, received, received_from"
		" FROM statement WHERE log_id = $1::bigint"
		" AND verb IN ('approve', 'revoke', 'void', 'notice')"
		" AND voided_by IS NULL"
		" AND (expires IS NULL OR expires > to_timestamp($3::bigint))"};
	struct args a = {0};

	args_num(&a, from);
	args_num(&a, to);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_statement_void(
	struct db *db, int64_t log, const struct hash *sha256, int64_t by, struct diag *d)
{
	static const struct query q = {"statement-void",
		"UPDATE statement SET voided_by = $3::bigint WHERE log_id = $1::bigint"
		" AND sha256 = $2::bytea AND voided_by IS NULL"};
	struct args a = {0};

	args_num(&a, log);
	args_hash(&a, sha256);
	args_num(&a, by);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_statement_next_list(struct db *db, int64_t log, int64_t after,
	struct arena *a, struct statement_list *ret, struct diag *d)
{
	static const struct query q = {"statement-next-list",
		"SELECT s.index, s.note, b.content FROM statement s"
		" JOIN bundle b ON b.sha256 = s.bundle_sha256"
		" WHERE s.log_id = $1::bigint AND s.index > $2::bigint"
		" AND s.verb IN ('approve', 'revoke') AND s.voided_by IS NULL"
		" ORDER BY s.index LIMIT 1"};
	CLEANUP_ROWS struct rows r = {0};
	struct statement_list found = {.index = -1};
	struct args x = {0};
	enum err e;

	args_num(&x, log);
	args_num(&x, after);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	if (r.n) {
		found.index = row_num(&r, 0, 0);
		found.note = row_copy(&r, 0, 1, a);
		found.content = row_copy(&r, 0, 2, a);
	}
	e = rows_err(&r, d);
	if (!e)
		*ret = found;
	return e;
}
