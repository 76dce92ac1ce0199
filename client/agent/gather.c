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

static enum err compute(struct gathering *g, struct diag *d)
{
	struct plan *p = g->plan;
	enum err e = feed_active(g->feed, p->now, &p->set, d);

	/* what was stored is damaged and set aside: fetched again at once */
	if (e == ERR_TEMPFAIL && !g->opt->offline && exchange(g, d) == OK)
		e = feed_active(g->feed, p->now, &p->set, d);
	if (e)
		return e;
	p->changed = g->feed->changed;
	p->root_ends = g->feed->root.expires - ROOT_WARNING < clock_now();
	if (p->set.too_wide)
		cli_warn("%zu approved prefixes are too wide to be believed: left out",
			p->set.too_wide);
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
			e = compute(g, d);
	}
	if (e == OK)
		plan_put(p, out);
	plan_done(p);
	feed_close(&g->feed);
	return e;
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
	CLEANUP_BUF struct buf text;
	enum err e = open_all(&g, &c->d);

	buf_init(&text, PLAN_MAX);
	if (e == OK && !opt->offline && !seckey_memory_locks())
		cli_say(c, "the key may be written to swap: its memory cannot be locked; "
			   "raise RLIMIT_MEMLOCK (LimitMEMLOCK= of the unit)");
	if (e == OK)
		e = apart_run(conf, opt->wait, work, &g, &text, &c->d);
	if (e == OK)
		e = plan_parse(&text, ret, &c->d);
	seckey_done(&g.key);
	hub_close(&g.hub);
	return e;
}
