/* SPDX-License-Identifier: BSD-2-Clause */
/* What changes a campaign; campaign_list.c reads. */
#include "server/db/campaign.h"

#include "common/limits.h"
#include "server/db/query.h"

#define GROUP_SCAN 1000 /* of the newest of a neighbourhood: how many are looked at */
#define GROUP_MAX  200

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

/*
 * $1 joined_by, $2 text, $3 key, $4 indicator, of each; $5 since, $6 now. Numbers are
 * given in the order of the rows, so that the least is the first one's.
 */
static const struct query open_all = {"campaign-open",
	"WITH t AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::text[],"
	"  $3::bigint[], $4::bigint[]) WITH ORDINALITY"
	"  AS t (joined_by, text, key, indicator, n)"
	"), who AS MATERIALIZED (SELECT t.n, u.o FROM t JOIN activity a USING (key),"
	"  unnest(a.org_id, a.last) AS u (o, l) WHERE l >= to_timestamp($5::bigint)"
	"), made AS (INSERT INTO campaign (joined_by, key, opened, last, orgs,"
	"   indicators)"
	"  SELECT joined_by, text, to_timestamp($6::bigint), to_timestamp($6::bigint),"
	"   (SELECT count(*) FROM who w WHERE w.n = t.n), (indicator <> 0)::int"
	"   FROM t ORDER BY n RETURNING id"
	"), c AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY id) AS n FROM made"
	"), claimed AS (INSERT INTO campaign_key (key, campaign_id)"
	"  SELECT key, id FROM t JOIN c USING (n) WHERE key <> 0 ON CONFLICT DO NOTHING"
	"), joined AS (INSERT INTO campaign_org (campaign_id, org_id)"
	"  SELECT id, o FROM who JOIN c USING (n)"
	"), put AS (INSERT INTO campaign_indicator (campaign_id, indicator_id, added)"
	"  SELECT id, indicator, to_timestamp($6::bigint) FROM t JOIN c USING (n)"
	"   WHERE indicator <> 0"
	"), raised AS (UPDATE indicator i SET campaigns = i.campaigns + 1"
	"  FROM t WHERE i.id = t.indicator"
	") SELECT id FROM c ORDER BY n"};

enum err db_campaign_open(struct db *db, const struct campaign_new *x, size_t n,
	int64_t since, int64_t now, int64_t *ret_id, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct array joined_by, text, key, indicator;
	struct args a = {0};
	enum err e;

	array_init(&joined_by, ARRAY_TEXT);
	array_init(&text, ARRAY_TEXT);
	array_init(&key, ARRAY_NUM);
	array_init(&indicator, ARRAY_NUM);
	for (size_t i = 0; i < n; i++) {
		array_slice(&joined_by, slice_of(x[i].joined_by));
		array_slice(&text, x[i].text);
		array_num(&key, x[i].key);
		array_num(&indicator, x[i].indicator);
	}
	args_array(&a, &joined_by);
	args_array(&a, &text);
	args_array(&a, &key);
	args_array(&a, &indicator);
	args_num(&a, since);
	args_num(&a, now);
	e = db_run(db, &open_all, &a, &r, d);
	array_done(&joined_by);
	array_done(&text);
	array_done(&key);
	array_done(&indicator);
	for (size_t i = 0; !e && i < n; i++)
		ret_id[i] = row_num(&r, (int)i, 0);
	return e;
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

	array_nums(&keys, key, n);
	args_array(&a, &keys);
	e = db_run(db, &q, &a, &r, d);
	array_done(&keys);
	for (int i = 0; !e && i < r.n; i++)
		ret[(*ret_n)++] =
			(struct hit){row_num(&r, i, 0), row_num(&r, i, 1), false};
	return e;
}

struct pairs {
	struct array campaign, what;
};

static void pairs_fill(struct pairs *p, const struct campaign_pairs *x)
{
	array_init(&p->campaign, ARRAY_NUM);
	array_init(&p->what, ARRAY_NUM);
	for (size_t i = 0; i < x->n; i++) {
		array_num(&p->campaign, x->item[i].campaign);
		array_num(&p->what, x->item[i].what);
	}
}

static void pairs_done(struct pairs *p)
{
	array_done(&p->campaign);
	array_done(&p->what);
}

enum err db_campaign_claim(
	struct db *db, const struct campaign_pairs *keys, struct diag *d)
{
	static const struct query q = {"campaign-claim",
		"INSERT INTO campaign_key (key, campaign_id)"
		" SELECT DISTINCT key, id FROM unnest($1::bigint[], $2::bigint[])"
		"  AS t (id, key) ON CONFLICT DO NOTHING"};
	struct pairs p;
	struct args a = {0};
	enum err e;

	pairs_fill(&p, keys);
	args_array(&a, &p.campaign);
	args_array(&a, &p.what);
	e = db_run(db, &q, &a, NULL, d);
	pairs_done(&p);
	return e;
}

enum err db_campaign_add(struct db *db, int64_t id, const int64_t *indicator, size_t n,
	int64_t now, struct diag *d)
{
	static const struct query q = {"campaign-add",
		"WITH fresh AS MATERIALIZED (SELECT i.id FROM indicator i"
		"  WHERE i.id = ANY ($2::bigint[]) ORDER BY i.kind, i.value"
		"  LIMIT $4::bigint FOR NO KEY UPDATE SKIP LOCKED"
		"), put AS (INSERT INTO campaign_indicator (campaign_id, indicator_id,"
		"  added) SELECT $1::bigint, id, to_timestamp($3::bigint) FROM fresh"
		") UPDATE indicator i SET campaigns = campaigns + 1"
		"  FROM fresh WHERE i.id = fresh.id"};
	struct array ids;
	struct args a = {0};
	enum err e;

	array_nums(&ids, indicator, n);
	args_num(&a, id);
	args_array(&a, &ids);
	args_num(&a, now);
	args_num(&a, CAMPAIGN_SIZE);
	e = db_run(db, &q, &a, NULL, d);
	array_done(&ids);
	return e;
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

	array_nums(&keys, key, n);
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

enum err db_campaign_hold_open(struct db *db, const struct campaign_pairs *to,
	int64_t org, int64_t now, struct arena *a, struct ids *ret, struct diag *d)
{
	static const struct query q = {"campaign-hold-open",
		"WITH t AS MATERIALIZED (SELECT * FROM"
		"  unnest($1::bigint[], $2::bigint[]) AS t (id, indicator)"
		"), need AS MATERIALIZED ("
		" SELECT id FROM t WHERE NOT EXISTS (SELECT FROM campaign_indicator x"
		"  WHERE x.campaign_id = t.id AND x.indicator_id = t.indicator)"
		" UNION SELECT id FROM t WHERE NOT EXISTS (SELECT FROM campaign_org x"
		"  WHERE x.campaign_id = t.id AND x.org_id = $3::bigint)"
		" UNION SELECT t.id FROM t JOIN campaign c USING (id)"
		"  WHERE c.last < to_timestamp($4::bigint) - interval '10 minutes'"
		") SELECT id FROM campaign WHERE id IN (SELECT id FROM need)"
		"  AND closed IS NULL ORDER BY id FOR NO KEY UPDATE"};
	struct pairs p;
	struct args x = {0};
	enum err e;

	pairs_fill(&p, to);
	args_array(&x, &p.campaign);
	args_array(&x, &p.what);
	args_num(&x, org);
	args_num(&x, now);
	e = run_ids(db, &q, &x, a, ret, d);
	pairs_done(&p);
	return e;
}

/* $1, $2 the pairs, $3 those that are locked, $4 organisation, $5 now, $6 how many
 * indicators one may have. */
static const struct query grow = {"campaign-grow",
	"WITH fresh AS MATERIALIZED (SELECT id, indicator FROM ("
	"  SELECT t.id, t.indicator, c.indicators + row_number() OVER"
	"    (PARTITION BY t.id ORDER BY t.indicator) AS place"
	"   FROM (SELECT DISTINCT * FROM unnest($1::bigint[], $2::bigint[])"
	"     AS t (id, indicator)) t JOIN campaign c ON c.id = t.id"
	"   WHERE t.id = ANY ($3::bigint[]) AND NOT EXISTS (SELECT"
	"    FROM campaign_indicator x WHERE x.campaign_id = t.id"
	"    AND x.indicator_id = t.indicator)) p WHERE place <= $6::bigint"
	"), put AS (INSERT INTO campaign_indicator (campaign_id, indicator_id, added)"
	"  SELECT id, indicator, to_timestamp($5::bigint) FROM fresh"
	"), raised AS (UPDATE indicator i SET campaigns = i.campaigns + g.n"
	"  FROM (SELECT indicator, count(*) AS n FROM fresh GROUP BY 1) g"
	"  WHERE i.id = g.indicator"
	"), joined AS (INSERT INTO campaign_org (campaign_id, org_id)"
	"  SELECT id, $4::bigint FROM unnest($3::bigint[]) AS h (id)"
	"  ON CONFLICT DO NOTHING RETURNING campaign_id AS id"
	"), news AS MATERIALIZED (SELECT h.id,"
	"  (SELECT count(*) FROM fresh f WHERE f.id = h.id) AS n,"
	"  (SELECT count(*) FROM joined j WHERE j.id = h.id) AS o"
	"  FROM unnest($3::bigint[]) AS h (id)"
	"), counted AS (UPDATE campaign c SET indicators = c.indicators + w.n,"
	"  orgs = c.orgs + w.o, last = greatest(c.last, to_timestamp($5::bigint))"
	"  FROM news w WHERE c.id = w.id RETURNING c.id, c.joined_by, c.key,"
	"  c.orgs::bigint, c.indicators::bigint, w.n + w.o AS news)"
	" SELECT id, joined_by, key, orgs, indicators FROM counted WHERE news > 0"
	" ORDER BY id"};

enum err db_campaign_grow(struct db *db, const struct campaign_pairs *to,
	const struct ids *held, int64_t org, int64_t now, struct arena *a,
	struct campaign **ret, size_t *ret_n, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct array ids;
	struct pairs p;
	struct args x = {0};
	enum err e;

	pairs_fill(&p, to);
	array_nums(&ids, held->item, held->n);
	args_array(&x, &p.campaign);
	args_array(&x, &p.what);
	args_array(&x, &ids);
	args_num(&x, org);
	args_num(&x, now);
	args_num(&x, CAMPAIGN_SIZE);
	e = db_run(db, &grow, &x, &r, d);
	pairs_done(&p);
	array_done(&ids);
	if (e)
		return e;
	*ret = arena_alloc(a, sizeof(**ret) * ((size_t)r.n + 1));
	if (!*ret)
		return diag_fail(d, ERR_NOMEM, "campaigns: out of memory");
	for (int i = 0; i < r.n; i++)
		(*ret)[(*ret_n)++] = (struct campaign){
			.id = row_num(&r, i, 0),
			.joined_by = row_str(&r, i, 1, a),
			.key = row_str(&r, i, 2, a),
			.orgs = row_num(&r, i, 3),
			.size = row_num(&r, i, 4),
		};
	return rows_err(&r, d);
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

/* Rows of indicators, then of activity, and the campaign last: as everyone else does. */
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
