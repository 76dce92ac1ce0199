/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/retain.h"

#include "server/db/query.h"

static const struct query queries[] = {
	[RETAIN_NONCES] = {"retain-nonces",
		"DELETE FROM token_nonce WHERE ctid = ANY (ARRAY(SELECT ctid"
		" FROM token_nonce WHERE at < to_timestamp($1::bigint)"
		" LIMIT $2::bigint))"},
	[RETAIN_LINKS] = {"retain-links",
		"DELETE FROM enrol_link WHERE secret_hash IN (SELECT secret_hash"
		" FROM enrol_link WHERE least(used, expires) < to_timestamp($1::bigint)"
		" LIMIT $2::bigint)"},
	[RETAIN_PAGES] = {"retain-pages",
		"DELETE FROM page_session WHERE link_hash IN (SELECT link_hash"
		" FROM page_session WHERE coalesce(expires, link_expires)"
		"  < to_timestamp($1::bigint) LIMIT $2::bigint)"},
	[RETAIN_NOTES] = {"retain-notes",
		"WITH old AS (SELECT id FROM report WHERE id > $2::bigint"
		"  AND received < to_timestamp($1::bigint) ORDER BY id LIMIT $3::bigint),"
		" done AS (UPDATE report r SET note = '', comment = '' FROM old"
		"  WHERE r.id = old.id AND octet_length(r.note) > 0 RETURNING 1)"
		" SELECT (SELECT count(*) FROM done), coalesce(max(id), 0) FROM old"},
	[RETAIN_SIGHTINGS] = {"retain-sightings", "SELECT sighting_drop($1::bigint)"},
	[RETAIN_SUMS] = {"retain-sums",
		"DELETE FROM sighting_sum WHERE ctid = ANY (ARRAY(SELECT ctid"
		" FROM sighting_sum WHERE hour < to_timestamp($1::bigint)"
		" LIMIT $2::bigint))"},
	[RETAIN_BATCHES] = {"retain-batches",
		"DELETE FROM sighting_batch WHERE (org_id, batch) IN (SELECT org_id,"
		" batch FROM sighting_batch WHERE at < to_timestamp($1::bigint)"
		" LIMIT $2::bigint)"},
	[RETAIN_ENFORCEMENT] = {"retain-enforcement",
		"DELETE FROM enforcement WHERE ctid = ANY (ARRAY(SELECT ctid"
		" FROM enforcement WHERE approved < to_timestamp($1::bigint)"
		" LIMIT $2::bigint))"},
	/* Their rows in the other tables go with them. */
	[RETAIN_CAMPAIGNS] = {"retain-campaigns",
		"WITH old AS MATERIALIZED (SELECT id FROM campaign"
		"  WHERE closed < to_timestamp($1::bigint) ORDER BY id LIMIT $2::bigint),"
		" i AS (DELETE FROM campaign_indicator USING old"
		"  WHERE campaign_id = old.id),"
		" o AS (DELETE FROM campaign_org USING old WHERE campaign_id = old.id)"
		" DELETE FROM campaign USING old WHERE campaign.id = old.id"},
	[RETAIN_ACTIVITY] = {"retain-activity",
		"DELETE FROM activity WHERE ctid = ANY (ARRAY(SELECT ctid FROM activity"
		" WHERE last[1] < to_timestamp($1::bigint) LIMIT $2::bigint))"},
	[RETAIN_JOINTS] = {"retain-joints",
		"DELETE FROM joint WHERE ctid = ANY (ARRAY(SELECT ctid FROM joint"
		" WHERE at < to_timestamp($1::bigint) LIMIT $2::bigint))"},
	[RETAIN_EVENTS] = {"retain-events",
		"WITH old AS MATERIALIZED (SELECT id FROM event"
		"  WHERE at < to_timestamp($1::bigint) ORDER BY id LIMIT $2::bigint),"
		" alerts AS (DELETE FROM outbox USING old WHERE event_id = old.id)"
		" DELETE FROM event USING old WHERE event.id = old.id"},
	[RETAIN_DISPUTES] = {"retain-disputes",
		"DELETE FROM dispute WHERE id IN (SELECT id FROM dispute"
		" WHERE closed < to_timestamp($1::bigint) LIMIT $2::bigint)"},
	[RETAIN_PROPOSALS] = {"retain-proposals",
		"DELETE FROM proposal WHERE id IN (SELECT id FROM proposal"
		" WHERE outcome IS NOT NULL AND created < to_timestamp($1::bigint)"
		" LIMIT $2::bigint)"},
	/* The last row of the next portion: one older than all that are not old, and
	 * not the newest, on which the next row will hang. */
	[RETAIN_AUDIT] = {"retain-cut",
		"INSERT INTO audit_cut (id, hash, at)"
		" SELECT id, hash, to_timestamp($2::bigint) FROM (SELECT id, hash"
		"  FROM audit WHERE id < coalesce((SELECT min(id) FROM audit"
		"   WHERE at >= to_timestamp($1::bigint)), (SELECT max(id) FROM audit))"
		"  ORDER BY id LIMIT $3::bigint) p ORDER BY id DESC LIMIT 1"
		" RETURNING id"},
};

/* $1 before, $2 how many. What is left over is found again from the start. */
static enum err delete_some(struct db *db, const struct query *q,
	const struct retain_span *x, struct retained *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_num(&a, x->before);
	args_num(&a, RETAIN_PORTION);
	e = db_run(db, q, &a, &r, d);
	if (e)
		return e;
	ret->n = rows_changed(&r);
	ret->last = ret->n == RETAIN_PORTION;
	return OK;
}

static enum err drop_months(struct db *db, const struct query *q,
	const struct retain_span *x, struct retained *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_num(&a, x->before);
	e = db_run(db, q, &a, &r, d);
	if (!e)
		*ret = (struct retained){row_num(&r, 0, 0), 0};
	return e;
}

static enum err empty_notes(struct db *db, const struct query *q,
	const struct retain_span *x, struct retained *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct args a = {0};
	enum err e;

	args_num(&a, x->before);
	args_num(&a, x->after);
	args_num(&a, RETAIN_PORTION);
	e = db_run(db, q, &a, &r, d);
	if (!e)
		*ret = (struct retained){row_num(&r, 0, 0), row_num(&r, 0, 1)};
	return e;
}

/* Up to the row that the query finds. */
static enum err cut_audit(struct db *db, const struct query *q,
	const struct retain_span *x, struct retained *ret, struct diag *d)
{
	static const struct query older = {
		"retain-cuts", "DELETE FROM audit_cut WHERE id < $1::bigint"};
	static const struct query rows = {
		"retain-audit", "DELETE FROM audit WHERE id <= $1::bigint"};
	CLEANUP_ROWS struct rows cut = {0}, r = {0};
	struct args a = {0}, upto = {0};
	enum err e;

	args_num(&a, x->before);
	args_num(&a, x->now);
	args_num(&a, RETAIN_PORTION);
	e = db_run(db, q, &a, &cut, d);
	if (e || cut.n == 0)
		return e;
	args_num(&upto, row_num(&cut, 0, 0));
	e = db_run(db, &older, &upto, NULL, d);
	if (!e)
		e = db_run(db, &rows, &upto, &r, d);
	if (!e)
		*ret = (struct retained){rows_changed(&r), row_num(&cut, 0, 0)};
	return e;
}

enum err db_retain(struct db *db, enum retain_kind kind, const struct retain_span *x,
	struct retained *ret, struct diag *d)
{
	const struct query *q = &queries[kind];

	switch (kind) {
	case RETAIN_NOTES:
		return empty_notes(db, q, x, ret, d);
	case RETAIN_SIGHTINGS:
		return drop_months(db, q, x, ret, d);
	case RETAIN_AUDIT:
		return cut_audit(db, q, x, ret, d);
	default:
		return delete_some(db, q, x, ret, d);
	}
}
