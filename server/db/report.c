/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/report.h"

#include <inttypes.h>

#include "server/db/query.h"

#define NUMBERS                                                                       \
	"r.id, extract(epoch FROM r.received)::bigint,"                               \
	" extract(epoch FROM r.issued)::bigint, r.accepted::bigint, r.known::bigint," \
	" r.sha256, extract(epoch FROM r.withdrawn)::bigint"

static void numbers_read(const struct rows *r, struct report_record *ret)
{
	ret->id = row_num(r, 0, 0);
	ret->received = row_num(r, 0, 1);
	ret->issued = row_num(r, 0, 2);
	ret->accepted = row_num(r, 0, 3);
	ret->known = row_num(r, 0, 4);
	ret->sha256 = row_hash(r, 0, 5);
	ret->withdrawn = row_num(r, 0, 6);
}

enum err db_report_find(struct db *db, const struct hash *sha256, bool *ret_found,
	struct report_record *ret, struct diag *d)
{
	static const struct query q = {"report-find",
		"SELECT " NUMBERS " FROM report r WHERE r.sha256 = $1::bytea"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_hash(&a, sha256);
	e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	*ret_found = r.n == 1;
	if (r.n == 1) {
		*ret = (struct report_record){0};
		numbers_read(&r, ret);
	}
	return OK;
}

enum err db_report_add(struct db *db, int64_t org, const struct report_record *r,
	struct slice comment, int64_t *ret_id, struct diag *d)
{
	static const struct query q = {"report-add",
		"INSERT INTO report (org_id, key_name, sha256, note, comment, issued,"
		" received, accepted)"
		" VALUES ($1::bigint, $2::text, $3::bytea, $4::bytea, $5::text,"
		" to_timestamp($6::bigint), to_timestamp($7::bigint), $8::bigint)"
		" ON CONFLICT (sha256) DO NOTHING RETURNING id"};
	struct args a = {0};

	args_num(&a, org);
	args_str(&a, r->key);
	args_hash(&a, &r->sha256);
	args_slice(&a, r->note);
	args_slice(&a, comment);
	args_num(&a, r->issued);
	args_num(&a, r->received);
	args_num(&a, r->accepted);
	return db_run_num(db, &q, &a, 0, ret_id, d);
}

enum err db_report_set_known(struct db *db, int64_t id, int64_t known, struct diag *d)
{
	static const struct query q = {"report-known",
		"UPDATE report SET known = $2::bigint WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_num(&a, known);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_report_set_withdrawn(struct db *db, int64_t id, int64_t now, struct diag *d)
{
	static const struct query q = {"report-withdraw",
		"UPDATE report SET withdrawn = to_timestamp($2::bigint)"
		" WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_report_get(struct db *db, int64_t id, struct arena *a,
	struct report_record *ret, struct diag *d)
{
	static const struct query q = {"report-get",
		"SELECT " NUMBERS ", o.code, r.key_name, r.note"
		" FROM report r JOIN org o ON o.id = r.org_id WHERE r.id = $1::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct report_record found = {0};
	enum err e;

	args_num(&x, id);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no report %" PRId64, id);
	numbers_read(&r, &found);
	found.org = row_str(&r, 0, 7, a);
	found.key = row_str(&r, 0, 8, a);
	found.note = row_copy(&r, 0, 9, a);
	e = rows_err(&r, d);
	if (!e)
		*ret = found;
	return e;
}
