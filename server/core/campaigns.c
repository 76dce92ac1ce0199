/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/campaigns.h"

#include <inttypes.h>
#include <string.h>

#include "common/limits.h"
#include "server/core/events.h"
#include "server/db/audit.h"
#include "server/db/db.h"

#define TELL_MEMORY ((size_t)1 << 20)

enum err campaigns_list(struct db *db, const struct campaign_filter *f, int64_t now,
	struct arena *a, struct campaign **ret, size_t *ret_n, int64_t *ret_next,
	struct diag *d)
{
	size_t limit = f->limit ? f->limit : CAMPAIGNS_PAGE, n;
	struct campaign *c;
	enum err e;

	if (f->state && strcmp(f->state, "open") != 0 && strcmp(f->state, "closed") != 0)
		return diag_value(
			d, ERR_VALUE, "state", slice_of(f->state), "open or closed");
	e = db_campaign_list(
		db, f->state, f->indicator, f->before, limit + 1, a, &c, &n, d);
	if (e)
		return e;
	*ret_next = n > limit ? c[limit - 1].id : 0;
	n = n > limit ? limit : n;
	e = db_campaign_indicators(db, c, n, CAMPAIGN_SHOWN, now, a, d);
	for (size_t i = 0; !e && f->members && i < n; i++)
		e = db_campaign_members(db, &c[i], a, d);
	if (!e) {
		*ret = c;
		*ret_n = n;
	}
	return e;
}

enum err campaigns_get(struct db *db, int64_t id, bool members, int64_t now,
	struct arena *a, struct campaign *ret, struct diag *d)
{
	struct campaign c;
	enum err e = db_campaign_get(db, id, a, &c, d);

	if (!e)
		e = db_campaign_indicators(db, &c, 1, CAMPAIGN_SIZE, now, a, d);
	if (!e && members)
		e = db_campaign_members(db, &c, a, d);
	if (!e)
		*ret = c;
	return e;
}

/* Of long values fewer fit: what is too much for an event may keep no report out. Twice,
 * as each character may be escaped. */
static bool fits(const struct event *ev, const struct campaign_indicator *x)
{
	return ev->b.len + 2 * strlen(x->value) + 256 <= EVENT_MAX;
}

/* To whom it may concern: not who, but how many. */
static enum err put_event(struct db *db, const struct campaign *c, const char *change,
	int64_t now, struct diag *d)
{
	CLEANUP_EVENT struct event ev;

	event_begin(&ev, EVENT_CAMPAIGN, true, now);
	json_put_num(&ev.j, "id", c->id);
	json_put_str(&ev.j, "change", change);
	json_put_str(&ev.j, "state", c->closed ? "closed" : "open");
	json_put_str(&ev.j, "joined_by", c->joined_by);
	json_put_str(&ev.j, "key", c->key);
	json_put_num(&ev.j, "orgs", c->orgs);
	json_put_num(&ev.j, "size", c->size);
	if (c->indicator)
		json_put_array(&ev.j, "indicators");
	for (size_t i = 0; i < c->nindicators && fits(&ev, &c->indicator[i]); i++) {
		json_put_object(&ev.j, NULL);
		json_put_num(&ev.j, "id", c->indicator[i].id);
		json_put_str(&ev.j, "kind", c->indicator[i].kind);
		json_put_text(&ev.j, "value", slice_of(c->indicator[i].value));
		json_put_object_end(&ev.j);
	}
	if (c->indicator)
		json_put_array_end(&ev.j);
	return events_put(db, &ev, d);
}

/* Never by its key: what the audit holds cannot be erased. */
static enum err put_audit(struct db *db, const char *by, const struct campaign *c,
	const char *change, int64_t now, struct arena *a, struct diag *d)
{
	char *id = arena_printf(a, "%" PRId64, c->id);
	char *detail = c->reason ? arena_printf(a, "%s: %s", change, c->reason)
				 : arena_printf(a,
					   "%s: by %s, %" PRId64
					   " organisations, %" PRId64 " indicators",
					   change, c->joined_by, c->orgs, c->size);

	if (!id || !detail)
		return diag_fail(d, ERR_NOMEM, "campaigns: out of memory");
	return db_audit_add(db, now, by, "campaign", slice_of(id), detail, d);
}

enum err campaigns_tell(struct db *db, const int64_t *id, size_t n, const char *change,
	int64_t now, struct arena *a, struct diag *d)
{
	struct campaign *c;
	size_t found = 0;
	enum err e = db_campaign_some(db, id, n, a, &c, &found, d);

	if (!e)
		e = db_campaign_indicators(db, c, found, CAMPAIGN_SHOWN, now, a, d);
	for (size_t i = 0; !e && i < found; i++) {
		e = put_audit(db, c[i].closed ? c[i].closed_by : "hub", &c[i], change,
			now, a, d);
		if (!e)
			e = put_event(db, &c[i], change, now, d);
	}
	return e;
}

enum err campaigns_tell_grown(
	struct db *db, const struct campaign *c, int64_t now, struct diag *d)
{
	return put_event(db, c, "grown", now, d);
}

struct closing {
	const char *by, *reason;
	int64_t id, now;
	struct arena *a;
};

enum err campaigns_end(struct db *db, const char *by, int64_t id, const char *reason,
	int64_t now, struct arena *a, struct diag *d)
{
	struct campaign c;
	bool closed = false;
	enum err e = db_campaign_get(db, id, a, &c, d);

	if (!e)
		e = db_campaign_hold(db, id, d);
	if (!e)
		e = db_campaign_close(db, id, by, reason, now, &closed, d);
	return e || !closed ? e : campaigns_tell(db, &id, 1, "closed", now, a, d);
}

static enum err close_body(struct db *db, void *ctx, struct diag *d)
{
	const struct closing *x = ctx;

	return campaigns_end(db, x->by, x->id, x->reason, x->now, x->a, d);
}

enum err campaigns_close(struct db *db, const char *by, int64_t id, const char *reason,
	int64_t now, struct arena *a, struct diag *d)
{
	struct closing x = {by, reason, id, now, a};

	return db_tx(db, close_body, &x, d);
}

enum err campaigns_settle(
	const struct core *c, struct db *db, int64_t now, struct diag *d)
{
	int64_t id = 0;
	enum err e = OK;

	while (c->campaigns.quiet && !e) {
		CLEANUP_ARENA struct arena a;

		arena_init(&a, TELL_MEMORY);
		e = db_campaign_quiet(db, now - c->campaigns.quiet, &id, d);
		if (e || id == 0)
			break;
		e = campaigns_close(
			db, "hub", id, "nothing new for a long time", now, &a, d);
	}
	return e;
}
