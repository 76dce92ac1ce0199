/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/feed/bundles.h"
#include "client/feed/fetch.h"
#include "client/feed/round.h"
#include "client/feed/verify.h"
#include "common/clock.h"
#include "common/file.h"

#define ROOT_POLL 3600 /* seconds after which the next root is asked for unhinted */

void round_hold(struct round *r, const char *fmt, ...)
{
	char text[DIAG_MAX];
	struct diag d;
	va_list ap;

	if (*r->hold)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)diag_fail(&d, OK, "%s", text); /* makes it printable */
	memcpy(r->hold, d.text, sizeof(r->hold));
}

int64_t round_safe_now(const struct round *r)
{
	return r->now < r->head.fresh ? r->now : r->head.fresh;
}

void round_doubt(struct round *r)
{
	CLEANUP_BUF struct buf old;
	const char *dir = r->f->dir;
	char *path = state_path(dir, "checkpoint");
	struct note n;

	r->doubt = true;
	buf_init(&old, CHECKPOINT_MAX + SIG_LINES_MAX);
	if (path && file_read(path, &old, NULL) == OK &&
		note_parse(buf_view(&old), &n, NULL) == OK)
		(void)state_evidence(dir, "stored", n.text, buf_view(&old));
	(void)state_evidence(dir, "received", r->text, r->bytes);
	free(path);
}

/* Follows the roots when the hub hints at a new one, and once an hour anyway. Another
 * log key's log is another log: it is followed from its beginning. */
static enum err follow_roots(struct round *r, int64_t hint, struct diag *d)
{
	struct feed *f = r->f;
	bool due =
		r->now >= r->head.root_polled + ROOT_POLL || r->now < r->head.root_polled;
	bool news = false;
	enum err e;

	if (hint <= f->root.version && !due)
		return OK;
	e = roots_follow(f, r->h, &news, d);
	r->head.root_polled = r->now;
	/* what was verified is kept, whatever becomes of the rest of the chain */
	if (strcmp(r->head.origin, root_origin(&f->root)) != 0) {
		f->priv->moving = *r->head.origin != '\0';
		head_begin_log(&r->head, root_origin(&f->root));
	}
	return e;
}

/* The checkpoint against what was followed. */
static enum err compare(struct round *r, struct diag *d)
{
	const struct frontier *log = &r->head.log;
	struct hash root = frontier_root(log);
	struct note n;
	int64_t time;
	enum err e = verify_checkpoint(&r->f->root, r->bytes, &n, &r->c, &time, d);

	if (e)
		return e;
	r->f->seen_time = time;
	r->text = n.text;
	if (r->c.size < log->size)
		round_hold(r, "rollback: the log has %llu entries, and it had %llu",
			(unsigned long long)r->c.size, (unsigned long long)log->size);
	else if (r->c.size == log->size && !hash_same(&root, &r->c.root))
		round_hold(r, "fork: another log of %llu entries than the one followed",
			(unsigned long long)log->size);
	else if (time > r->head.fresh)
		r->head.fresh = time;
	if (*r->hold)
		round_doubt(r);
	return OK;
}

static void check_times(struct round *r)
{
	const struct root *root = &r->f->root;
	char text[CLOCK_TEXT];

	if (root->expires <= r->now) {
		clock_format(root->expires, text);
		round_hold(r, "root %lld expired at %s", (long long)root->version, text);
	}
	if (r->now - r->head.fresh > root->max_age) {
		clock_format(r->head.fresh, text);
		round_hold(r, "freeze: the newest checkpoint is of %s, older than %lld s",
			text, (long long)root->max_age);
	}
}

/* By which a statement is issued too far ahead. The hub's time may let one in, so that a
 * clock that is behind keeps no revocation out; it expires nothing. */
static int64_t latest(const struct round *r)
{
	return r->now > r->head.fresh ? r->now : r->head.fresh;
}

/* What the log before this one held moves along, and is trusted as far as it was. */
static void carry_over(struct feed *f, const struct head *h)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct feed_statement *s = &f->st[i];

		if (s->st.verb == VERB_APPROVE && s->index >= (uint64_t)h->trusted) {
			bundle_unmap(s);
			continue;
		}
		s->index = INDEX_CARRIED;
		f->st[n++] = *s;
	}
	f->n = n;
}

/* Entries, bundles, and what follows from them; needs the statements in memory. */
static enum err take_news(struct round *r, struct diag *d)
{
	struct feed *f = r->f;
	enum err e = feed_load(f, d);

	if (e)
		return e;
	if (f->priv->moving)
		carry_over(f, &r->head);
	r->old_n = f->n;
	feed_judge(f);
	if (!r->doubt && r->c.size > r->head.log.size)
		e = round_entries(r, d);
	if (e)
		return e;
	feed_set_time(f, latest(r));
	e = round_attests(r, d);
	return e ? e : round_bundles(r, d);
}

static void settle_hold(struct round *r)
{
	struct head *h = &r->head;
	bool held = h->hold_since != 0;

	if (*r->hold) {
		if (!held)
			h->hold_since = r->now;
		memcpy(h->hold, r->hold, sizeof(h->hold));
		return;
	}
	h->hold_since = 0;
	h->hold[0] = '\0';
	h->trusted = (int64_t)h->log.size;
	r->changed = r->changed || held;
}

static enum err start(struct round *r, struct diag *d)
{
	const struct head *h = &r->f->priv->head;
	enum err e = OK;

	r->old_n = r->f->n; /* of statements that an earlier round has loaded */
	r->head = *h;
	r->head.missing = NULL;
	r->head.nmissing = 0;
	for (size_t i = 0; !e && i < h->nmissing; i++)
		e = head_add_missing(&r->head, &h->missing[i]);
	return e ? diag_fail(d, e, "out of memory") : OK;
}

static void warn(const struct round *r, struct diag *d)
{
	size_t missing = r->f->missing;

	if (r->skipped)
		(void)diag_fail(
			d, OK, "%zu log entries skipped: %s", r->skipped, r->skip_why);
	if (missing && *r->miss_why)
		(void)diag_at(d, OK, "%zu bundles not had yet: %s%s", missing,
			r->miss_why, r->skipped ? "; " : "");
}

static enum err run(struct round *r, int64_t hint, bool *ret_news, struct diag *d)
{
	const struct head *old = &r->f->priv->head;
	enum err e = start(r, d);

	if (!e)
		e = follow_roots(r, hint, d);
	if (!e)
		e = compare(r, d);
	if (e)
		return e;
	r->changed = r->f->priv->moving || r->head.root_version != r->f->root.version ||
		     r->head.wake <= latest(r) ||
		     (!r->doubt && r->c.size != old->log.size);
	r->head.root_version = r->f->root.version;
	check_times(r);
	if (r->changed || old->nmissing) {
		e = take_news(r, d);
		r->changed = r->changed || r->head.nmissing != old->nmissing;
	}
	round_check_attests(r);
	settle_hold(r);
	/* by the clock, so that it goes on rising when the state was lost */
	if (r->changed)
		r->head.changed = r->head.changed < r->now ? r->now : r->head.changed + 1;
	if (!e)
		e = round_save(r, d);
	if (e)
		return e;
	*ret_news = r->changed;
	d->text[0] = '\0';
	warn(r, d);
	return *r->f->hold ? diag_fail(d, ERR_HOLD, "on hold: %s", r->f->hold) : OK;
}

static enum err locked_round(struct feed *f, struct hub *h, struct slice note,
	int64_t hint, bool *ret_news, struct diag *d)
{
	struct round r = {.f = f, .h = h, .bytes = note, .now = clock_now()};
	enum err e;

	head_init(&r.head);
	e = run(&r, hint, ret_news, d);
	/* statements of a round that was not saved are not there */
	if (e && e != ERR_HOLD)
		feed_unload(f);
	head_done(&r.head);
	free(r.leaf);
	return e;
}

/* Nothing that is fresh came: that is a hold as soon as what we have is too old. */
static enum err no_news(struct feed *f, enum err e, struct diag *d)
{
	struct round r = {.f = f, .now = clock_now()};

	if (!f->fresh_time || r.now - f->fresh_time <= f->root.max_age)
		return e;
	if (!start(&r, NULL)) {
		check_times(&r);
		settle_hold(&r);
		if (feed_save_head(f, &r.head, NULL))
			memcpy(f->hold, r.hold, sizeof(f->hold));
	}
	head_done(&r.head);
	return diag_at(d, ERR_HOLD, "on hold: %s: ", f->hold);
}

enum err feed_miss(struct feed *f, enum err why, struct diag *d)
{
	f->seen_time = 0;
	if (feed_lock(f, NULL))
		return why;
	if (feed_is_current(f))
		why = no_news(f, why, d);
	feed_unlock(f);
	return why;
}

enum err feed_update(
	struct feed *f, struct hub *h, int wait, bool *ret_news, struct diag *d)
{
	CLEANUP_BUF struct buf note;
	struct diag own = {0};
	int64_t hint;
	enum err e;

	if (!d)
		d = &own;
	buf_init(&note, CHECKPOINT_MAX);
	*ret_news = false;
	f->seen_time = 0;
	e = fetch_checkpoint(f, h, f->log.size, wait, &note, d);
	hint = hub_root_hint(h);
	if (e == ERR_NOMEM)
		return e;
	if (feed_lock(f, e ? NULL : d))
		return e ? e : ERR_TEMPFAIL;
	if (!feed_is_current(f)) {
		struct diag why = {0};
		enum err damage = feed_read(f, &why);

		if (feed_is_damage(damage))
			damage = feed_start_over(f, &why);
		if (damage) {
			feed_unlock(f);
			return diag_fail(d, damage, "%s", why.text);
		}
		*ret_news = true;
	}
	if (!e) {
		bool news = false;

		e = locked_round(f, h, buf_view(&note), hint, &news, d);
		/* what was stored turned out damaged and was set aside: from the start */
		if (e == ERR_TEMPFAIL)
			e = locked_round(f, h, buf_view(&note), hint, &news, d);
		*ret_news = *ret_news || news;
	}
	if (e && e != ERR_HOLD && e != ERR_NOMEM && e != ERR_CANTCREAT)
		e = no_news(f, e, d);
	feed_unlock(f);
	return e;
}
