/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/report_indicator.h"

#include "common/line.h"
#include "server/db/query.h"

/* The lines as columns, one array each. Tags are few: a table of their own, which line
 * (from 1) and which tag. */
struct columns {
	struct array kind, value, action, tlp, confidence, seen, flags, near, tag_line,
		tag;
};

static void columns_fill(struct columns *c, const struct ingest *in)
{
	array_init(&c->kind, ARRAY_TEXT);
	array_init(&c->value, ARRAY_TEXT);
	array_init(&c->action, ARRAY_TEXT);
	array_init(&c->tlp, ARRAY_NUM);
	array_init(&c->confidence, ARRAY_NUM);
	array_init(&c->seen, ARRAY_NUM);
	array_init(&c->flags, ARRAY_NUM);
	array_init(&c->near, ARRAY_NUM);
	array_init(&c->tag_line, ARRAY_NUM);
	array_init(&c->tag, ARRAY_TEXT);
	for (size_t i = 0; i < in->n; i++) {
		const struct ingest_line *l = &in->line[i];

		array_slice(&c->kind, l->kind);
		array_slice(&c->value, l->value);
		array_slice(&c->action, slice_of(l->action));
		array_num(&c->tlp, l->tlp);
		if (l->confidence < 0)
			array_null(&c->confidence);
		else
			array_num(&c->confidence, l->confidence);
		if (l->seen == 0)
			array_null(&c->seen);
		else
			array_num(&c->seen, l->seen);
		array_num(&c->flags, l->flags);
		if (l->near == 0)
			array_null(&c->near);
		else
			array_num(&c->near, l->near);
		for (size_t t = 0; t < l->ntags; t++) {
			array_num(&c->tag_line, (int64_t)i + 1);
			array_slice(&c->tag, l->tags[t]);
		}
	}
}

static void columns_done(struct columns *c)
{
	array_done(&c->kind);
	array_done(&c->value);
	array_done(&c->action);
	array_done(&c->tlp);
	array_done(&c->confidence);
	array_done(&c->seen);
	array_done(&c->flags);
	array_done(&c->near);
	array_done(&c->tag_line);
	array_done(&c->tag);
}

/*
 * $1 organisation, $2 report, $3 issued, $4 now, $5 default confidence, $6... the
 * columns.
 *
 * One upsert finds out what was known (a row that was updated has an xmax) and whether
 * this organisation is new to it; the other tables follow from its answer. That the count
 * of organisations is right rests on the lock on the organisation's row: no other report
 * of the same one is between the look and the insert. Rejected and revoked ones come back
 * to the queue when an organisation reports them that had not, lapsed ones in any case.
 * The flags are those of today's lists; a dispute stays, and who withdrew is no longer
 * all.
 */
#define INGEST_LINE                                                                \
	"SELECT kind, value, action, tlp, confidence, to_timestamp(seen) AS seen," \
	"  flags, near, n"                                                         \
	" FROM unnest($6::text[], $7::text[], $8::text[], $9::bigint[],"           \
	"  $10::bigint[], $11::bigint[], $12::bigint[], $15::bigint[])"            \
	"  WITH ORDINALITY AS l (kind, value, action, tlp, confidence, seen,"      \
	"  flags, near, n)"
#define INGEST_BACK                                                      \
	"SELECT CASE WHEN back THEN 'pending' ELSE i.state END,"         \
	"  CASE WHEN back THEN NULL ELSE i.reason END,"                  \
	"  CASE WHEN i.state = 'approved' AND NOT back THEN i.action"    \
	"   ELSE least(i.action, excluded.action) END,"                  \
	"  i.orgs + fresh::integer"                                      \
	" FROM (SELECT NOT EXISTS (SELECT FROM report_indicator p"       \
	"   WHERE p.indicator_id = i.id AND p.org_id = $1::bigint"       \
	"   AND NOT p.withdrawn) AS fresh) AS f,"                        \
	"  LATERAL (SELECT fresh AND i.state IN ('rejected', 'revoked')" \
	"   OR i.state = 'approved' AND i.until <= excluded.changed AS back) AS b"
#define INGEST_TAKEN                                                                  \
	"INSERT INTO indicator AS i (kind, value, action, tlp, confidence, flags, "   \
	"near, orgs,"                                                                 \
	"  sightings, first_seen, last_seen, created, changed)"                       \
	" SELECT kind, value, action, tlp, coalesce(confidence, $5::bigint), flags, " \
	"near, 1,"                                                                    \
	"  1, coalesce(seen, to_timestamp($3::bigint)),"                              \
	"  coalesce(seen, to_timestamp($3::bigint)),"                                 \
	"  to_timestamp($4::bigint), to_timestamp($4::bigint)"                        \
	" FROM line ORDER BY n"                                                       \
	" ON CONFLICT (kind, value) DO UPDATE SET"                                    \
	"  (state, reason, action, orgs) = (" INGEST_BACK "),"                        \
	"  tlp = least(i.tlp, excluded.tlp),"                                         \
	"  confidence = greatest(i.confidence, excluded.confidence),"                 \
	"  flags = i.flags & 4 | excluded.flags,"                                     \
	"  near = coalesce(i.near, excluded.near),"                                   \
	"  sightings = i.sightings + 1,"                                              \
	"  first_seen = least(i.first_seen, excluded.first_seen),"                    \
	"  last_seen = greatest(i.last_seen, excluded.last_seen),"                    \
	"  changed = excluded.changed"                                                \
	" RETURNING id, kind, value, xmax <> 0 AS known"

static const struct query ingest = {"ingest",
	"WITH line AS MATERIALIZED (" INGEST_LINE "), taken AS (" INGEST_TAKEN
	"), said AS ("
	" INSERT INTO report_indicator (indicator_id, org_id, report_id, action, tlp,"
	"  confidence, seen)"
	" SELECT t.id, $1::bigint, $2::bigint, l.action, l.tlp, l.confidence, l.seen"
	" FROM taken t JOIN line l USING (kind, value)"
	"), tagged AS ("
	" INSERT INTO indicator_tag (indicator_id, tag)"
	" SELECT t.id, g.tag FROM unnest($13::bigint[], $14::text[]) AS g (n, tag)"
	" JOIN line l USING (n) JOIN taken t USING (kind, value)"
	" ON CONFLICT DO NOTHING"
	") SELECT l.n, t.id, t.known FROM taken t JOIN line l USING (kind, value)"};

enum err db_ingest(
	struct db *db, const struct ingest *in, struct ingested *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct columns c;
	struct args a = {0};
	enum err e;

	columns_fill(&c, in);
	args_num(&a, in->org);
	args_num(&a, in->report);
	args_num(&a, in->issued);
	args_num(&a, in->now);
	args_num(&a, CONFIDENCE_DEFAULT);
	args_array(&a, &c.kind);
	args_array(&a, &c.value);
	args_array(&a, &c.action);
	args_array(&a, &c.tlp);
	args_array(&a, &c.confidence);
	args_array(&a, &c.seen);
	args_array(&a, &c.flags);
	args_array(&a, &c.tag_line);
	args_array(&a, &c.tag);
	args_array(&a, &c.near);
	e = db_plan_anew(db, d);
	if (!e)
		e = db_run(db, &ingest, &a, &r, d);
	columns_done(&c);
	for (int i = 0; !e && i < r.n; i++)
		ret[row_num(&r, i, 0) - 1] =
			(struct ingested){row_num(&r, i, 1), row_flag(&r, i, 2)};
	return e;
}

enum err db_report_indicator_list(struct db *db, int64_t indicator, const char *org,
	struct arena *a, struct indicator_reports *ret, struct diag *d)
{
	static const struct query q = {"report-indicator-list",
		"SELECT r.id, o.code, extract(epoch FROM r.received)::bigint, s.action,"
		" s.tlp::bigint, coalesce(s.confidence::bigint, $2::bigint),"
		" extract(epoch FROM s.seen)::bigint, r.comment,"
		" extract(epoch FROM r.withdrawn)::bigint"
		" FROM report_indicator s JOIN report r ON r.id = s.report_id"
		" JOIN org o ON o.id = r.org_id"
		" WHERE s.indicator_id = $1::bigint"
		" AND ($3::text IS NULL OR o.code = $3::text)"
		" ORDER BY s.report_id DESC LIMIT 1000"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct indicator_report *item;
	enum err e;

	args_num(&x, indicator);
	args_num(&x, CONFIDENCE_DEFAULT);
	args_str(&x, org);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		item[i] = (struct indicator_report){
			.id = row_num(&r, i, 0),
			.org = row_str(&r, i, 1, a),
			.received = row_num(&r, i, 2),
			.action = row_str(&r, i, 3, a),
			.tlp = tlp_name((enum tlp)row_num(&r, i, 4)),
			.confidence = row_num(&r, i, 5),
			.seen = row_num(&r, i, 6),
			.comment = row_str(&r, i, 7, a),
			.withdrawn = row_num(&r, i, 8),
		};
	e = rows_err(&r, d);
	if (!e)
		*ret = (struct indicator_reports){item, (size_t)r.n};
	return e;
}

/* The rows, in the order in which reports lock them: what is counted behind this is
 * counted alone. */
static enum err lock_indicators(struct db *db, int64_t report, struct diag *d)
{
	static const struct query q = {"withdraw-lock",
		"WITH held AS (SELECT id FROM indicator WHERE id IN"
		"  (SELECT indicator_id FROM report_indicator"
		"   WHERE report_id = $1::bigint)"
		" ORDER BY kind, value FOR NO KEY UPDATE) SELECT count(*) FROM held"};
	struct args a = {0};

	args_num(&a, report);
	return db_run(db, &q, &a, NULL, d);
}

static enum err mark_withdrawn(struct db *db, int64_t report, struct diag *d)
{
	static const struct query q = {"withdraw-mark",
		"UPDATE report_indicator SET withdrawn = true WHERE report_id = "
		"$1::bigint"};
	struct args a = {0};

	args_num(&a, report);
	return db_run(db, &q, &a, NULL, d);
}

/* $1 report, $2 now, $3 default confidence. */
static const struct query recount = {"withdraw-recount",
	"WITH rest AS ("
	" SELECT w.indicator_id AS id, count(DISTINCT p.org_id) AS orgs,"
	"  min(p.tlp) AS tlp, min(p.action) AS action,"
	"  max(coalesce(p.confidence, $3::bigint)) FILTER (WHERE p.org_id IS NOT NULL)"
	"   AS confidence,"
	"  min(coalesce(p.seen, r.issued)) AS first_seen,"
	"  max(coalesce(p.seen, r.issued)) AS last_seen"
	" FROM report_indicator w"
	" LEFT JOIN report_indicator p"
	"  ON p.indicator_id = w.indicator_id AND NOT p.withdrawn"
	" LEFT JOIN report r ON r.id = p.report_id"
	" WHERE w.report_id = $1::bigint GROUP BY w.indicator_id"
	") UPDATE indicator i SET orgs = x.orgs, sightings = greatest(i.sightings - 1, "
	"0),"
	"  tlp = coalesce(x.tlp, i.tlp),"
	"  confidence = coalesce(x.confidence, i.confidence),"
	"  first_seen = coalesce(x.first_seen, i.first_seen),"
	"  last_seen = coalesce(x.last_seen, i.last_seen),"
	"  action = CASE WHEN i.state = 'pending' THEN coalesce(x.action, i.action)"
	"   ELSE i.action END,"
	"  (state, reason, flags) = (SELECT"
	"   CASE WHEN nobodys THEN 'rejected' ELSE i.state END,"
	"   CASE WHEN nobodys THEN 'withdrawn by all who reported it' ELSE i.reason END,"
	"   CASE WHEN nobodys THEN i.flags & 3"
	"    WHEN x.orgs = 0 AND i.state = 'approved'"
	"     AND i.until > to_timestamp($2::bigint) THEN i.flags | 8"
	"    ELSE i.flags END"
	"   FROM (SELECT x.orgs = 0 AND i.state = 'pending' AS nobodys) n),"
	"  changed = to_timestamp($2::bigint)"
	" FROM rest x WHERE i.id = x.id"};

enum err db_report_indicator_withdraw(
	struct db *db, int64_t report, int64_t now, struct diag *d)
{
	struct args a = {0};
	enum err e = lock_indicators(db, report, d);

	args_num(&a, report);
	args_num(&a, now);
	args_num(&a, CONFIDENCE_DEFAULT);
	if (!e)
		e = mark_withdrawn(db, report, d);
	return e ? e : db_run(db, &recount, &a, NULL, d);
}

enum err db_report_indicator_unsaid(struct db *db, int64_t report, int64_t since,
	struct arena *a, struct unsaid **ret, size_t *ret_n, struct diag *d)
{
	static const struct query q = {"report-indicator-unsaid",
		"WITH w AS MATERIALIZED (SELECT i.kind, i.value, i.near, r.org_id"
		"  FROM report_indicator r JOIN indicator i ON i.id = r.indicator_id"
		"  WHERE r.report_id = $1::bigint"
		"  AND NOT EXISTS (SELECT FROM report_indicator p"
		"   WHERE p.indicator_id = i.id AND p.org_id = r.org_id"
		"   AND NOT p.withdrawn)"
		"  AND NOT EXISTS (SELECT FROM sighting s WHERE s.indicator_id = i.id"
		"   AND s.org_id = r.org_id AND s.last >= to_timestamp($2::bigint)"
		"   AND s.hour >= to_timestamp($2::bigint) - interval '1 hour'))"
		" SELECT kind, value, 0::bigint FROM w"
		" UNION ALL SELECT NULL, NULL, near FROM (SELECT DISTINCT near, org_id"
		"  FROM w WHERE near IS NOT NULL) n"
		"  WHERE NOT EXISTS (SELECT FROM indicator j JOIN report_indicator p"
		"   ON p.indicator_id = j.id WHERE j.near = n.near"
		"   AND p.org_id = n.org_id AND NOT p.withdrawn)"};
	CLEANUP_ROWS struct rows r = {0};
	struct unsaid *item;
	struct args x = {0};
	enum err e;

	args_num(&x, report);
	args_num(&x, since);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return diag_fail(d, ERR_NOMEM, "withdrawal: out of memory");
	for (int i = 0; i < r.n; i++)
		item[i] = (struct unsaid){.kind = row_str(&r, i, 0, a),
			.value = row_str(&r, i, 1, a),
			.near = row_num(&r, i, 2)};
	e = rows_err(&r, d);
	if (!e) {
		*ret = item;
		*ret_n = (size_t)r.n;
	}
	return e;
}
