/* SPDX-License-Identifier: BSD-2-Clause */
/* What reads campaigns; campaign.c changes them. */
#include <inttypes.h>

#include "server/db/campaign.h"
#include "server/db/query.h"

#define COLUMNS                                                           \
	"c.id, c.joined_by, c.key, c.orgs::bigint, c.indicators::bigint," \
	" extract(epoch FROM c.opened)::bigint,"                          \
	" extract(epoch FROM c.last)::bigint,"                            \
	" extract(epoch FROM c.closed)::bigint, c.closed_by, c.reason"

static struct campaign campaign_read(struct rows *r, int row, struct arena *a)
{
	return (struct campaign){
		.id = row_num(r, row, 0),
		.joined_by = row_str(r, row, 1, a),
		.key = row_str(r, row, 2, a),
		.orgs = row_num(r, row, 3),
		.size = row_num(r, row, 4),
		.opened = row_num(r, row, 5),
		.last = row_num(r, row, 6),
		.closed = row_num(r, row, 7),
		.closed_by = row_str(r, row, 8, a),
		.reason = row_str(r, row, 9, a),
	};
}

enum err db_campaign_get(
	struct db *db, int64_t id, struct arena *a, struct campaign *ret, struct diag *d)
{
	static const struct query q = {"campaign-get",
		"SELECT " COLUMNS " FROM campaign c WHERE c.id = $1::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct campaign c;
	enum err e;

	args_num(&x, id);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	if (r.n == 0)
		return diag_fail(d, ERR_NOT_FOUND, "no campaign %" PRId64, id);
	c = campaign_read(&r, 0, a);
	e = rows_err(&r, d);
	if (!e)
		*ret = c;
	return e;
}

/* All rows of an answer with COLUMNS. */
static enum err campaigns_read(struct db *db, const struct query *q, const struct args *x,
	struct arena *a, struct campaign **ret, size_t *ret_n, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct campaign *c;
	enum err e = db_run(db, q, x, &r, d);

	if (e)
		return e;
	c = rows_items(&r, sizeof(*c), a);
	if (!c)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		c[i] = campaign_read(&r, i, a);
	e = rows_err(&r, d);
	if (!e) {
		*ret = c;
		*ret_n = (size_t)r.n;
	}
	return e;
}

enum err db_campaign_list(struct db *db, const char *state, int64_t indicator,
	int64_t before, size_t limit, struct arena *a, struct campaign **ret,
	size_t *ret_n, struct diag *d)
{
	static const struct query q = {"campaign-list",
		"SELECT " COLUMNS " FROM campaign c"
		" WHERE ($1::text IS NULL OR (c.closed IS NULL) = ($1::text = 'open'))"
		" AND ($2::bigint IS NULL OR c.id IN (SELECT campaign_id"
		"  FROM campaign_indicator WHERE indicator_id = $2::bigint))"
		" AND ($3::bigint IS NULL OR c.id < $3::bigint)"
		" ORDER BY c.id DESC LIMIT $4::bigint"};
	struct args x = {0};

	args_str(&x, state);
	args_time(&x, indicator);
	args_time(&x, before);
	args_num(&x, (int64_t)limit);
	return campaigns_read(db, &q, &x, a, ret, ret_n, d);
}

enum err db_campaign_some(struct db *db, const int64_t *id, size_t n, struct arena *a,
	struct campaign **ret, size_t *ret_n, struct diag *d)
{
	static const struct query q = {"campaign-some",
		"SELECT " COLUMNS " FROM campaign c WHERE c.id = ANY ($1::bigint[])"
		" ORDER BY c.id"};
	struct array ids;
	struct args x = {0};
	enum err e;

	array_nums(&ids, id, n);
	args_array(&x, &ids);
	e = campaigns_read(db, &q, &x, a, ret, ret_n, d);
	array_done(&ids);
	return e;
}

/* The row's indicator joins those of its campaign: rows come campaign by campaign. */
static void indicator_read(struct rows *r, int row, struct campaign *c,
	struct campaign_indicator *to, struct arena *a)
{
	struct campaign *of = &c[row_num(r, row, 0) - 1];

	if (!of->nindicators)
		of->indicator = to;
	of->nindicators++;
	*to = (struct campaign_indicator){
		.id = row_num(r, row, 1),
		.kind = row_str(r, row, 2, a),
		.value = row_str(r, row, 3, a),
		.orgs = row_num(r, row, 4),
		.state = row_str(r, row, 5, a),
	};
}

enum err db_campaign_indicators(struct db *db, struct campaign *c, size_t n, size_t limit,
	int64_t now, struct arena *a, struct diag *d)
{
	static const struct query q = {"campaign-indicators",
		"SELECT t.n, x.id, x.kind, x.value, x.orgs, x.state"
		" FROM unnest($1::bigint[]) WITH ORDINALITY AS t (id, n),"
		" LATERAL (SELECT x.added, i.id, i.kind, i.value, i.orgs::bigint, CASE"
		"  WHEN i.state = 'approved' AND i.until <= to_timestamp($2::bigint)"
		"  THEN 'expired' ELSE i.state END AS state"
		"  FROM campaign_indicator x JOIN indicator i ON i.id = x.indicator_id"
		"  WHERE x.campaign_id = t.id ORDER BY x.added, i.id LIMIT $3::bigint) x"
		" ORDER BY t.n, x.added, x.id"};
	CLEANUP_ROWS struct rows r = {0};
	struct campaign_indicator *all;
	struct array ids;
	struct args x = {0};
	enum err e;

	array_init(&ids, ARRAY_NUM);
	for (size_t i = 0; i < n; i++)
		array_num(&ids, c[i].id);
	args_array(&x, &ids);
	args_num(&x, now);
	args_num(&x, (int64_t)limit);
	e = db_run(db, &q, &x, &r, d);
	array_done(&ids);
	if (e)
		return e;
	all = rows_items(&r, sizeof(*all), a);
	if (!all)
		return rows_err(&r, d);
	for (size_t i = 0; i < n; i++)
		c[i].indicator = all; /* that there are none is known, too */
	for (int i = 0; i < r.n; i++)
		indicator_read(&r, i, c, &all[i], a);
	return rows_err(&r, d);
}

enum err db_campaign_members(
	struct db *db, struct campaign *c, struct arena *a, struct diag *d)
{
	static const struct query q = {"campaign-members",
		"SELECT o.code, o.name FROM campaign_org x JOIN org o ON o.id = x.org_id"
		" WHERE x.campaign_id = $1::bigint ORDER BY o.code"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_num(&x, c->id);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	c->member = rows_items(&r, sizeof(*c->member), a);
	if (!c->member)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		c->member[c->nmembers++] =
			(struct campaign_org){row_str(&r, i, 0, a), row_str(&r, i, 1, a)};
	return rows_err(&r, d);
}
