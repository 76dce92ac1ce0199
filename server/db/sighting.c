/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/sighting.h"

#include "common/limits.h"
#include "server/db/query.h"

#define PLANNED 200 /* lines from which a plan of their own is worth it */

/* A partition for each month that the lines are of. */
static enum err make_months(
	struct db *db, const struct sighting_line *line, size_t n, struct diag *d)
{
	static const struct query q = {"sighting-months",
		"SELECT sighting_month(at) FROM (SELECT min(at) AS at"
		" FROM unnest($1::bigint[]) AS t (at)"
		" GROUP BY date_trunc('month', to_timestamp(at) AT TIME ZONE 'UTC')) m"};
	struct array last;
	struct args a = {0};
	enum err e;

	array_init(&last, ARRAY_NUM);
	for (size_t i = 0; i < n; i++)
		array_num(&last, line[i].last);
	args_array(&a, &last);
	e = db_run(db, &q, &a, NULL, d);
	array_done(&last);
	return e;
}

/*
 * $1 organisation, $2 now, then the columns. The indicators' rows are locked in the order
 * in which reports lock them.
 */
static const struct query add = {"sighting-add",
	"WITH line AS MATERIALIZED (SELECT * FROM unnest($3::bigint[], $4::text[],"
	"  $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])"
	"  WITH ORDINALITY AS l (id, kind, value, count, first, last, source, n)"
	"), known AS MATERIALIZED ("
	" SELECT l.*, i.id AS indicator, i.kind AS of FROM line l"
	"  JOIN indicator i ON i.kind = l.kind AND i.value = l.value"
	" UNION ALL SELECT l.*, i.id, i.kind FROM line l JOIN indicator i ON i.id = l.id"
	"), locked AS MATERIALIZED ("
	" SELECT id FROM indicator WHERE id IN (SELECT indicator FROM known)"
	"  ORDER BY kind, value FOR NO KEY UPDATE"
	"), counted AS ("
	" INSERT INTO sighting AS s (hour, indicator_id, org_id, source, count, first,"
	"  last)"
	" SELECT date_trunc('hour', to_timestamp(last), 'UTC'), indicator, $1::bigint,"
	"  source, sum(count), to_timestamp(min(first)), to_timestamp(max(last))"
	"  FROM known GROUP BY 1, 2, 4"
	" ON CONFLICT (indicator_id, hour, org_id, source) DO UPDATE SET"
	"  count = s.count + excluded.count, first = least(s.first, excluded.first),"
	"  last = greatest(s.last, excluded.last)"
	"), summed AS ("
	" INSERT INTO sighting_sum AS s (hour, org_id, kind, count)"
	" SELECT date_trunc('hour', to_timestamp(last), 'UTC'), $1::bigint, of,"
	"  sum(count) FROM known GROUP BY 1, 3 ORDER BY 1, 3"
	" ON CONFLICT (hour, org_id, kind) DO UPDATE SET count = s.count + excluded.count"
	"), seen AS ("
	" UPDATE indicator i SET sightings = i.sightings + k.count,"
	"  first_seen = least(i.first_seen, to_timestamp(k.first)),"
	"  last_seen = greatest(i.last_seen, to_timestamp(k.last)),"
	"  changed = to_timestamp($2::bigint)"
	" FROM locked JOIN (SELECT indicator, sum(count)::bigint AS count,"
	"  min(first) AS first, max(last) AS last FROM known GROUP BY 1) k"
	"  ON k.indicator = locked.id WHERE i.id = locked.id"
	") SELECT k.n, i.id, i.kind, i.value, (SELECT string_agg(g.tag, ' ') FROM"
	"  (SELECT tag FROM indicator_tag WHERE indicator_id = i.id"
	"  ORDER BY tag LIMIT $10::bigint) g)"
	" FROM known k JOIN indicator i ON i.id = k.indicator"};

struct columns {
	struct array id, kind, value, count, first, last, source;
};

static void columns_fill(struct columns *c, const struct sighting_line *line, size_t n)
{
	*c = (struct columns){0};
	array_init(&c->id, ARRAY_NUM);
	array_init(&c->kind, ARRAY_TEXT);
	array_init(&c->value, ARRAY_TEXT);
	array_init(&c->count, ARRAY_NUM);
	array_init(&c->first, ARRAY_NUM);
	array_init(&c->last, ARRAY_NUM);
	array_init(&c->source, ARRAY_TEXT);
	for (size_t i = 0; i < n; i++) {
		const struct sighting_line *l = &line[i];

		array_num(&c->count, l->count);
		array_num(&c->first, l->first);
		array_num(&c->last, l->last);
		array_slice(&c->source, slice_of(l->source));
		if (l->id) {
			array_num(&c->id, l->id);
			array_null(&c->kind);
			array_null(&c->value);
		} else {
			array_null(&c->id);
			array_slice(&c->kind, slice_of(l->kind));
			array_slice(&c->value, l->value);
		}
	}
}

static void columns_done(struct columns *c)
{
	array_done(&c->id);
	array_done(&c->kind);
	array_done(&c->value);
	array_done(&c->count);
	array_done(&c->first);
	array_done(&c->last);
	array_done(&c->source);
}

enum err db_sighting_add(struct db *db, int64_t org, const struct sighting_line *line,
	size_t n, int64_t now, struct arena *a, struct sighted_indicator *ret,
	struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct columns c;
	struct args x = {0};
	enum err e = n ? make_months(db, line, n, d) : OK;

	for (size_t i = 0; i < n; i++)
		ret[i] = (struct sighted_indicator){0};
	/* to plan costs as much as to count a hundred, for which a plan for any will do
	 */
	if (!e && n > PLANNED)
		e = db_plan_anew(db, d);
	if (e || n == 0)
		return e;
	columns_fill(&c, line, n);
	args_num(&x, org);
	args_num(&x, now);
	args_array(&x, &c.id);
	args_array(&x, &c.kind);
	args_array(&x, &c.value);
	args_array(&x, &c.count);
	args_array(&x, &c.first);
	args_array(&x, &c.last);
	args_array(&x, &c.source);
	args_num(&x, TAGS_MAX); /* of all that reports gave it: each is work */
	e = db_run(db, &add, &x, &r, d);
	columns_done(&c);
	for (int i = 0; !e && i < r.n; i++)
		ret[row_num(&r, i, 0) - 1] = (struct sighted_indicator){
			.id = row_num(&r, i, 1),
			.kind = row_copy(&r, i, 2, a),
			.value = row_copy(&r, i, 3, a),
			.tags = row_copy(&r, i, 4, a),
		};
	return e ? e : rows_err(&r, d);
}

enum err db_sighting_batch_find(struct db *db, int64_t org, const char *batch,
	bool *ret_found, int64_t *ret_accepted, struct diag *d)
{
	static const struct query q = {"sighting-batch-find",
		"SELECT accepted FROM sighting_batch"
		" WHERE org_id = $1::bigint AND batch = $2::text"};
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_num(&a, org);
	args_str(&a, batch);
	e = db_run(db, &q, &a, &r, d);
	if (e)
		return e;
	*ret_found = r.n == 1;
	if (r.n)
		*ret_accepted = row_num(&r, 0, 0);
	return OK;
}

enum err db_sighting_batch_add(struct db *db, int64_t org, const char *batch,
	int64_t accepted, int64_t now, struct diag *d)
{
	static const struct query q = {"sighting-batch-add",
		"INSERT INTO sighting_batch (org_id, batch, accepted, at) VALUES"
		" ($1::bigint, $2::text, $3::bigint, to_timestamp($4::bigint))"};
	struct args a = {0};

	args_num(&a, org);
	args_str(&a, batch);
	args_num(&a, accepted);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}
