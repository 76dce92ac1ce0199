/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/erasure.h"

#include <inttypes.h>

#include "server/db/query.h"

/* $1 kind, $2 value: a list's line ends behind the value or goes on with attributes. */
#define NAMES                                                                        \
	"(position(convert_to(E'\\n' || $1::text || ' ' || $2::text || ' ', 'UTF8')" \
	" IN b.content) > 0 OR position(convert_to(E'\\n' || $1::text || ' ' || "    \
	"$2::text || E'\\n', 'UTF8') IN b.content) > 0)"

enum err db_erasure_hold(struct db *db, int64_t id, struct arena *a,
	struct erasure_row *ret, struct diag *d)
{
	static const struct query q = {"erasure-hold",
		"SELECT kind, value FROM indicator WHERE id = $1::bigint FOR UPDATE"};
	CLEANUP_ROWS struct rows r = {0};
	struct erasure_row got = {.id = id};
	struct args x = {0};
	enum err e;

	args_num(&x, id);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no indicator %" PRId64, id);
	got.kind = row_str(&r, 0, 0, a);
	got.value = row_str(&r, 0, 1, a);
	e = rows_err(&r, d);
	if (!e)
		*ret = got;
	return e;
}

static void args_of(struct args *a, const struct erasure_row *x)
{
	args_str(a, x->kind);
	args_str(a, x->value);
}

enum err db_erasure_named(
	struct db *db, const struct erasure_row *x, int64_t *ret, struct diag *d)
{
	static const struct query q = {"erasure-named",
		"SELECT s.index FROM bundle b JOIN statement s ON s.bundle_sha256 = "
		"b.sha256"
		" WHERE s.voided_by IS NULL AND b.form <> 'notice' AND " NAMES
		" ORDER BY s.index DESC LIMIT 1"};
	struct args a = {0};

	args_of(&a, x);
	return db_run_num(db, &q, &a, -1, ret, d);
}

enum err db_erasure_lists(struct db *db, const struct erasure_row *x, struct diag *d)
{
	static const struct query q = {"erasure-lists",
		"WITH gone AS (DELETE FROM bundle b WHERE b.form <> 'notice' AND " NAMES
		" RETURNING sha256) UPDATE proposal p SET outcome = 'erased: its list'"
		" FROM gone WHERE p.outcome IS NULL AND position(convert_to(E'\\nbundle '"
		"  || encode(gone.sha256, 'hex') || E'\\n', 'UTF8') IN p.note) > 0"};
	struct args a = {0};

	args_of(&a, x);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_erasure_reports(struct db *db, int64_t id, struct arena *a, int64_t *ret_n,
	const char **ret_orgs, struct diag *d)
{
	static const struct query q = {"erasure-reports",
		"SELECT count(DISTINCT r.report_id),"
		" coalesce(string_agg(DISTINCT o.code, ' ' ORDER BY o.code), '')"
		" FROM report_indicator r JOIN org o ON o.id = r.org_id"
		" WHERE r.indicator_id = $1::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_num(&x, id);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	*ret_n = row_num(&r, 0, 0);
	*ret_orgs = row_str(&r, 0, 1, a);
	return rows_err(&r, d);
}

enum err db_erasure_apply(
	struct db *db, const struct erasure_row *x, int64_t own_key, struct diag *d)
{
	static const struct query q = {"erasure-apply",
		"SELECT indicator_erase($1::bigint, $2::bigint, $3::text)"};
	struct args a = {0};

	args_num(&a, x->id);
	args_num(&a, own_key);
	args_str(&a, x->value);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_erasure_empty(struct db *db, int64_t *ret, struct diag *d)
{
	static const struct query q = {"erasure-empty",
		"SELECT id FROM campaign WHERE closed IS NULL AND indicators = 0"
		" ORDER BY id LIMIT 1"};
	struct args none = {0};

	return db_run_num(db, &q, &none, 0, ret, d);
}

enum err db_erasure_kept(struct db *db, const struct erasure_row *x, int64_t *ret_audit,
	int64_t *ret_notices, struct diag *d)
{
	static const struct query q = {"erasure-kept",
		"SELECT (SELECT count(*) FROM audit"
		"  WHERE position($1::text IN subject || ' ' || detail) > 0),"
		" (SELECT count(*) FROM bundle WHERE form = 'notice'"
		"  AND position(convert_to($1::text, 'UTF8') IN content) > 0)"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_str(&a, x->value);
	e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	*ret_audit = row_num(&r, 0, 0);
	*ret_notices = row_num(&r, 0, 1);
	return OK;
}
