/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/activity.h"

#include <stdlib.h>

#include "common/limits.h"
#include "server/db/query.h"

#define ACTIVITY_ORGS 64 /* of one key; a campaign counts all that come later */

static int by_key(const void *key, const void *x)
{
	const int64_t *k = key;
	const struct activity *a = x;

	return (*k > a->key) - (*k < a->key);
}

static int64_t needs_of(const struct activity *x, size_t n, int64_t key)
{
	const struct activity *found = NULL;

	if (n && x[0].needs)
		found = bsearch(&key, x, n, sizeof(*x), by_key);
	return found ? found->needs : 0;
}

enum err db_activity_note(struct db *db, int64_t org, const struct activity *x, size_t n,
	int64_t orgs, int64_t since, struct keys *ret, struct diag *d)
{
	/* An insert for what is new; else the own entry moves to its place, and those
	 * that are too old go. */
	static const struct query q = {"activity-note",
		"WITH noted AS (INSERT INTO activity AS a (key, org_id, last)"
		" SELECT key, ARRAY[$1::bigint], ARRAY[to_timestamp(max(at))]"
		"  FROM unnest($2::bigint[], $3::bigint[]) AS t (key, at)"
		"  GROUP BY key ORDER BY key"
		" ON CONFLICT (key) DO UPDATE SET (org_id, last) = ("
		"  SELECT array_agg(o), array_agg(l) FROM ("
		"   SELECT o, l FROM unnest($1::bigint || a.org_id,"
		"    greatest(excluded.last[1],"
		"     a.last[array_position(a.org_id, $1::bigint)]) || a.last)"
		"    WITH ORDINALITY AS u (o, l, n)"
		"   WHERE l >= to_timestamp($5::bigint)"
		"    AND (n = 1 OR o <> $1::bigint)"
		"   ORDER BY l DESC LIMIT $6::bigint) e)"
		" RETURNING key, cardinality(org_id) AS n)"
		" SELECT key, n::bigint FROM noted WHERE n >= $4::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct array key, at;
	struct args a = {0};
	enum err e;

	array_init(&key, ARRAY_NUM);
	array_init(&at, ARRAY_NUM);
	for (size_t i = 0; i < n; i++) {
		array_num(&key, x[i].key);
		array_num(&at, x[i].at);
	}
	args_num(&a, org);
	args_array(&a, &key);
	args_array(&a, &at);
	args_num(&a, orgs);
	args_num(&a, since);
	args_num(&a, ACTIVITY_ORGS);
	e = db_run(db, &q, &a, &r, d);
	array_done(&key);
	array_done(&at);
	for (int i = 0; !e && i < r.n; i++)
		if (row_num(&r, i, 1) >= needs_of(x, n, row_num(&r, i, 0)))
			ret->item[ret->n++] = row_num(&r, i, 0);
	return e;
}

enum err db_activity_gather(struct db *db, int64_t key, const int64_t *of, size_t n,
	int64_t since, struct diag *d)
{
	static const struct query q = {"activity-gather",
		"INSERT INTO activity (key, org_id, last)"
		" SELECT $1::bigint, array_agg(o ORDER BY l DESC),"
		"  array_agg(l ORDER BY l DESC) FROM (SELECT o, max(l) AS l"
		"  FROM unnest($2::bigint[]) AS t (key) JOIN activity a USING (key),"
		"   unnest(a.org_id, a.last) AS u (o, l)"
		"  WHERE l >= to_timestamp($3::bigint) GROUP BY o"
		"  ORDER BY 2 DESC LIMIT $4::bigint) e HAVING count(*) > 0"
		" ON CONFLICT DO NOTHING"};
	struct array keys;
	struct args a = {0};
	enum err e;

	array_nums(&keys, of, n);
	args_num(&a, key);
	args_array(&a, &keys);
	args_num(&a, since);
	args_num(&a, ACTIVITY_ORGS);
	e = db_run(db, &q, &a, NULL, d);
	array_done(&keys);
	return e;
}

enum err db_joint_add(struct db *db, int64_t report, const int64_t *indicator, size_t n,
	int64_t at, struct diag *d)
{
	static const struct query q = {"joint-add",
		"INSERT INTO joint (indicator_id, report_id, at, size)"
		" SELECT id, $1::bigint, to_timestamp($3::bigint), $4::bigint"
		" FROM unnest($2::bigint[]) AS t (id)"};
	struct array ids;
	struct args a = {0};
	enum err e;

	array_nums(&ids, indicator, n);
	args_num(&a, report);
	args_array(&a, &ids);
	args_num(&a, at);
	args_num(&a, (int64_t)n);
	e = db_run(db, &q, &a, NULL, d);
	array_done(&ids);
	return e;
}

enum err db_joint_find(struct db *db, const int64_t *indicator, size_t n, int64_t since,
	struct arena *a, struct joint **ret, size_t *ret_n, struct diag *d)
{
	static const struct query q = {"joint-find",
		"SELECT t.n, j.report_id, j.size FROM unnest($1::bigint[])"
		" WITH ORDINALITY AS t (id, n), LATERAL (SELECT report_id, at, size FROM "
		"joint"
		"  WHERE indicator_id = t.id ORDER BY report_id DESC LIMIT $3::bigint) j"
		" WHERE j.at >= to_timestamp($2::bigint)"};
	CLEANUP_ROWS struct rows r = {0};
	struct array ids;
	struct args x = {0};
	struct joint *found;
	enum err e;

	array_nums(&ids, indicator, n);
	args_array(&x, &ids);
	args_num(&x, since);
	args_num(&x, CAMPAIGN_REPORTS);
	e = db_run(db, &q, &x, &r, d);
	array_done(&ids);
	if (e)
		return e;
	found = arena_alloc(a, sizeof(*found) * ((size_t)r.n + 1));
	if (!found)
		return diag_fail(d, ERR_NOMEM, "campaigns: out of memory");
	for (int i = 0; i < r.n; i++)
		found[i] = (struct joint){(size_t)row_num(&r, i, 0) - 1,
			row_num(&r, i, 1), row_num(&r, i, 2)};
	*ret = found;
	*ret_n = (size_t)r.n;
	return OK;
}

enum err db_activity_drop(
	struct db *db, int64_t org, const int64_t *key, size_t n, struct diag *d)
{
	static const struct query hold = {"activity-drop-hold",
		"WITH held AS (SELECT key FROM activity WHERE key = ANY ($2::bigint[])"
		" AND $1::bigint = ANY (org_id) ORDER BY key FOR UPDATE)"
		" SELECT count(*) FROM held"};
	static const struct query q = {"activity-drop",
		"WITH alone AS (DELETE FROM activity WHERE key = ANY ($2::bigint[])"
		"  AND org_id = ARRAY[$1::bigint])"
		" UPDATE activity a SET (org_id, last) = ("
		"  SELECT array_agg(o ORDER BY l DESC), array_agg(l ORDER BY l DESC)"
		"  FROM unnest(a.org_id, a.last) AS u (o, l) WHERE o <> $1::bigint)"
		" WHERE key = ANY ($2::bigint[]) AND $1::bigint = ANY (org_id)"
		" AND org_id <> ARRAY[$1::bigint]"};
	struct array keys;
	struct args a = {0};
	enum err e;

	array_nums(&keys, key, n);
	args_num(&a, org);
	args_array(&a, &keys);
	e = db_run(db, &hold, &a, NULL, d);
	if (!e)
		e = db_run(db, &q, &a, NULL, d);
	array_done(&keys);
	return e;
}

enum err db_joint_drop(struct db *db, int64_t report, int64_t key, struct diag *d)
{
	static const struct query q = {"joint-drop",
		"WITH named AS (DELETE FROM joint WHERE report_id = $1::bigint)"
		" DELETE FROM activity WHERE key = $2::bigint"};
	struct args a = {0};

	args_num(&a, report);
	args_num(&a, key);
	return db_run(db, &q, &a, NULL, d);
}
