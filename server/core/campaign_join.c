/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/campaign_join.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/core/campaigns.h"

/* A key of a touch that may open a campaign, and what is told of it. */
struct opening {
	enum join join;
	struct hit *hit;
	int64_t report;
	size_t tag; /* which of the touch's */
};

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "campaigns: out of memory");
}

static int by_key(const void *a, const void *b)
{
	const int64_t *key = a;
	const struct hit *c = b;

	return (*key > c->key) - (*key < c->key);
}

static struct hit *look(const struct joining *x, int64_t key)
{
	return key ? bsearch(&key, x->hit, x->nhits, sizeof(*x->hit), by_key) : NULL;
}

/* What joins closely: the indicator itself, a report, a neighbourhood. In this order. */
static size_t narrow(
	const struct joining *x, const struct touch_keys *k, struct opening *out)
{
	size_t n = 0;

	out[n] = (struct opening){JOIN_INDICATOR, look(x, k->own), 0, 0};
	n += out[n].hit != NULL;
	for (size_t i = 0; i < k->nreports; i++) {
		out[n] = (struct opening){
			JOIN_REPORT, look(x, k->reports[i].key), k->reports[i].report, 0};
		n += out[n].hit != NULL;
	}
	out[n] = (struct opening){JOIN_DOMAIN, look(x, k->near), 0, 0};
	n += out[n].hit != NULL;
	return n;
}

#define NARROW_MAX (CAMPAIGN_REPORTS + 3)

/* A tag joins loosely: only what nothing else joins. */
static bool by_tag(const struct joining *x, const struct touch_keys *k, bool open,
	struct opening *ret)
{
	for (size_t i = 0; i < k->ntags; i++) {
		struct hit *hit = look(x, k->tag[i]);

		if (!hit || (open && !hit->campaign))
			continue;
		*ret = (struct opening){JOIN_TAG, hit, 0, i};
		return true;
	}
	return false;
}

/* The campaign of one of its keys, if there is any; else the key that would open one. */
static bool choose(const struct joining *x, struct touch_keys *k, struct opening *ret)
{
	struct opening o[NARROW_MAX];
	size_t n = narrow(x, k, o);

	for (size_t i = 0; i < n; i++)
		if (o[i].hit->campaign) {
			k->campaign = o[i].hit->campaign;
			return false;
		}
	if (n) {
		*ret = o[0];
		return true;
	}
	if (by_tag(x, k, true, ret)) {
		k->campaign = ret->hit->campaign;
		return false;
	}
	return by_tag(x, k, false, ret);
}

static struct slice text_of(const struct joining *x, const struct touch_keys *k,
	struct opening *o, char near[NEAR_TEXT])
{
	if (o->join == JOIN_INDICATOR)
		return k->touch->value;
	if (o->join == JOIN_TAG)
		return k->touch->tags[o->tag];
	if (o->join == JOIN_REPORT)
		(void)snprintf(near, NEAR_TEXT, "%" PRId64, o->report);
	else if (!near_of(x->core->never_block, k->touch->kind, k->touch->value, &o->join,
			 near))
		near[0] = '\0'; /* it had one a moment ago */
	return slice_of(near);
}

/* What is of it already, beside the organisations. */
static enum err fill(struct joining *x, struct db *db, const struct touch_keys *k,
	const struct opening *o, int64_t id, struct diag *d)
{
	struct ids ids = {0};
	enum err e = OK;

	if (o->join == JOIN_REPORT)
		e = db_campaign_reported(db, o->report, x->a, &ids, d);
	if (o->join == JOIN_TAG)
		e = db_campaign_tagged(
			db, k->touch->tags[o->tag], x->since, x->a, &ids, d);
	if (o->join == JOIN_DOMAIN || o->join == JOIN_NET)
		e = db_campaign_near(db, k->near, x->since, x->a, &ids, d);
	if (e || ids.n == 0)
		return e;
	e = db_campaign_add(db, id, ids.item, ids.n, x->now, d);
	return e ? e : db_campaign_count(db, id, x->now, d);
}

/* How many campaigns would open. */
static size_t count_openings(struct joining *x)
{
	struct opening o;
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		if (choose(x, &x->t[i], &o) && !o.hit->counted) {
			o.hit->counted = true;
			n++;
		}
	return n;
}

/* One report that makes several campaigns makes one: what they have in common is that
 * report. Three that push one long list are one event, not ten thousand. */
static enum err open_report(struct joining *x, struct db *db, struct diag *d)
{
	int64_t *keys = arena_alloc(x->a, sizeof(*keys) * (x->nhits + 1));
	char text[24];
	int64_t id;
	size_t n = 0;
	enum err e;

	if (!keys)
		return no_memory(d);
	(void)snprintf(text, sizeof(text), "%" PRId64, x->in->report);
	e = db_campaign_open(db,
		&(struct campaign_new){join_name(JOIN_REPORT), slice_of(text), 0, 0}, 1,
		x->since, x->now, &id, d);
	for (size_t i = 0; !e && i < x->n; i++) {
		struct opening o;

		if (!choose(x, &x->t[i], &o))
			continue;
		x->t[i].campaign = id;
		if (o.hit->counted) /* once each */
			keys[n++] = o.hit->key;
		o.hit->counted = false;
	}
	if (!e)
		e = db_campaign_add_orgs(db, id, keys, n, x->since, d);
	if (!e)
		e = db_campaign_count(db, id, x->now, d);
	if (!e)
		x->opened[x->nopened++] = id;
	return e;
}

/* Campaigns that open, before they have their numbers: until then the first is -1. */
struct planned {
	struct campaign_new what[CAMPAIGN_OPENED];
	struct opening by[CAMPAIGN_OPENED];
	const struct touch_keys *of[CAMPAIGN_OPENED];
	char near[CAMPAIGN_OPENED][NEAR_TEXT];
	size_t n;
};

static void plan(struct joining *x, struct planned *p)
{
	struct opening o;

	for (size_t i = 0; i < x->n; i++) {
		struct touch_keys *k = &x->t[i];
		size_t n = p->n;

		if (!choose(x, k, &o))
			continue;
		if (n < CAMPAIGN_OPENED) {
			p->what[n].text = text_of(x, k, &o, p->near[n]);
			p->what[n].joined_by = join_name(o.join);
			p->what[n].key = o.hit->key;
			p->what[n].indicator =
				o.join == JOIN_INDICATOR ? k->touch->id : 0;
			p->by[n] = o;
			p->of[n] = k;
			o.hit->campaign = -(int64_t)++p->n;
		}
		/* what comes so thick belongs together */
		k->campaign = -(int64_t)p->n;
	}
}

static int64_t number(const struct joining *x, int64_t planned)
{
	return planned < 0 ? x->opened[-planned - 1] : planned;
}

static enum err open_all(struct joining *x, struct db *db, struct diag *d)
{
	size_t n = count_openings(x);
	struct planned *p;
	enum err e;

	if (n > 1 && x->in->report)
		return open_report(x, db, d);
	p = n ? arena_alloc(x->a, sizeof(*p)) : NULL;
	if (n && !p)
		return no_memory(d);
	if (n == 0)
		return OK;
	p->n = 0;
	plan(x, p);
	e = db_campaign_open(db, p->what, p->n, x->since, x->now, x->opened, d);
	if (e)
		return e;
	x->nopened = p->n;
	for (size_t i = 0; i < x->nhits; i++)
		x->hit[i].campaign = number(x, x->hit[i].campaign);
	for (size_t i = 0; i < x->n; i++)
		x->t[i].campaign = number(x, x->t[i].campaign);
	for (size_t i = 0; !e && i < p->n; i++)
		e = fill(x, db, p->of[i], &p->by[i], x->opened[i], d);
	return e;
}

static bool is_new(const struct joining *x, int64_t id)
{
	for (size_t i = 0; i < x->nopened; i++)
		if (x->opened[i] == id)
			return true;
	return false;
}

/* What goes where, and the keys that crossed with it: from now on they are the
 * campaign's. */
static enum err sum_up(struct joining *x, struct campaign_pairs *to,
	struct campaign_pairs *keys, struct diag *d)
{
	*to = (struct campaign_pairs){
		arena_alloc(x->a, sizeof(*to->item) * (x->n + 1)), 0};
	*keys = (struct campaign_pairs){
		arena_alloc(x->a, sizeof(*keys->item) * (x->n * NARROW_MAX + 1)), 0};
	if (!to->item || !keys->item)
		return no_memory(d);
	for (size_t i = 0; i < x->n; i++) {
		struct opening o[NARROW_MAX];
		int64_t id = x->t[i].campaign;
		size_t m = id ? narrow(x, &x->t[i], o) : 0;

		if (id)
			to->item[to->n++] = (struct campaign_pair){id, x->t[i].touch->id};
		for (size_t j = 0; j < m; j++)
			if (!o[j].hit->campaign)
				keys->item[keys->n++] =
					(struct campaign_pair){id, o[j].hit->key};
	}
	return OK;
}

/* All campaigns at once. In one that has this organisation and these indicators already
 * nothing changes, and nobody waits for it. */
static enum err settle(struct joining *x, struct db *db, struct diag *d)
{
	struct campaign_pairs to, keys;
	struct campaign *grown = NULL;
	struct ids held = {0};
	size_t n = 0;
	enum err e = sum_up(x, &to, &keys, d);

	if (!e && keys.n)
		e = db_campaign_claim(db, &keys, d);
	if (!e)
		e = db_campaign_hold_open(db, &to, x->in->org, x->now, x->a, &held, d);
	if (!e && held.n)
		e = db_campaign_grow(
			db, &to, &held, x->in->org, x->now, x->a, &grown, &n, d);
	for (size_t i = 0; !e && i < n; i++)
		if (!is_new(x, grown[i].id))
			e = campaigns_tell_grown(db, &grown[i], x->now, d);
	return e || x->nopened == 0 ? e
				    : campaigns_tell(db, x->opened, x->nopened, "opened",
					      x->now, x->a, d);
}

enum err campaign_join(struct joining *x, struct db *db, struct diag *d)
{
	enum err e = open_all(x, db, d);

	return e ? e : settle(x, db, d);
}
