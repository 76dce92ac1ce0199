/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/sighting.h"

#include "common/limits.h"
#include "server/db/query.h"

#define PLANNED 200 /* lines from which a plan of their own is worth it */

/*
 * $1 organisation, $2 now, then the columns; $9 batch, $10 how many tags. All rows are
 * locked first, in the order in which reports lock them; the organisation's own are under
 * its lock. A batch's number is kept with what was counted of it.
 */
static const struct query add = {"sighting-add",
	"WITH line AS MATERIALIZED (SELECT * FROM unnest($3::text[], $4::text[],"
	"  $5::bigint[], $6::bigint[], $7::bigint[], $8::text[])"
	"  WITH ORDINALITY AS l (kind, value, count, first, last, source, n)"
	"), known AS MATERIALIZED ("
	" SELECT l.n, l.count, l.first, l.last, l.last / 3600 * 3600 AS hour, l.source,"
	"  i.id, i.kind FROM line l"
	"  JOIN indicator i ON i.kind = l.kind AND i.value = l.value"
	"  ORDER BY i.kind, i.value FOR NO KEY UPDATE OF i"
	"), counted AS ("
	" INSERT INTO sighting AS s (hour, indicator_id, org_id, source, count, first,"
	"  last)"
	" SELECT to_timestamp(hour), id, $1::bigint, source, sum(count),"
	"  to_timestamp(min(first)), to_timestamp(max(last))"
	"  FROM known GROUP BY hour, id, source"
	" ON CONFLICT (indicator_id, hour, org_id, source) DO UPDATE SET"
	"  count = s.count + excluded.count, first = least(s.first, excluded.first),"
	"  last = greatest(s.last, excluded.last)"
	"), summed AS ("
	" INSERT INTO sighting_sum AS s (hour, org_id, kind, count)"
	" SELECT to_timestamp(hour), $1::bigint, kind, sum(count)"
	"  FROM known GROUP BY hour, kind ORDER BY hour, kind"
	" ON CONFLICT (hour, org_id, kind) DO UPDATE SET count = s.count + excluded.count"
	"), seen AS ("
	" UPDATE indicator i SET sightings = i.sightings + k.count,"
	"  first_seen = least(i.first_seen, to_timestamp(k.first)),"
	"  last_seen = greatest(i.last_seen, to_timestamp(k.last)),"
	"  changed = to_timestamp($2::bigint)"
	" FROM (SELECT id, sum(count)::bigint AS count, min(first) AS first,"
	"  max(last) AS last FROM known GROUP BY id) k WHERE i.id = k.id"
	"), batch AS (INSERT INTO sighting_batch (org_id, batch, accepted, at)"
	" SELECT $1::bigint, $9::text, (SELECT count(*) FROM known),"
	"  to_timestamp($2::bigint) WHERE $9::text IS NOT NULL"
	") SELECT k.n, k.id, (SELECT string_agg(g.tag, ' ') FROM"
	"  (SELECT tag FROM indicator_tag WHERE indicator_id = k.id"
	"  ORDER BY tag LIMIT $10::bigint) g) FROM known k"};

struct columns {
	struct array kind, value, count, first, last, source;
};

static void columns_fill(struct columns *c, const struct sighting_line *line, size_t n)
{
	*c = (struct columns){0};
	array_init(&c->kind, ARRAY_TEXT);
	array_init(&c->value, ARRAY_TEXT);
	array_init(&c->count, ARRAY_NUM);
	array_init(&c->first, ARRAY_NUM);
	array_init(&c->last, ARRAY_NUM);
	array_init(&c->source, ARRAY_TEXT);
	for (size_t i = 0; i < n; i++) {
		const struct sighting_line *l = &line[i];

		array_slice(&c->kind, l->kind);
		array_slice(&c->value, l->value);
		array_num(&c->count, l->count);
		array_num(&c->first, l->first);
		array_num(&c->last, l->last);
		array_slice(&c->source, slice_of(l->source));
	}
}

static void columns_done(struct columns *c)
{
	array_done(&c->kind);
	array_done(&c->value);
	array_done(&c->count);
	array_done(&c->first);
	array_done(&c->last);
	array_done(&c->source);
}

/* What indicator a line is about that gives its number; a number that there is none for
 * has no kind, which none has. */
static enum err name(struct db *db, struct sighting_line *line, size_t n, struct arena *a,
	struct diag *d)
{
	static const struct query q = {"sighting-name",
		"SELECT t.n, i.kind, i.value FROM unnest($1::bigint[]) WITH ORDINALITY"
		" AS t (id, n) JOIN indicator i ON i.id = t.id"};
	CLEANUP_ROWS struct rows r = {0};
	struct array ids;
	struct args x = {0};
	bool any = false;
	enum err e;

	array_init(&ids, ARRAY_NUM);
	for (size_t i = 0; i < n; i++) {
		any |= line[i].id != 0;
		array_num(&ids, line[i].id);
	}
	args_array(&x, &ids);
	e = any ? db_run(db, &q, &x, &r, d) : OK;
	array_done(&ids);
	for (int i = 0; !e && i < r.n; i++) {
		struct sighting_line *l = &line[row_num(&r, i, 0) - 1];

		l->kind = row_copy(&r, i, 1, a);
		l->value = row_copy(&r, i, 2, a);
	}
	return e ? e : rows_err(&r, d);
}

enum err db_sighting_add(struct db *db, int64_t org, const char *batch,
	struct sighting_line *line, size_t n, int64_t now, struct arena *a,
	struct sighted_indicator *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct columns c;
	struct args x = {0};
	enum err e = name(db, line, n, a, d);

	for (size_t i = 0; i < n; i++)
		ret[i] = (struct sighted_indicator){0};
	/* to plan costs as much as to count a hundred, for which a plan for any will do
	 */
	if (!e && n > PLANNED)
		e = db_plan_anew(db, d);
	if (e)
		return e;
	columns_fill(&c, line, n);
	args_num(&x, org);
	args_num(&x, now);
	args_array(&x, &c.kind);
	args_array(&x, &c.value);
	args_array(&x, &c.count);
	args_array(&x, &c.first);
	args_array(&x, &c.last);
	args_array(&x, &c.source);
	args_str(&x, batch);
	args_num(&x, TAGS_MAX); /* of all that reports gave it: each is work */
	e = db_run(db, &add, &x, &r, d);
	columns_done(&c);
	for (int i = 0; !e && i < r.n; i++)
		ret[row_num(&r, i, 0) - 1] = (struct sighted_indicator){
			.id = row_num(&r, i, 1),
			.tags = row_copy(&r, i, 2, a),
		};
	return e ? e : rows_err(&r, d);
}

enum err db_sighting_begin(struct db *db, int64_t org, const char *batch,
	const struct sighting_line *line, size_t n, bool *ret_found,
	int64_t *ret_accepted, struct diag *d)
{
	static const struct query q = {"sighting-begin",
		"SELECT (SELECT accepted FROM sighting_batch"
		"  WHERE org_id = $1::bigint AND batch = $2::text),"
		" (SELECT count(sighting_month(at)::text) FROM (SELECT min(at) AS at"
		"  FROM unnest($3::bigint[]) AS t (at) GROUP BY"
		"  date_trunc('month', to_timestamp(at) AT TIME ZONE 'UTC')) m)"};
	CLEANUP_ROWS struct rows r = {0};
	struct array last;
	struct args a = {0};
	enum err e;

	array_init(&last, ARRAY_NUM);
	for (size_t i = 0; i < n; i++)
		array_num(&last, line[i].last);
	args_num(&a, org);
	args_str(&a, batch);
	args_array(&a, &last);
	e = db_run(db, &q, &a, &r, d);
	array_done(&last);
	if (e)
		return e;
	*ret_found = !row_null(&r, 0, 0);
	if (*ret_found)
		*ret_accepted = row_num(&r, 0, 0);
	return OK;
}
