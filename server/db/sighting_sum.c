/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/sighting_sum.h"

#include "server/db/query.h"

/* Columns: hour, kind, code, name, count, organisations. */
static enum err sums_read(
	struct rows *r, struct arena *a, struct sighting_sums *ret, struct diag *d)
{
	struct sighting_sum *item = rows_items(r, sizeof(*item), a);
	enum err e;

	if (!item)
		return rows_err(r, d);
	for (int i = 0; i < r->n; i++)
		item[i] = (struct sighting_sum){
			.hour = row_num(r, i, 0),
			.kind = row_str(r, i, 1, a),
			.code = row_str(r, i, 2, a),
			.name = row_str(r, i, 3, a),
			.count = row_num(r, i, 4),
			.orgs = row_num(r, i, 5),
		};
	e = rows_err(r, d);
	if (!e)
		*ret = (struct sighting_sums){item, (size_t)r->n};
	return e;
}

enum err db_sighting_by_hour(struct db *db, int64_t since, struct arena *a,
	struct sighting_sums *ret, struct diag *d)
{
	static const struct query q = {"sighting-by-hour",
		"SELECT extract(epoch FROM hour)::bigint, kind, NULL::text, NULL::text,"
		" sum(count)::bigint, count(*) FROM sighting_sum"
		" WHERE hour >= to_timestamp($1::bigint) GROUP BY hour, kind ORDER BY 1, "
		"2"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_num(&x, since);
	e = db_run(db, &q, &x, &r, d);
	return e ? e : sums_read(&r, a, ret, d);
}

enum err db_sighting_by_org(struct db *db, int64_t since, const char *only,
	struct arena *a, struct sighting_sums *ret, struct diag *d)
{
	static const struct query q = {"sighting-by-org",
		"SELECT NULL::bigint, NULL::text, o.code, o.name, sum(s.count)::bigint,"
		" 1::bigint FROM sighting_sum s JOIN org o ON o.id = s.org_id"
		" WHERE s.hour >= to_timestamp($1::bigint)"
		" AND ($2::text IS NULL OR o.code = $2::text)"
		" GROUP BY o.code, o.name ORDER BY o.code"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_num(&x, since);
	args_str(&x, only);
	e = db_run(db, &q, &x, &r, d);
	return e ? e : sums_read(&r, a, ret, d);
}
