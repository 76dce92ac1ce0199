/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/coverage.h"

#include "server/db/query.h"

enum err db_coverage_log(
	struct db *db, const char *origin, struct coverage_log *ret, struct diag *d)
{
	static const struct query q = {"coverage-log",
		"SELECT l.size, c.root FROM log l LEFT JOIN checkpoint c"
		" ON c.log_id = l.id AND c.size = l.size WHERE l.origin = $1::text"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_str(&a, origin);
	e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	*ret = (struct coverage_log){0};
	if (r.n) {
		ret->size = row_num(&r, 0, 0);
		ret->has_root = !row_null(&r, 0, 1);
		if (ret->has_root)
			ret->root = row_hash(&r, 0, 1);
	}
	return OK;
}

/*
 * $1 origin, $2 grace. Sets may be compared where they come from the same decisions and
 * nothing lapsed between the times that they are of; `decided` is the last decision
 * followed, `lapse` the last end that had passed. Both are one look into an index for
 * each organisation. What an older state should be is not known any more: it is late,
 * soon enough.
 */
static const struct query list = {"coverage-list",
	"WITH log AS MATERIALIZED (SELECT id FROM log WHERE origin = $1::text),"
	" newest AS MATERIALIZED (SELECT (SELECT max(s.index) FROM statement s"
	"  WHERE s.log_id = log.id AND s.verb IN ('approve', 'revoke', 'void')) AS "
	"decided"
	"  FROM log),"
	" seen AS MATERIALIZED (SELECT o.code, o.name, o.sector,"
	"  o.state = 'suspended' AS suspended,"
	"  greatest(o.last_seen, r.received) AS last_seen, r.note, r.received, r.size,"
	"  r.active_sha256, r.hold, o.state <> 'suspended' AND r.hold IS NULL AS counts,"
	"  (SELECT max(s.index) FROM statement s WHERE s.log_id = (SELECT id FROM log)"
	"   AND s.index < r.size AND s.verb IN ('approve', 'revoke', 'void')) AS decided,"
	"  (SELECT max(until) FROM lapse WHERE until <= r.at AND indicators > 0) AS lapse"
	"  FROM org o LEFT JOIN receipt r ON r.org_id = o.id),"
	" vote AS (SELECT lapse, active_sha256, count(*) AS n FROM seen WHERE counts"
	"  AND decided = (SELECT decided FROM newest) GROUP BY 1, 2)"
	" SELECT s.code, s.name, s.sector, s.suspended,"
	"  extract(epoch FROM s.last_seen)::bigint, s.note,"
	"  extract(epoch FROM s.received)::bigint, s.size, s.active_sha256, s.hold,"
	"  coalesce(s.counts AND s.decided = (SELECT decided FROM newest)"
	"   AND EXISTS (SELECT FROM vote v WHERE v.lapse IS NOT DISTINCT FROM s.lapse"
	"    AND v.active_sha256 <> s.active_sha256 AND v.n >= (SELECT m.n FROM vote m"
	"     WHERE m.lapse IS NOT DISTINCT FROM s.lapse"
	"     AND m.active_sha256 = s.active_sha256)), false),"
	"  EXISTS (SELECT FROM statement t WHERE t.log_id = (SELECT id FROM log)"
	"   AND t.index >= s.size AND t.verb IN ('approve', 'revoke', 'void')"
	"   AND t.received < to_timestamp($2::bigint))"
	" FROM seen s ORDER BY s.code"};

static void row_read(struct rows *r, int i, struct arena *a, struct coverage_row *ret)
{
	*ret = (struct coverage_row){
		.code = row_str(r, i, 0, a),
		.name = row_str(r, i, 1, a),
		.sector = row_str(r, i, 2, a),
		.suspended = row_flag(r, i, 3),
		.last_seen = row_num(r, i, 4),
		.note = row_copy(r, i, 5, a),
		.received = row_num(r, i, 6),
		.size = row_num(r, i, 7),
		.hold = row_str(r, i, 9, a),
		.differs = row_flag(r, i, 10),
		.late = row_flag(r, i, 11),
	};
	if (ret->note.n)
		ret->active = row_hash(r, i, 8);
}

enum err db_coverage_list(struct db *db, const char *origin, int64_t grace,
	struct arena *a, struct coverage_rows *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct coverage_row *item;
	struct args x = {0};
	enum err e;

	args_str(&x, origin);
	args_num(&x, grace);
	e = db_run(db, &list, &x, &r, d);
	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		row_read(&r, i, a, &item[i]);
	e = rows_err(&r, d);
	if (!e)
		*ret = (struct coverage_rows){item, (size_t)r.n};
	return e;
}

enum err db_coverage_times(
	struct db *db, int64_t since, struct coverage_times *ret, struct diag *d)
{
	static const struct query q = {"coverage-times",
		"SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY took),"
		" percentile_disc(0.95) WITHIN GROUP (ORDER BY took), max(took) FROM"
		" (SELECT extract(epoch FROM enforced - approved)::bigint AS took"
		"  FROM enforcement WHERE approved >= to_timestamp($1::bigint)"
		"  ORDER BY approved DESC LIMIT 100000) t"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_num(&a, since);
	e = db_run(db, &q, &a, &r, d);
	if (!e)
		*ret = (struct coverage_times){
			.n = row_num(&r, 0, 0),
			.median = row_num(&r, 0, 1),
			.p95 = row_num(&r, 0, 2),
			.max = row_num(&r, 0, 3),
		};
	return e;
}
