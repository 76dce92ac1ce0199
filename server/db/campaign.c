/* SPDX-License-Identifier: BSD-2-Clause */
/* What changes a campaign; campaign_list.c reads. */
#include "server/db/campaign.h"

#include "common/limits.h"
#include "server/db/query.h"

#define GROUP_SCAN 1000 /* of the newest of a neighbourhood: how many are looked at */
#define GROUP_MAX  200

enum err db_campaign_lock(struct db *db, struct diag *d)
{
	/* beside those of schema/ */
	static const struct query q = {
		"campaign-lock", "SELECT pg_advisory_xact_lock(130160904070513)"};
	struct args none = {0};

	return db_run(db, &q, &none, NULL, d);
}

/* Runs one that answers with one number. */
static enum err run_num(struct db *db, const struct query *q, const struct args *a,
	int64_t *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	enum err e = db_run(db, q, a, &r, d);

	if (!e)
		*ret = r.n ? row_num(&r, 0, 0) : 0;
	return e;
}

enum err db_campaign_open(struct db *db, const char *joined_by, struct slice key,
	int64_t now, int64_t *ret_id, struct diag *d)
{
	static const struct query q = {"campaign-open",
		"INSERT INTO campaign (joined_by, key, opened, last) VALUES ($1::text,"
		" $2::text, to_timestamp($3::bigint), to_timestamp($3::bigint))"
		" RETURNING id"};
	struct args a = {0};

	args_str(&a, joined_by);
	args_slice(&a, key);
	args_num(&a, now);
	return run_num(db, &q, &a, ret_id, d);
}

enum err db_campaign_find(struct db *db, const int64_t *key, size_t n, struct hit *ret,
	size_t *ret_n, struct diag *d)
{
	static const struct query q = {"campaign-find",
		"SELECT key, campaign_id FROM campaign_key WHERE key = "
		"ANY ($1::bigint[])"};
	CLEANUP_ROWS struct rows r = {0};
	struct array keys;
	struct args a = {0};
	enum err e;

	array_init(&keys, ARRAY_NUM);
	for (size_t i = 0; i < n; i++)
		array_num(&keys, key[i]);
	args_array(&a, &keys);
	e = db_run(db, &q, &a, &r, d);
	array_done(&keys);
	for (int i = 0; !e && i < r.n; i++)
		ret[(*ret_n)++] =
			(struct hit){row_num(&r, i, 0), row_num(&r, i, 1), false};
	return e;
}

enum err db_campaign_claim(
	struct db *db, int64_t id, const int64_t *key, size_t n, struct diag *d)
{
	static const struct query q = {"campaign-claim",
		"INSERT INTO campaign_key (key, campaign_id)"
		" SELECT DISTINCT key, $1::bigint FROM unnest($2::bigint[]) AS t (key)"
		" ON CONFLICT DO NOTHING"};
	struct array keys;
	struct args a = {0};
	enum err e;

	array_init(&keys, ARRAY_NUM);
	for (size_t i = 0; i < n; i++)
		array_num(&keys, key[i]);
	args_num(&a, id);
	args_array(&a, &keys);
	e = db_run(db, &q, &a, NULL, d);
	array_done(&keys);
	return e;
}

enum err db_campaign_add(struct db *db, int64_t id, const int64_t *indicator, size_t n,
	int64_t now, int64_t *ret_added, struct diag *d)
{
	static const struct query q = {"campaign-add",
		"WITH fresh AS MATERIALIZED (SELECT i.id FROM indicator i"
		"  WHERE i.id = ANY ($2::bigint[])"
		"  AND NOT EXISTS (SELECT FROM campaign_indicator x"
		"   WHERE x.campaign_id = $1::bigint AND x.indicator_id = i.id)"
		"  ORDER BY i.kind, i.value LIMIT (SELECT greatest($4::bigint - "
		"indicators,"
		"   0) FROM campaign WHERE id = $1::bigint)"
		"  FOR NO KEY UPDATE SKIP LOCKED"
		"), put AS (INSERT INTO campaign_indicator (campaign_id, indicator_id,"
		"  added) SELECT $1::bigint, id, to_timestamp($3::bigint) FROM fresh"
		"), raised AS (UPDATE indicator i SET campaigns = campaigns + 1"
		"  FROM fresh WHERE i.id = fresh.id"
		") SELECT count(*) FROM fresh"};
	struct array ids;
	struct args a = {0};
	enum err e;

	array_init(&ids, ARRAY_NUM);
	for (size_t i = 0; i < n; i++)
		array_num(&ids, indicator[i]);
	args_num(&a, id);
	args_array(&a, &ids);
	args_num(&a, now);
	args_num(&a, CAMPAIGN_SIZE);
	e = run_num(db, &q, &a, ret_added, d);
	array_done(&ids);
	return e;
}

enum err db_campaign_add_org(
	struct db *db, int64_t id, int64_t org, int64_t *ret_added, struct diag *d)
{
	static const struct query q = {"campaign-add-org",
		"INSERT INTO campaign_org (campaign_id, org_id) VALUES ($1::bigint,"
		" $2::bigint) ON CONFLICT DO NOTHING RETURNING 1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_num(&a, org);
	return run_num(db, &q, &a, ret_added, d);
}

enum err db_campaign_add_orgs(struct db *db, int64_t id, const int64_t *key, size_t n,
	int64_t since, struct diag *d)
{
	static const struct query q = {"campaign-add-orgs",
		"INSERT INTO campaign_org (campaign_id, org_id)"
		" SELECT DISTINCT $1::bigint, o FROM unnest($2::bigint[]) AS t (key)"
		" JOIN activity a USING (key), unnest(a.org_id, a.last) AS u (o, l)"
		" WHERE l >= to_timestamp($3::bigint) ON "
		"CONFLICT DO NOTHING"};
	struct array keys;
	struct args a = {0};
	enum err e;

	array_init(&keys, ARRAY_NUM);
	for (size_t i = 0; i < n; i++)
		array_num(&keys, key[i]);
	args_num(&a, id);
	args_array(&a, &keys);
	args_num(&a, since);
	e = db_run(db, &q, &a, NULL, d);
	array_done(&keys);
	return e;
}

enum err db_campaign_count(struct db *db, int64_t id, int64_t now, struct diag *d)
{
	static const struct query q = {"campaign-count",
		"UPDATE campaign SET"
		" orgs = (SELECT count(*) FROM campaign_org WHERE campaign_id = "
		"$1::bigint),"
		" indicators = (SELECT count(*) FROM campaign_indicator"
		"  WHERE campaign_id = $1::bigint),"
		" last = greatest(last, to_timestamp($2::bigint)) WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

static enum err run_ids(struct db *db, const struct query *q, const struct args *x,
	struct arena *a, struct ids *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct ids ids = {0};
	enum err e = db_run(db, q, x, &r, d);

	if (e)
		return e;
	ids.item = arena_alloc(a, sizeof(*ids.item) * ((size_t)r.n + 1));
	if (!ids.item)
		return diag_fail(d, ERR_NOMEM, "campaigns: out of memory");
	for (; ids.n < (size_t)r.n; ids.n++)
		ids.item[ids.n] = row_num(&r, (int)ids.n, 0);
	*ret = ids;
	return OK;
}

enum err db_campaign_near(struct db *db, int64_t near, int64_t since, struct arena *a,
	struct ids *ret, struct diag *d)
{
	static const struct query q = {"campaign-near",
		"SELECT id FROM (SELECT id, changed FROM indicator WHERE near = "
		"$1::bigint"
		"  ORDER BY id DESC LIMIT $3::bigint) i"
		" WHERE changed >= to_timestamp($2::bigint) LIMIT $4::bigint"};
	struct args x = {0};

	args_num(&x, near);
	args_num(&x, since);
	args_num(&x, GROUP_SCAN);
	args_num(&x, GROUP_MAX);
	return run_ids(db, &q, &x, a, ret, d);
}

enum err db_campaign_tagged(struct db *db, struct slice tag, int64_t since,
	struct arena *a, struct ids *ret, struct diag *d)
{
	static const struct query q = {"campaign-tagged",
		"SELECT i.id FROM (SELECT indicator_id FROM indicator_tag"
		"  WHERE tag = $1::text ORDER BY indicator_id DESC LIMIT $3::bigint) t"
		" JOIN indicator i ON i.id = t.indicator_id"
		" WHERE i.changed >= to_timestamp($2::bigint) LIMIT $4::bigint"};
	struct args x = {0};

	args_slice(&x, tag);
	args_num(&x, since);
	args_num(&x, GROUP_SCAN);
	args_num(&x, GROUP_MAX);
	return run_ids(db, &q, &x, a, ret, d);
}

enum err db_campaign_reported(
	struct db *db, int64_t report, struct arena *a, struct ids *ret, struct diag *d)
{
	static const struct query q = {"campaign-reported",
		"SELECT indicator_id FROM joint WHERE report_id = $1::bigint"
		" LIMIT $2::bigint"};
	struct args x = {0};

	args_num(&x, report);
	args_num(&x, GROUP_MAX);
	return run_ids(db, &q, &x, a, ret, d);
}

/* Rows of indicators and then of activity are locked before the campaigns' lock, as by
 * everyone else. */
enum err db_campaign_hold(struct db *db, int64_t id, struct diag *d)
{
	static const struct query activity = {"campaign-hold-activity",
		"WITH held AS (SELECT key FROM activity WHERE key IN"
		"  (SELECT key FROM campaign_key WHERE campaign_id = $1::bigint)"
		" ORDER BY key FOR UPDATE) SELECT count(*) FROM held"};
	static const struct query q = {"campaign-hold",
		"WITH held AS (SELECT id FROM indicator WHERE id IN"
		"  (SELECT indicator_id FROM campaign_indicator"
		"   WHERE campaign_id = $1::bigint)"
		" ORDER BY kind, value FOR NO KEY UPDATE) SELECT count(*) FROM held"};
	struct args a = {0};
	enum err e;

	args_num(&a, id);
	e = db_run(db, &q, &a, NULL, d);
	return e ? e : db_run(db, &activity, &a, NULL, d);
}

static enum err release(struct db *db, int64_t id, struct diag *d)
{
	static const struct query forget = {"campaign-forget",
		"DELETE FROM activity WHERE key IN (SELECT key FROM campaign_key"
		" WHERE campaign_id = $1::bigint)"};
	static const struct query keys = {"campaign-keys",
		"DELETE FROM campaign_key WHERE campaign_id = $1::bigint"};
	static const struct query lower = {"campaign-lower",
		"UPDATE indicator SET campaigns = greatest(campaigns - 1, 0) WHERE id IN"
		" (SELECT indicator_id FROM campaign_indicator"
		"  WHERE campaign_id = $1::bigint)"};
	static const struct query *const all[] = {&forget, &keys, &lower};
	struct args a = {0};
	enum err e = OK;

	args_num(&a, id);
	for (size_t i = 0; !e && i < sizeof(all) / sizeof(*all); i++)
		e = db_run(db, all[i], &a, NULL, d);
	return e;
}

enum err db_campaign_close(struct db *db, int64_t id, const char *by, const char *reason,
	int64_t now, bool *ret_closed, struct diag *d)
{
	static const struct query q = {"campaign-close",
		"UPDATE campaign SET closed = to_timestamp($2::bigint),"
		" closed_by = $3::text, reason = $4::text"
		" WHERE id = $1::bigint AND closed IS NULL RETURNING 1::bigint"};
	struct args a = {0};
	int64_t n;
	enum err e;

	args_num(&a, id);
	args_num(&a, now);
	args_str(&a, by);
	args_str(&a, reason);
	e = run_num(db, &q, &a, &n, d);
	if (!e)
		*ret_closed = n > 0;
	return e || !n ? e : release(db, id, d);
}

enum err db_campaign_quiet(struct db *db, int64_t since, int64_t *ret_id, struct diag *d)
{
	static const struct query q = {"campaign-quiet",
		"SELECT id FROM campaign WHERE closed IS NULL"
		" AND last < to_timestamp($1::bigint) ORDER BY last LIMIT 1"};
	struct args a = {0};

	args_num(&a, since);
	return run_num(db, &q, &a, ret_id, d);
}
