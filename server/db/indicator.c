/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/indicator.h"

#include <inttypes.h>

#include "common/line.h"
#include "server/db/query.h"

/* $1 is the present: an approval that has run out shows as expired. */
#define STATE                                                                    \
	"CASE WHEN i.state = 'approved' AND i.until <= to_timestamp($1::bigint)" \
	" THEN 'expired' ELSE i.state END"
#define COLUMNS                                                               \
	"i.id, i.kind, i.value, " STATE ", i.action, i.tlp::bigint,"          \
	" i.confidence::bigint, i.orgs::bigint,"                              \
	" extract(epoch FROM i.first_seen)::bigint,"                          \
	" extract(epoch FROM i.last_seen)::bigint, i.sightings,"              \
	" extract(epoch FROM i.until)::bigint, i.flags::bigint, i.reason,"    \
	" extract(epoch FROM i.created)::bigint,"                             \
	" (SELECT string_agg(g.tag, ' ' ORDER BY g.tag) FROM indicator_tag g" \
	"  WHERE g.indicator_id = i.id), i.campaigns::bigint"
#define NCOLUMNS 17

/* Room for `n` words; NULL when the arena is full. */
static const char **words_new(struct arena *a, size_t n)
{
	return arena_alloc(a, sizeof(const char *) * n);
}

static bool flags_read(int64_t bits, enum tlp tlp, struct arena *a, struct texts *ret)
{
	ret->item = words_new(a, 5);
	ret->n = 0;
	if (!ret->item)
		return false;
	if (bits & INDICATOR_PRIVATE_SUFFIX)
		ret->item[ret->n++] = "private-suffix";
	if (bits & INDICATOR_NEVER_BLOCK)
		ret->item[ret->n++] = "never-block";
	if (bits & INDICATOR_DISPUTED)
		ret->item[ret->n++] = "disputed";
	if (bits & INDICATOR_WITHDRAWN)
		ret->item[ret->n++] = "withdrawn";
	if (tlp == TLP_RED)
		ret->item[ret->n++] = "tlp-red";
	return true;
}

/* "a b c", as the query joins them; a tag holds no blank. */
static bool tags_read(struct slice joined, struct arena *a, struct texts *ret)
{
	size_t n = joined.n > 0;
	struct slice tag;

	for (size_t i = 0; i < joined.n; i++)
		n += joined.p[i] == ' ';
	ret->item = words_new(a, n);
	ret->n = 0;
	if (n && !ret->item)
		return false;
	while (joined.n) {
		(void)slice_cut(&joined, ' ', &tag);
		ret->item[ret->n] = arena_dup(a, tag);
		if (!ret->item[ret->n++])
			return false;
	}
	return true;
}

static enum err indicator_read(
	struct rows *r, int row, struct arena *a, struct indicator *ret, struct diag *d)
{
	enum tlp tlp = (enum tlp)row_num(r, row, 5);

	*ret = (struct indicator){
		.id = row_num(r, row, 0),
		.kind = row_str(r, row, 1, a),
		.value = row_str(r, row, 2, a),
		.state = row_str(r, row, 3, a),
		.action = row_str(r, row, 4, a),
		.tlp = tlp_name(tlp),
		.confidence = row_num(r, row, 6),
		.orgs = row_num(r, row, 7),
		.first_seen = row_num(r, row, 8),
		.last_seen = row_num(r, row, 9),
		.sightings = row_num(r, row, 10),
		.until = row_num(r, row, 11),
		.reason = row_str(r, row, 13, a),
		.created = row_num(r, row, 14),
		.campaigns = row_num(r, row, 16),
	};
	if (!flags_read(row_num(r, row, 12), tlp, a, &ret->flags) ||
		!tags_read(row_slice(r, row, 15), a, &ret->tags))
		r->nomem = true;
	return rows_err(r, d);
}

enum err db_indicator_get(struct db *db, int64_t id, int64_t now, struct arena *a,
	struct indicator *ret, struct diag *d)
{
	static const struct query q = {"indicator-get",
		"SELECT " COLUMNS " FROM indicator i WHERE i.id = $2::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct indicator found;
	struct args x = {0};
	enum err e;

	args_num(&x, now);
	args_num(&x, id);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no indicator %" PRId64, id);
	e = indicator_read(&r, 0, a, &found, d);
	if (!e)
		*ret = found;
	return e;
}

/* The rows of a listing: those that fit, at most one more than asked for, and the last
 * one looked at when PAGE_SCAN ended the walk. Behind COLUMNS: whether it fits, whether
 * it is that last one, its urgency. */
static enum err page_read(
	struct rows *r, size_t limit, struct arena *a, struct page *ret, struct diag *d)
{
	struct page page = {0};

	page.item = rows_items(r, sizeof(*page.item), a);
	if (!page.item)
		return rows_err(r, d);
	for (int i = 0; i < r->n && !page.more; i++) {
		struct indicator *at = &page.item[page.n];
		enum err e;

		if (page.n == limit) {
			page.more = true;
			break;
		}
		e = indicator_read(r, i, a, at, d);
		if (e)
			return e;
		at->urgency = row_num(r, i, NCOLUMNS + 2);
		page.last = *at;
		page.n += row_flag(r, i, NCOLUMNS);
		page.more = row_flag(r, i, NCOLUMNS + 1);
	}
	*ret = page;
	return OK;
}

enum err db_indicator_list(struct db *db, const struct list_filter *f, int64_t now,
	struct arena *a, struct page *ret, struct diag *d)
{
	/* U+10FFFF is the last of all characters: what begins with q sorts before q and
	 * that. */
	static const struct query q = {"indicator-list",
		"SELECT * FROM (SELECT " COLUMNS ","
		"  ($5::text IS NULL OR $5::text = " STATE ")"
		"  AND ($6::bigint IS NULL OR i.changed >= to_timestamp($6::bigint))"
		"  AS fits,"
		"  row_number() OVER () = $7::bigint AS full, 0::bigint"
		" FROM (SELECT * FROM indicator"
		"  WHERE kind = $2::text AND value > $3::text AND value >= $4::text"
		"  AND value < $4::text || chr(1114111)"
		"  ORDER BY value LIMIT $7::bigint) i) l"
		" WHERE fits OR \"full\" LIMIT $8::bigint + 1"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_num(&x, now);
	args_str(&x, f->kind);
	args_str(&x, f->after);
	args_str(&x, f->q);
	args_str(&x, f->state);
	args_time(&x, f->since);
	args_num(&x, PAGE_SCAN);
	args_num(&x, (int64_t)f->limit);
	e = db_run(db, &q, &x, &r, d);
	return e ? e : page_read(&r, f->limit, a, ret, d);
}

enum err db_indicator_queue(struct db *db, const struct queue_filter *f, int64_t now,
	struct arena *a, struct page *ret, struct diag *d)
{
	static const struct query q = {"indicator-queue",
		"SELECT * FROM (SELECT " COLUMNS ","
		"  ($7::text IS NULL OR $7::text = i.kind)"
		"  AND ($8::text IS NULL OR EXISTS (SELECT FROM report_indicator p"
		"   WHERE p.indicator_id = i.id AND NOT p.withdrawn"
		"   AND p.org_id = (SELECT id FROM org WHERE code = $8::text)))"
		"  AND ($9::text IS NULL OR EXISTS (SELECT FROM indicator_tag t"
		"   WHERE t.indicator_id = i.id AND t.tag = $9::text))"
		"  AND i.orgs >= $6::bigint"
		/* a withdrawn one that has lapsed needs no decision */
		"  AND (i.state = 'pending' OR i.flags & 4 <> 0"
		"   OR i.until > to_timestamp($1::bigint)) AS fits,"
		"  row_number() OVER (ORDER BY q.urgency, q.sightings, q.created, i.id)"
		"   = $10::bigint AS full, -q.urgency"
		" FROM (SELECT * FROM queue"
		"  WHERE (urgency, sightings, created, indicator_id)"
		"   > ($2::bigint, $3::bigint, to_timestamp($4::bigint), $5::bigint)"
		"  AND urgency <= -$6::bigint"
		"  ORDER BY urgency, sightings, created, indicator_id"
		"  LIMIT $10::bigint) q JOIN indicator i ON i.id = q.indicator_id"
		"  ORDER BY q.urgency, q.sightings, q.created, i.id) l"
		" WHERE fits OR \"full\" LIMIT $11::bigint + 1"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_num(&x, now);
	args_num(&x, f->after ? -f->after->urgency : INT64_MIN);
	args_num(&x, f->after ? -f->after->sightings : INT64_MIN);
	args_num(&x, f->after ? f->after->created : 0);
	args_num(&x, f->after ? f->after->id : 0);
	args_num(&x, f->min_orgs);
	args_str(&x, f->kind);
	args_str(&x, f->org);
	args_str(&x, f->tag);
	args_num(&x, PAGE_SCAN);
	args_num(&x, (int64_t)f->limit);
	e = db_run(db, &q, &x, &r, d);
	return e ? e : page_read(&r, f->limit, a, ret, d);
}

static enum err all_read(
	struct rows *r, struct arena *a, struct indicators *ret, struct diag *d)
{
	struct indicator *item = rows_items(r, sizeof(*item), a);
	enum err e = OK;

	if (!item)
		return rows_err(r, d);
	for (int i = 0; !e && i < r->n; i++)
		e = indicator_read(r, i, a, &item[i], d);
	if (!e)
		*ret = (struct indicators){item, (size_t)r->n, NULL};
	return e;
}

enum err db_indicator_find(struct db *db, const struct candidate *c, size_t n,
	int64_t now, struct arena *a, struct indicators *ret, struct diag *d)
{
	static const struct query q = {"indicator-find",
		"SELECT " COLUMNS " FROM unnest($2::text[], $3::text[]) WITH ORDINALITY"
		" AS c (kind, value, n) JOIN indicator i USING (kind, value) ORDER BY "
		"c.n"};
	CLEANUP_ROWS struct rows r = {0};
	struct array kind, value;
	struct args x = {0};
	enum err e;

	array_init(&kind, ARRAY_TEXT);
	array_init(&value, ARRAY_TEXT);
	for (size_t i = 0; i < n; i++) {
		array_slice(&kind, slice_of(c[i].kind));
		array_slice(&value, c[i].value);
	}
	args_num(&x, now);
	args_array(&x, &kind);
	args_array(&x, &value);
	e = db_run(db, &q, &x, &r, d);
	array_done(&kind);
	array_done(&value);
	if (e)
		return e;
	return all_read(&r, a, ret, d);
}

enum err db_indicator_newest(struct db *db, int64_t limit, int64_t now, struct arena *a,
	struct indicators *ret, struct diag *d)
{
	static const struct query q = {"indicator-newest",
		"SELECT " COLUMNS " FROM indicator i ORDER BY i.id DESC LIMIT "
		"$2::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_num(&x, now);
	args_num(&x, limit);
	e = db_run(db, &q, &x, &r, d);
	return e ? e : all_read(&r, a, ret, d);
}
