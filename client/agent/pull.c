/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/pull.h"

#include <stdlib.h>

#include "client/agent/apply.h"
#include "client/agent/neverblock.h"
#include "client/agent/run.h"
#include "client/agent/spare.h"
#include "client/agent/spool.h"
#include "client/feed/feed.h"
#include "common/file.h"

#define CLOCK_BEHIND   300 /* seconds that the hub may be ahead of us */
#define ROOT_WARNING   (30 * 86400)
#define NOTIFY_SECONDS 30
#define ALARMS         10 /* of one kind, one by one */

/* Everything one round works on. */
struct round {
	struct cli *cli;
	const struct config *conf;
	const struct pull_options *opt;
	struct hub *hub;
	struct seckey key;
	struct feed *feed;
	struct state state;
	struct allow allow;
	struct allow builtin; /* yields to a signed override; `allow` to nothing */
	char builtin_hex[HASH_HEX];
	struct enforced last;
	struct activeset set;
	struct activeset spared; /* approved, and kept out by the built-in list */
	struct hash digest;
	enum err net; /* how the exchange with the hub went */
	struct diag net_why;
	bool news;
	bool clock_doubt;      /* local time cannot be right: nothing expires */
	int64_t now;           /* by which entries expire */
	size_t added, removed; /* blocking entries */
	char hold[DIAG_MAX];   /* why something waits; "" when nothing does */
};

/* Runs the configured command, with what has begun. */
static void notify(const struct config *c, const char *text)
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf out = {.max = 4096};
	struct diag d = {""};

	if (c->notify.n == 0)
		return;
	output_argv_list(&argv, &c->notify);
	output_argv_put(&argv, text);
	if (run(argv.v, NOTIFY_SECONDS, &out, &d))
		cli_warn("notify: %s", d.text);
}

/* A token, from the cache or new, and one round of the feed. */
static enum err exchange(struct round *r, struct diag *d)
{
	char *cache = config_state(r->conf, "token");
	enum err e = cache ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e == OK)
		e = hub_login(r->hub, r->conf->hub_name, &r->key, "feed", cache, NULL, d);
	if (e == OK)
		e = feed_update(r->feed, r->hub, r->opt->wait, &r->news, d);
	free(cache);
	return e;
}

/* The hub gave no token, for it finds our time wrong. */
static bool is_wrong_time(enum err e)
{
	return e == ERR_FUTURE || e == ERR_STALE;
}

/* Whether a failed exchange leaves a feed that can be gone on with. */
static bool is_survivable(enum err e)
{
	return e == ERR_UNAVAILABLE || e == ERR_HOLD || e == ERR_RATE || e == ERR_BUSY ||
	       e == ERR_DATABASE || e == ERR_UNAUTHORIZED || e == ERR_FORBIDDEN ||
	       is_wrong_time(e);
}

static enum err load_builtin(struct round *r, struct diag *d)
{
	enum err e = spare_load(&r->builtin, d);
	struct hash digest;

	if (e)
		return e;
	digest = allow_digest(&r->builtin);
	hash_hex(&digest, r->builtin_hex);
	return OK;
}

static enum err open_all(struct round *r, struct diag *d)
{
	char *dir = config_state(r->conf, "feed"),
	     *enforced = config_state(r->conf, "enforced");
	enum err e = dir && enforced ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e == OK)
		e = state_load(r->conf, &r->state, d);
	if (e == OK && d->text[0])
		cli_warn("%s", d->text);
	if (e == OK)
		e = neverblock_gather(r->conf, false, &r->allow, d);
	if (e == OK)
		e = load_builtin(r, d);
	if (e == OK && enforced_open(enforced, &r->last, d) == ERR_SYNTAX)
		cli_warn("%s; begun anew", d->text);
	if (e == OK)
		e = config_key(r->conf, &r->key, d);
	if (e == OK)
		e = config_hub(r->conf, &r->hub, d);
	if (e == OK) {
		d->text[0] = '\0';
		e = feed_open(dir, r->conf->root, r->conf->channel, &r->feed, d);
	}
	if (e == OK && d->text[0])
		cli_warn("%s", d->text);
	free(dir);
	free(enforced);
	return e;
}

static void close_all(struct round *r)
{
	activeset_done(&r->set);
	activeset_done(&r->spared);
	feed_close(&r->feed);
	enforced_done(&r->last);
	allow_done(&r->allow);
	allow_done(&r->builtin);
	state_done(&r->state);
	seckey_done(&r->key);
	hub_close(&r->hub);
}

/* A hub's time expires nothing, but a local clock that lies behind it, or that far ahead
 * of a checkpoint fetched just now, cannot be right either: then what was in force at the
 * last good time stays so. */
static void judge_clock(struct round *r)
{
	const struct feed *f = r->feed;
	int64_t now = clock_now();
	bool fetched = r->net == OK || (r->net == ERR_HOLD && hub_status(r->hub) != 0);
	bool behind = f->fresh_time && now < f->fresh_time - CLOCK_BEHIND;
	bool ahead = fetched && f->fresh_time && now > f->fresh_time + f->root.max_age;

	r->clock_doubt = behind || ahead || is_wrong_time(r->net);
	r->now = r->clock_doubt ? r->state.good_time : now;
	if (!r->clock_doubt)
		r->state.good_time = now;
	if (is_wrong_time(r->net))
		(void)snprintf(r->hold, sizeof(r->hold),
			"nothing expires until the local clock is right: %.900s",
			r->net_why.text);
	else if (f->hold[0])
		(void)snprintf(r->hold, sizeof(r->hold), "%s", f->hold);
	else if (r->clock_doubt)
		(void)snprintf(r->hold, sizeof(r->hold),
			"the local clock is %s the hub's by %lld seconds: nothing "
			"expires "
			"until it is right",
			behind ? "behind" : "ahead of",
			(long long)(behind ? f->fresh_time - now : now - f->fresh_time));
}

/* Only an alarm about what is automatic: a line of the local file is somebody's will. */
static void look_for_wrong_approvals(const struct round *r)
{
	const struct allow_entry *entry;
	char text[DIAG_MAX];
	size_t n = 0;

	for (size_t i = 0; i < r->set.n; i++) {
		const struct active *a = &r->set.a[i];

		if (a->action != ACTION_BLOCK ||
			!allow_match(&r->allow, &kinds[a->kind], a->value, &entry) ||
			!entry->automatic || n++ >= ALARMS)
			continue;
		(void)snprintf(text, sizeof(text),
			"%s %.*s is approved but covers %.*s (%s): that stays reachable",
			kinds[a->kind].name, SLICE_ARG(a->value), SLICE_ARG(entry->value),
			entry->origin);
		cli_warn("%s", text);
		notify(r->conf, text);
	}
	if (n > ALARMS)
		cli_warn("%zu more of that sort", n - ALARMS);
	if (r->set.too_wide)
		cli_warn("%zu approved prefixes are too wide to be believed: left out",
			r->set.too_wide);
}

/* One pull that would add more than anybody expects waits for a person. In a hold the
 * feed itself adds nothing. */
static void guard(struct round *r)
{
	size_t most = (size_t)r->conf->guard_entries;

	r->added = enforced_added(&r->last, &r->set);
	r->state.guarded = most && !r->opt->confirm && r->last.n >= most &&
			   r->added > most &&
			   r->added > r->last.n * (size_t)r->conf->guard_percent / 100;
	if (!r->state.guarded)
		return;
	if (!r->hold[0])
		(void)snprintf(r->hold, sizeof(r->hold),
			"%zu new entries beside %zu enforced: they wait for varsel pull "
			"--confirm",
			r->added, r->last.n);
	enforced_restrict(&r->last, &r->set);
	r->added = 0;
}

static enum err compute(struct round *r, struct diag *d)
{
	struct enforced_walk w = {.rest = r->last.lines, .set = &r->set};
	enum err e = feed_active(r->feed, r->now, &r->set, d);

	/* what was stored is damaged and set aside: fetched again at once */
	if (e == ERR_TEMPFAIL && exchange(r, d) == OK)
		e = feed_active(r->feed, r->now, &r->set, d);
	if (e == OK && spare_split(&r->builtin, &r->set, &r->spared))
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	if (e)
		return e;
	guard(r);
	while (enforced_step(&w))
		r->removed += w.new_ == NULL;
	r->digest = activeset_digest(&r->set);
	return OK;
}

/* Whether the file of what is enforced is there, and is of the set with this digest. */
static bool is_remembered(const struct round *r, const char *digest)
{
	char hex[HASH_HEX];

	hash_hex(&r->last.digest, hex);
	return r->last.map.n && strcmp(hex, digest) == 0;
}

static void say_spared(void *ctx, const char *text)
{
	const struct round *r = ctx;

	cli_warn("%s", text);
	notify(r->conf, text);
}

static enum err tell_spared(struct round *r, struct diag *d)
{
	char *path = config_state(r->conf, "spared");
	enum err e = path ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e == OK)
		e = spare_tell(path, &r->builtin, &r->spared, say_spared, r, d);
	free(path);
	r->state.spared = (int64_t)r->spared.n;
	if (e == OK && state_text(&r->state, &r->state.builtin, r->builtin_hex))
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	return e;
}

/* Outputs, and what of them is worth a word: each failure, and more left out than before.
 * The first failure is the caller's to tell. */
static enum err apply_outputs(struct round *r, struct diag *d)
{
	struct apply a = {r->conf, &r->allow, &r->set, &r->last, r->digest, r->now};
	bool failed_before = false;
	int64_t left_out = 0;
	enum err e;

	for (size_t i = 0; i < r->state.noutputs; i++) {
		failed_before |= r->state.outputs[i].error != NULL;
		left_out += r->state.outputs[i].left_out;
	}
	e = apply_all(&a, &r->state, d);
	if (e && !failed_before)
		notify(r->conf, d->text);
	for (size_t i = 0; i < r->state.noutputs; i++) {
		const struct output_state *o = &r->state.outputs[i];

		if (o->error && strcmp(o->error, d->text) != 0)
			cli_warn("%s", o->error);
		left_out -= o->left_out;
	}
	if (left_out < 0)
		cli_warn("more than before is left out of outputs that cannot hold all; "
			 "varsel "
			 "status tells how much");
	return e;
}

static enum err enforce(struct round *r, struct diag *d)
{
	char *path = config_state(r->conf, "enforced"), hex[HASH_HEX];
	enum err applied, e = path ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e)
		return e;
	look_for_wrong_approvals(r);
	applied = apply_outputs(r, d);
	hash_hex(&r->digest, hex);
	if (!is_remembered(r, hex))
		e = enforced_write(path, &r->set, &r->digest, applied ? NULL : d);
	free(path);
	if (e == OK)
		e = tell_spared(r, applied ? NULL : d);
	if (e)
		return e;
	r->state.changed = r->feed->changed;
	r->state.active = (int64_t)r->set.n;
	r->state.next_expiry = r->set.next_expiry == INT64_MAX ? 0 : r->set.next_expiry;
	if (state_text(&r->state, &r->state.digest, hex))
		return diag_fail(d, ERR_NOMEM, "out of memory");
	return applied;
}

/* Remembers since when something waits, and says so when it begins. */
static enum err note_hold(struct round *r)
{
	if (strcmp(r->state.hold, r->hold) == 0)
		return OK;
	if (r->state.hold[0] == '\0')
		notify(r->conf, r->hold);
	if (r->feed->hold[0])
		r->state.hold_since = r->feed->hold_since;
	else if (r->state.hold[0] == '\0' || r->hold[0] == '\0')
		r->state.hold_since = r->hold[0] ? clock_now() : 0;
	return state_text(&r->state, &r->state.hold, r->hold);
}

static bool is_due(struct round *r)
{
	return r->news || r->state.changed != r->feed->changed ||
	       !is_remembered(r, r->state.digest) ||
	       strcmp(r->state.builtin, r->builtin_hex) != 0 ||
	       (r->state.next_expiry && r->now >= r->state.next_expiry) ||
	       (r->state.guarded && r->opt->confirm) ||
	       apply_due(r->conf, &r->state, &r->allow);
}

static enum err work(struct round *r, struct diag *d)
{
	bool due = is_due(r);
	enum err e = OK;

	if (due)
		e = compute(r, d);
	if (e)
		return e;
	if (due)
		cli_say(r->cli, "%zu entries in force; %zu more blocked, %zu no longer",
			r->set.n, r->added, r->removed);
	else
		cli_say(r->cli, "nothing new; %lld entries in force",
			(long long)r->state.active);
	if (r->opt->dry)
		return OK;
	if (due && r->feed->root.expires - ROOT_WARNING < clock_now())
		cli_warn("the root document expires in less than 30 days: ask the "
			 "coordinator for its successor");
	if (due)
		e = enforce(r, d);
	else if (r->state.guarded && !r->hold[0])
		(void)snprintf(r->hold, sizeof(r->hold), "%s", r->state.hold);
	/* a run without news leaves no trace: nothing is worth a write */
	if (!due && strcmp(r->hold, r->state.hold) == 0)
		return OK;
	if (note_hold(r) || state_save(r->conf, &r->state, e ? NULL : d))
		return e ? e : ERR_CANTCREAT;
	return e;
}

enum err pull(struct cli *c, const struct config *conf, const struct pull_options *opt)
{
	struct round r = {.cli = c, .conf = conf, .opt = opt};
	char *lock_path = config_state(conf, "lock");
	CLEANUP_FD int lock = -1;
	enum err e = lock_path ? OK : diag_fail(&c->d, ERR_NOMEM, "out of memory");

	if (e == OK)
		e = file_mkdir(conf->state_dir, 0755, &c->d);
	if (e == OK)
		e = file_lock(lock_path, &lock, &c->d);
	free(lock_path);
	if (e)
		return e;
	e = open_all(&r, &c->d);
	if (e == OK && !opt->dry)
		spool_send(c, conf, r.hub, &r.key);
	if (e == OK) {
		r.net = exchange(&r, &r.net_why);
		if (r.net && !is_survivable(r.net))
			e = diag_fail(&c->d, r.net, "%s", r.net_why.text);
	}
	if (e == OK) {
		judge_clock(&r);
		e = work(&r, &c->d);
	}
	if (e == OK && r.net == OK && r.net_why.text[0])
		cli_warn("%s", r.net_why.text);
	if (e == OK && r.hold[0])
		e = diag_fail(&c->d, ERR_HOLD, "%s", r.hold);
	if (e == OK && r.net)
		e = diag_fail(&c->d, r.net, "%s", r.net_why.text);
	close_all(&r);
	return e;
}
