/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/gather.h"

#include <stdlib.h>

#include "client/agent/apart.h"
#include "client/agent/session.h"
#include "client/agent/spool.h"

#define CLOCK_BEHIND 300 /* seconds that the hub may be ahead of us */
#define ROOT_WARNING (30 * 86400)

struct gathering {
	struct cli *cli;
	const struct config *conf;
	const struct pull_options *opt;
	const struct standing *standing;
	struct plan *plan;
	struct feed *feed;
	struct hub *hub;
	struct seckey key;
	bool stale, news;
	bool wrong_time; /* the hub gave no token, for it finds our time wrong */
};

/* Whether a failed exchange leaves a feed that can be gone on with: whatever a hub says
 * must not keep this client from expiring and healing; what fails here may. */
static bool is_survivable(enum err e)
{
	return e != ERR_NOMEM && e != ERR_IO && e != ERR_CANTCREAT && e != ERR_TEMPFAIL &&
	       e != ERR_NOPERM && e != ERR_CONFIG;
}

/* A token, from the cache or new, and one round of the feed. */
static enum err exchange(struct gathering *g, struct diag *d)
{
	char *cache = NULL;
	enum err e = session_cache(g->conf, &cache, d);

	if (e == OK) {
		e = hub_login(g->hub, g->conf->hub_name, &g->key, "feed", cache, NULL, d);
		g->wrong_time = e == ERR_FUTURE || e == ERR_STALE;
		if (e && !g->wrong_time && is_survivable(e))
			e = feed_miss(g->feed, e, d);
	}
	if (e == OK)
		e = feed_update(g->feed, g->hub, g->opt->wait, &g->news, d);
	free(cache);
	return e;
}

/* What only root may read is read before the account is left. */
static enum err open_all(struct gathering *g, struct diag *d)
{
	enum err e = OK;

	if (!g->opt->offline)
		e = config_key(g->conf, &g->key, d);
	if (e == OK && !g->opt->offline)
		e = config_hub(g->conf, &g->hub, d);
	return e;
}

static enum err open_feed(struct gathering *g, struct diag *d)
{
	char *dir = config_state(g->conf, "feed");
	enum err e = dir ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e == OK) {
		d->text[0] = '\0';
		e = feed_open(dir, g->conf->root, g->conf->channel, &g->feed, d);
	}
	if (e == OK && d->text[0])
		cli_warn("%s", d->text);
	free(dir);
	return e;
}

/* A hub's time expires nothing, but a local clock that lies behind it, or that far ahead
 * of a checkpoint fetched just now, cannot be right either: then what was in force at the
 * last good time stays so. */
static void judge_clock(struct gathering *g)
{
	struct plan *p = g->plan;
	const struct feed *f = g->feed;
	int64_t now = clock_now();
	int64_t newest = f->seen_time > f->fresh_time ? f->seen_time : f->fresh_time;
	bool behind = f->fresh_time && now < f->fresh_time - CLOCK_BEHIND;
	bool ahead = f->seen_time && now > newest + f->root.max_age;
	bool doubt = behind || ahead || g->wrong_time;

	p->now = doubt ? g->standing->state.good_time : now;
	p->good_time = doubt ? 0 : now;
	if (g->wrong_time)
		(void)snprintf(p->hold, sizeof(p->hold),
			"nothing expires until the local clock is right: %.900s",
			p->net_why.text);
	else if (f->hold[0])
		(void)snprintf(p->hold, sizeof(p->hold), "%s", f->hold);
	else if (doubt)
		(void)snprintf(p->hold, sizeof(p->hold),
			"the local clock is %s the hub's by %lld seconds: nothing "
			"expires until it is right",
			behind ? "behind" : "ahead of",
			(long long)(behind ? f->fresh_time - now : now - newest));
	p->hold_since = f->hold[0] ? f->hold_since : 0;
}

void followed_note(const struct feed *f, struct followed *ret)
{
	(void)snprintf(ret->log, sizeof(ret->log), "%s", feed_origin(f));
	ret->root_version = f->root.version;
	ret->size = (int64_t)f->log.size;
	ret->root = frontier_root(&f->log);
}

static bool is_due(const struct gathering *g)
{
	const struct state *s = &g->standing->state;

	return g->stale || g->news || s->changed != g->feed->changed ||
	       !standing_is_whole(g->standing) ||
	       (s->next_expiry && g->plan->now >= s->next_expiry) ||
	       (s->guarded && g->opt->confirm);
}

/* What is to be merged, from what is stored. */
static enum err find_decisions(
	struct gathering *g, struct feed_decisions *ret, struct diag *d)
{
	enum err e = feed_decisions(g->feed, g->plan->now, ret, d);

	/* what was stored is damaged and set aside: fetched again at once */
	if (e == ERR_TEMPFAIL && !g->opt->offline && exchange(g, d) == OK)
		e = feed_decisions(g->feed, g->plan->now, ret, d);
	return e;
}

/* Where entries go as they are merged. */
struct sink {
	FILE *f;
	struct buf line;
};

static enum err put_entry(void *ctx, const struct active *a)
{
	struct sink *s = ctx;

	plan_put_entry(a, &s->line, s->f);
	return buf_err(&s->line);
}

/* The set goes out while it is made: who reads it checks it meanwhile. */
static enum err put_set(struct gathering *g, FILE *out, struct diag *d)
{
	struct feed_decisions x = {0};
	struct activeset sum;
	struct sink s = {.f = out};
	enum err e = find_decisions(g, &x, d);

	if (e)
		return e;
	followed_note(g->feed, &g->plan->followed); /* it may be another by now */
	g->plan->changed = g->feed->changed;
	g->plan->root_ends = g->feed->root.expires - ROOT_WARNING < clock_now();
	plan_put(g->plan, out);
	buf_init(&s.line, INPUT_LINE_MAX);
	e = activeset_each(x.in, x.n, g->plan->now, put_entry, &s, &sum);
	buf_done(&s.line);
	feed_decisions_done(&x);
	if (e)
		return diag_fail(d, e, "out of memory");
	plan_put_end(sum.next_expiry, out);
	if (sum.too_wide)
		cli_warn("%zu approved prefixes are too wide to be believed: left out",
			sum.too_wide);
	return OK;
}

/* In the child. */
static enum err work(void *ctx, FILE *out, struct diag *d)
{
	struct gathering *g = ctx;
	struct plan *p = g->plan;
	enum err e = open_feed(g, d);

	if (e == OK && !g->opt->dry && !g->opt->offline)
		spool_send(g->cli, g->conf, g->hub, &g->key);
	if (e == OK && !g->opt->offline) {
		p->net = exchange(g, &p->net_why);
		if (p->net && !is_survivable(p->net))
			e = diag_fail(d, p->net, "%s", p->net_why.text);
	}
	if (e == OK) {
		judge_clock(g);
		followed_note(g->feed, &p->followed);
		p->due = is_due(g);
		if (p->due)
			e = put_set(g, out, d);
		else
			plan_put(p, out);
	}
	feed_close(&g->feed);
	return e;
}

static enum err take(void *to, struct slice part, struct diag *d)
{
	return plan_take(to, part, d);
}

enum err gather(struct cli *c, const struct config *conf, const struct pull_options *opt,
	const struct standing *standing, bool stale, struct plan *ret)
{
	struct plan draft = {0};
	struct gathering g = {.cli = c,
		.conf = conf,
		.opt = opt,
		.standing = standing,
		.plan = &draft,
		.stale = stale};
	struct plan_reader r;
	enum err e = open_all(&g, &c->d);

	plan_begin(&r);
	if (e == OK && !opt->offline && !seckey_memory_locks())
		cli_say(c, "the key may be written to swap: its memory cannot be locked; "
			   "raise RLIMIT_MEMLOCK (LimitMEMLOCK= of the unit)");
	if (e == OK)
		e = apart_stream(conf, opt->wait, work, &g, take, &r, &c->d);
	if (e == OK)
		e = plan_end(&r, ret, &c->d);
	plan_reader_done(&r);
	seckey_done(&g.key);
	hub_close(&g.hub);
	return e;
}
