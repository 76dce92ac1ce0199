/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/core/campaign_join.h"
#include "server/db/report_indicator.h"

static bool joins(const struct core *c, enum join j)
{
	return (c->campaigns.joins >> j & 1) != 0;
}

int64_t campaign_near_key(const struct core *c, struct slice kind, struct slice value)
{
	char text[NEAR_TEXT];
	enum join j;

	if (c->campaigns.orgs == 0 || !near_of(c->never_block, kind, value, &j, text) ||
		!joins(c, j))
		return 0;
	return join_key(j, (struct slice){0}, slice_of(text));
}

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "campaigns: out of memory");
}

/* All keys of one touch but the reports', narrow ones first. */
static void put_keys(
	const struct core *c, const struct touch *t, struct touch_keys *k, int64_t **at)
{
	k->own = joins(c, JOIN_INDICATOR) ? join_key(JOIN_INDICATOR, t->kind, t->value)
					  : 0;
	k->near = campaign_near_key(c, t->kind, t->value);
	k->tag = *at;
	for (size_t i = 0; joins(c, JOIN_TAG) && i < t->ntags; i++)
		k->tag[k->ntags++] = join_key(JOIN_TAG, (struct slice){0}, t->tags[i]);
	*at += k->ntags;
}

/* Of what is too old for the window nothing is noted. */
static enum err find_keys(struct joining *x, struct diag *d)
{
	size_t tags = 1;
	int64_t *at;

	for (size_t i = 0; i < x->in->n; i++)
		tags += x->in->t[i].ntags;
	at = arena_alloc(x->a, sizeof(*at) * tags);
	x->t = arena_alloc(x->a, sizeof(*x->t) * (x->in->n + 1));
	if (!at || !x->t)
		return no_memory(d);
	for (size_t i = 0; i < x->in->n; i++) {
		struct touch_keys *k = &x->t[x->n];

		if (x->in->t[i].at < x->since)
			continue;
		x->n++;
		k->touch = &x->in->t[i];
		k->at = k->touch->at < x->now ? k->touch->at : x->now;
		put_keys(x->core, k->touch, k, &at);
	}
	return OK;
}

static void add(struct activity *to, size_t *n, int64_t key, int64_t at)
{
	if (key)
		to[(*n)++] = (struct activity){key, at, 0};
}

/* Notes, and remembers what crossed. */
static enum err note(struct joining *x, struct db *db, const struct activity *all,
	size_t n, struct diag *d)
{
	return n ? db_activity_note(db, x->in->org, all, n, x->core->campaigns.orgs,
			   x->since, &x->crossed, d)
		 : OK;
}

static enum err note_keys(struct joining *x, struct db *db, struct diag *d)
{
	struct activity *all;
	size_t n = 0, room = 1;

	for (size_t i = 0; i < x->n; i++)
		room += 2 + x->t[i].ntags;
	all = arena_alloc(x->a, sizeof(*all) * room);
	x->crossed.item = arena_alloc(
		x->a, sizeof(int64_t) * (room + x->n * (CAMPAIGN_REPORTS + 1)));
	if (!all || !x->crossed.item)
		return no_memory(d);
	for (size_t i = 0; i < x->n; i++) {
		const struct touch_keys *k = &x->t[i];

		add(all, &n, k->own, k->at);
		add(all, &n, k->near, k->at);
		for (size_t t = 0; t < k->ntags; t++)
			add(all, &n, k->tag[t], k->at);
	}
	return note(x, db, all, n, d);
}

static int64_t report_key(int64_t report)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, report);
	return join_key(JOIN_REPORT, (struct slice){0}, slice_of(text));
}

/* A short report joins what it names, from now on: who had to do with any of it counts.
 */
static enum err join_report(struct joining *x, struct db *db, struct diag *d)
{
	int64_t ids[CAMPAIGN_REPORT], keys[CAMPAIGN_REPORT];
	enum err e;

	x->report = report_key(x->in->report);
	for (size_t i = 0; i < x->n; i++) {
		ids[i] = x->t[i].touch->id;
		keys[i] = join_key(
			JOIN_INDICATOR, x->t[i].touch->kind, x->t[i].touch->value);
		x->t[i].reports[x->t[i].nreports++] =
			(struct report_join){x->report, x->in->report};
	}
	e = db_joint_add(db, x->in->report, ids, x->n, x->now, d);
	if (!e)
		e = db_activity_gather(db, x->report, keys, x->n, x->since, d);
	/* the own part, where indicators do not count by themselves */
	return e ? e
		 : note(x, db,
			   &(struct activity){x->report, x->now,
				   report_needs(x->core->campaigns.orgs, (int64_t)x->n)},
			   1, d);
}

static int by_activity(const void *a, const void *b)
{
	const struct activity *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Earlier reports that name what was there before together with others. */
static enum err find_reports(struct joining *x, struct db *db, struct diag *d)
{
	int64_t *ids = arena_alloc(x->a, sizeof(*ids) * (x->n + 1));
	size_t *place = arena_alloc(x->a, sizeof(*place) * (x->n + 1));
	struct activity *all;
	struct joint *found;
	size_t n = 0, nfound = 0;
	enum err e;

	if (!ids || !place)
		return no_memory(d);
	for (size_t i = 0; i < x->n; i++) {
		if (!x->t[i].touch->known)
			continue;
		place[n] = i;
		ids[n++] = x->t[i].touch->id;
	}
	e = n ? db_joint_find(db, ids, n, x->since, x->a, &found, &nfound, d) : OK;
	if (e || nfound == 0)
		return e;
	all = arena_alloc(x->a, sizeof(*all) * nfound);
	if (!all)
		return no_memory(d);
	for (size_t i = 0; i < nfound; i++) {
		struct touch_keys *k = &x->t[place[found[i].i]];
		int64_t key = report_key(found[i].report);

		k->reports[k->nreports++] = (struct report_join){key, found[i].report};
		all[i] = (struct activity){
			key, k->at, report_needs(x->core->campaigns.orgs, found[i].size)};
	}
	qsort(all, nfound, sizeof(*all), by_activity);
	return note(x, db, all, nfound, d);
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_key(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	/* the one that tells of a campaign first */
	return x->key != y->key
		       ? (x->key > y->key ? 1 : -1)
		       : (x->campaign < y->campaign) - (x->campaign > y->campaign);
}

/* All keys, sorted, each once. */
static enum err all_keys(struct joining *x, int64_t **ret, size_t *ret_n, struct diag *d)
{
	size_t n = 0, room = 1, distinct = 0;
	int64_t *all;

	for (size_t i = 0; i < x->n; i++)
		room += 2 + x->t[i].ntags + x->t[i].nreports;
	all = arena_alloc(x->a, sizeof(*all) * room);
	if (!all)
		return no_memory(d);
	for (size_t i = 0; i < x->n; i++) {
		const struct touch_keys *k = &x->t[i];

		all[n++] = k->own;
		all[n++] = k->near;
		for (size_t r = 0; r < k->nreports; r++)
			all[n++] = k->reports[r].key;
		for (size_t t = 0; t < k->ntags; t++)
			all[n++] = k->tag[t];
	}
	qsort(all, n, sizeof(*all), by_number);
	for (size_t i = 0; i < n; i++)
		if (all[i] && (distinct == 0 || all[i] != all[distinct - 1]))
			all[distinct++] = all[i];
	*ret = all;
	*ret_n = distinct;
	return OK;
}

/* The keys that matter: those that crossed, and those of open campaigns. Hardly ever is
 * there one. Nobody else opens or closes a campaign of theirs meanwhile, as their rows
 * are locked. */
static enum err find_hits(struct joining *x, struct db *db, struct diag *d)
{
	int64_t *all = NULL;
	size_t n = 0, kept = 0;
	enum err e = all_keys(x, &all, &n, d);

	if (e)
		return e;
	x->hit = arena_alloc(x->a, sizeof(*x->hit) * (n + x->crossed.n + 1));
	if (!x->hit)
		return no_memory(d);
	e = db_campaign_find(db, all, n, x->hit, &x->nhits, d);
	if (e)
		return e;
	for (size_t i = 0; i < x->crossed.n; i++)
		x->hit[x->nhits++] = (struct hit){x->crossed.item[i], 0, false};
	if (x->nhits)
		qsort(x->hit, x->nhits, sizeof(*x->hit), by_key);
	for (size_t i = 0; i < x->nhits; i++)
		if (kept == 0 || x->hit[i].key != x->hit[kept - 1].key)
			x->hit[kept++] = x->hit[i];
	x->nhits = kept;
	return OK;
}

enum err campaign_touch(const struct core *c, struct db *db, const struct touched *in,
	int64_t now, struct arena *a, struct diag *d)
{
	struct joining x = {.core = c,
		.in = in,
		.now = now,
		.since = now - c->campaigns.window,
		.a = a};
	enum err e;

	if (c->campaigns.orgs == 0)
		return OK;
	e = find_keys(&x, d);
	if (e || x.n == 0)
		return e;
	e = note_keys(&x, db, d);
	if (!e && joins(c, JOIN_REPORT))
		e = find_reports(&x, db, d);
	if (!e && joins(c, JOIN_REPORT) && in->report && x.n > 1 &&
		x.n <= CAMPAIGN_REPORT)
		e = join_report(&x, db, d);
	if (!e)
		e = find_hits(&x, db, d);
	return e || x.nhits == 0 ? e : campaign_join(&x, db, d);
}

enum err campaign_untouch(const struct core *c, struct db *db, int64_t org,
	int64_t report, int64_t now, struct arena *a, struct diag *d)
{
	struct unsaid *x = NULL;
	int64_t *key;
	size_t n = 0;
	enum err e;

	if (c->campaigns.orgs == 0)
		return OK;
	e = db_report_indicator_unsaid(
		db, report, now - c->campaigns.window, a, &x, &n, d);
	if (e)
		return e;
	key = arena_alloc(a, sizeof(*key) * (n + 1));
	if (!key)
		return no_memory(d);
	for (size_t i = 0; i < n; i++)
		key[i] = x[i].kind ? join_key(JOIN_INDICATOR, slice_of(x[i].kind),
					     slice_of(x[i].value))
				   : x[i].near;
	e = db_activity_drop(db, org, key, n, d);
	return e ? e : db_joint_drop(db, report, report_key(report), d);
}
