/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/feed/feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/feed/bundles.h"
#include "client/feed/journal.h"
#include "client/feed/private.h"
#include "client/feed/verify.h"
#include "common/clock.h"
#include "common/file.h"

#define NOTES_MAX ((size_t)1 << 30)

void feed_unload(struct feed *f)
{
	for (size_t i = 0; i < f->n; i++)
		bundle_unmap(&f->st[i]);
	free(f->st);
	f->st = NULL;
	f->n = f->priv->cap = 0;
	f->priv->loaded = false;
	buf_done(&f->priv->journal);
	arena_done(&f->priv->notes);
}

void feed_close(struct feed **fp)
{
	struct feed *f = *fp;

	*fp = NULL;
	if (!f)
		return;
	if (f->priv) {
		feed_unload(f);
		head_done(&f->priv->head);
		free(f->priv->root1);
	}
	if (f->priv)
		feed_unlock(f);
	free(f->priv);
	free(f->dir);
	free(f);
}

struct feed_statement *feed_grow(struct feed *f)
{
	if (f->n == f->priv->cap) {
		size_t cap = f->priv->cap ? f->priv->cap * 2 : 64;
		struct feed_statement *more = realloc(f->st, cap * sizeof(*more));

		if (!more)
			return NULL;
		f->st = more;
		f->priv->cap = cap;
	}
	f->st[f->n] = (struct feed_statement){0};
	return &f->st[f->n++];
}

void feed_judge(struct feed *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->st[i].valid = verify_statement(&f->root, &f->st[i], NULL) == OK;
}

void feed_set_time(struct feed *f, int64_t time)
{
	for (size_t i = 0; i < f->n; i++) {
		struct feed_statement *s = &f->st[i];

		s->parked = s->st.issued > time + STATEMENT_PARK;
		s->missing = head_is_missing(&f->priv->head, &s->st.bundle);
	}
	verify_voids(f->st, f->n);
}

enum err feed_lock(struct feed *f, struct diag *d)
{
	char *path;
	enum err e;

	if (f->priv->lock >= 0)
		return OK;
	path = state_path(f->dir, "lock");
	e = path ? file_lock(path, &f->priv->lock, d)
		 : diag_fail(d, ERR_NOMEM, "out of memory");
	free(path);
	return e;
}

void feed_unlock(struct feed *f)
{
	file_close(&f->priv->lock);
}

/* Sets the public fields from the head. */
static void publish(struct feed *f)
{
	const struct head *h = &f->priv->head;

	f->log = h->log;
	f->fresh_time = h->fresh;
	f->skipped = (size_t)h->skipped;
	f->changed = h->changed;
	f->missing = h->nmissing;
	f->hold_since = h->hold_since;
	memcpy(f->hold, h->hold, sizeof(f->hold));
	f->root_expired = f->root.expires <= clock_now();
}

enum err feed_save_head(struct feed *f, struct head *h, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	char *path = state_path(f->dir, "head");
	enum err e;

	buf_init(&text, HEAD_MAX);
	head_put(&text, h);
	if (!path || buf_err(&text))
		e = diag_fail(d, path ? buf_err(&text) : ERR_NOMEM, "head: %s",
			err_text(path ? buf_err(&text) : ERR_NOMEM));
	else
		e = file_write(path, buf_view(&text), 0644, d);
	free(path);
	if (e)
		return e;
	head_done(&f->priv->head);
	f->priv->head = *h;
	head_init(h);
	publish(f);
	return OK;
}

static enum err read_head(struct feed *f, struct head *ret, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	char *path = state_path(f->dir, "head");
	struct diag why; /* a text in *d with OK is a warning, and a new feed is none */
	enum err e;

	buf_init(&text, HEAD_MAX);
	e = path ? file_read(path, &text, &why)
		 : diag_fail(&why, ERR_NOMEM, "out of memory");
	free(path);
	if (e == ERR_NOT_FOUND) {
		head_init(ret);
		return OK;
	}
	return e ? diag_fail(d, e, "%s", why.text) : head_parse(buf_view(&text), ret, d);
}

enum err feed_read(struct feed *f, struct diag *d)
{
	struct head h;
	enum err e = roots_read(f, d);

	if (!e)
		e = read_head(f, &h, d);
	if (e)
		return e;
	feed_unload(f);
	if (h.root_version > f->root.version) {
		head_done(&h);
		return diag_fail(d, ERR_SYNTAX, "a root document is gone");
	}
	f->priv->moving = *h.origin && strcmp(h.origin, root_origin(&f->root)) != 0;
	if (!*h.origin || f->priv->moving)
		head_begin_log(&h, root_origin(&f->root));
	head_done(&f->priv->head);
	f->priv->head = h;
	publish(f);
	return OK;
}

bool feed_is_current(struct feed *f)
{
	CLEANUP_BUF struct buf disk, own;
	char *path = state_path(f->dir, "head");
	enum err e;

	buf_init(&disk, HEAD_MAX);
	buf_init(&own, HEAD_MAX);
	e = path ? file_read(path, &disk, NULL) : ERR_NOMEM;
	free(path);
	if (e == ERR_NOT_FOUND)
		return f->priv->head.log.size == 0 && f->priv->head.fresh == 0;
	head_put(&own, &f->priv->head);
	return !e && !buf_err(&own) && slice_same(buf_view(&disk), buf_view(&own));
}

enum err feed_start_over(struct feed *f, struct diag *d)
{
	bool had = f->priv->lock >= 0;
	char why[DIAG_MAX];
	enum err e;

	(void)snprintf(why, sizeof(why), "%s", d ? d->text : "");
	e = feed_lock(f, d);
	if (e)
		return e;
	/* what was read may have been replaced meanwhile by one that is whole */
	if (feed_is_current(f) || feed_is_damage(feed_read(f, NULL)))
		e = state_set_aside(f->dir, f->priv->head.generation, d);
	if (!e)
		e = feed_read(f, d);
	if (!had)
		feed_unlock(f);
	if (!e)
		(void)diag_fail(d, OK,
			"%s: the stored feed was damaged and is set aside: %s", f->dir,
			why);
	return e;
}

bool feed_is_damage(enum err e)
{
	return e == ERR_SYNTAX || e == ERR_VALUE || e == ERR_LIMIT || e == ERR_STALE ||
	       e == ERR_SIGNATURE || e == ERR_WRONG_HUB;
}

static bool channel_is_name(const char *channel)
{
	size_t n = strlen(channel);

	return n > 0 && n <= CHANNEL_MAX &&
	       strspn(channel, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

enum err feed_open(const char *dir, const char *root1, const char *channel,
	struct feed **ret, struct diag *d)
{
	CLEANUP_FEED struct feed *f = NULL;
	enum err e;

	if (!channel_is_name(channel))
		return diag_fail(d, ERR_CONFIG, "channel \"%s\": no such name", channel);
	f = calloc(1, sizeof(*f));
	if (f)
		f->priv = calloc(1, sizeof(*f->priv));
	if (f && f->priv)
		f->priv->lock = -1;
	if (!f || !f->priv || !(f->dir = strdup(dir)) ||
		!(f->priv->root1 = strdup(root1)))
		return diag_fail(d, ERR_NOMEM, "out of memory");
	(void)snprintf(f->channel, sizeof(f->channel), "%s", channel);
	head_init(&f->priv->head);
	buf_init(&f->priv->journal, JOURNAL_MAX);
	arena_init(&f->priv->notes, NOTES_MAX);
	e = file_mkdir(dir, 0755, d);
	if (!e)
		e = feed_read(f, d);
	if (feed_is_damage(e))
		e = feed_start_over(f, d);
	else if (!e && d)
		d->text[0] = '\0'; /* of files that need not be there */
	if (e)
		return e;
	*ret = f;
	f = NULL;
	return OK;
}

const char *feed_origin(const struct feed *f)
{
	return root_origin(&f->root);
}

static enum err read_journal(struct feed *f, struct diag *d)
{
	struct head *h = &f->priv->head;
	char *path = state_path(f->dir, "journal.%lld", (long long)h->generation);
	struct slice rest, note;
	uint64_t index;
	enum err e = OK;

	if (!path)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (h->journal)
		e = file_read(path, &f->priv->journal, d);
	free(path);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_SYNTAX : e;
	rest = buf_view(&f->priv->journal);
	if ((int64_t)rest.n < h->journal)
		return diag_fail(d, ERR_SYNTAX, "journal: it is cut");
	rest.n = (size_t)h->journal;
	while (!e && rest.n) {
		struct feed_statement *s = feed_grow(f);

		if (!s)
			return diag_fail(d, ERR_NOMEM, "out of memory");
		e = journal_next(&rest, &index, &note, d);
		if (!e)
			e = verify_entry(h->origin, index, note, s, d);
	}
	return e;
}

/* The later of our clock and the hub's, by which statements are parked. */
static int64_t latest(const struct feed *f)
{
	int64_t now = clock_now();

	return now > f->fresh_time ? now : f->fresh_time;
}

enum err feed_load(struct feed *f, struct diag *d)
{
	enum err e;

	if (f->priv->loaded)
		return OK;
	feed_unload(f);
	e = read_journal(f, d);
	if (feed_is_damage(e)) {
		e = feed_start_over(f, d);
		return e ? e : ERR_TEMPFAIL;
	}
	if (e)
		return e;
	f->priv->loaded = true;
	feed_judge(f);
	feed_set_time(f, latest(f));
	return OK;
}

static enum err note_lost(struct feed *f, const struct hash *lost, struct diag *d)
{
	struct head h = f->priv->head;
	enum err e = OK;

	h.missing = NULL;
	h.nmissing = 0;
	for (size_t i = 0; !e && i < f->priv->head.nmissing; i++)
		e = head_add_missing(&h, &f->priv->head.missing[i]);
	if (!e)
		e = head_add_missing(&h, lost);
	if (e)
		(void)diag_fail(d, e, "out of memory");
	else
		e = bundle_remove(f, lost, d);
	if (!e)
		e = feed_save_head(f, &h, d);
	head_done(&h);
	return e;
}

/* A bundle that was there and is no more, or has other bytes: the next update fetches it
 * again. Until then nothing is said about what is active. */
static enum err bundle_lost(struct feed *f, struct hash lost, struct diag *d)
{
	enum err e = feed_lock(f, d);

	/* another process may have moved on, and thrown away what nobody needs now */
	if (!e && feed_is_current(f))
		e = note_lost(f, &lost, d);
	else if (!e)
		e = feed_read(f, d);
	feed_unlock(f);
	return e ? e
		 : diag_fail(d, ERR_TEMPFAIL,
			   "%s: a stored bundle was damaged or is gone", f->dir);
}

/* In a hold, approvals that came with or after its cause wait. */
static bool counts(const struct feed *f, const struct feed_statement *s, int64_t now)
{
	if (!s->valid || s->parked || s->st.verb == VERB_ATTEST ||
		s->st.verb == VERB_NOTICE || !verify_is_live(s, now))
		return false;
	if (s->st.verb == VERB_VOID)
		return true;
	if (s->voided || s->missing)
		return false;
	return !*f->hold || s->st.verb != VERB_APPROVE || s->index == INDEX_CARRIED ||
	       s->index < (uint64_t)f->priv->head.trusted;
}

enum err feed_notices(struct feed *f, int64_t now,
	enum err (*each)(void *ctx, const struct feed_statement *s, struct slice text,
		struct diag *d),
	void *ctx, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	enum err e = feed_load(f, d);

	buf_init(&text, NOTICE_MAX);
	for (size_t i = e ? 0 : f->n; !e && i > 0; i--) {
		const struct feed_statement *s = &f->st[i - 1];

		if (s->st.verb != VERB_NOTICE || s->missing ||
			!verify_wants_bundle(s, now))
			continue;
		buf_reset(&text);
		e = bundle_read(f, s, &text, d);
		if (e == ERR_NOT_FOUND || e == ERR_SYNTAX || e == ERR_LIMIT)
			return bundle_lost(f, s->st.bundle, d);
		if (!e)
			e = each(ctx, s, buf_view(&text), d);
	}
	return e;
}

static enum err map(struct feed *f, struct feed_statement *s, struct diag *d)
{
	enum err e = s->st.verb == VERB_VOID ? OK : bundle_map(f, s, d);

	return e == ERR_NOT_FOUND || e == ERR_SYNTAX ? bundle_lost(f, s->st.bundle, d)
						     : e;
}

enum err feed_map(struct feed *f, int64_t now, int64_t since, struct diag *d)
{
	enum err e = feed_load(f, d);

	if (!e)
		feed_set_time(f, latest(f));
	for (size_t i = 0; !e && i < f->n; i++)
		if (f->st[i].st.issued >= since && counts(f, &f->st[i], now))
			e = map(f, &f->st[i], d);
	return e;
}

void feed_decisions_done(struct feed_decisions *x)
{
	free(x->in);
	free(x->place);
	*x = (struct feed_decisions){0};
}

enum err feed_decisions(
	struct feed *f, int64_t now, struct feed_decisions *ret, struct diag *d)
{
	struct feed_decisions x = {0};
	enum err e = feed_load(f, d);

	if (e)
		return e;
	/* not by `now`, in which somebody who doubts the clock may stand still */
	feed_set_time(f, latest(f));
	x.in = calloc(f->n + 1, sizeof(*x.in));
	x.place = calloc(f->n + 1, sizeof(*x.place));
	if (!x.in || !x.place)
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	for (size_t i = 0; !e && i < f->n; i++) {
		struct feed_statement *s = &f->st[i];

		if (!counts(f, s, now))
			continue;
		e = map(f, s, d);
		if (e)
			break;
		x.place[x.n] = (uint32_t)i;
		x.in[x.n++] = (struct decision){&s->st, s->id, s->bundle};
	}
	if (e)
		feed_decisions_done(&x);
	else
		*ret = x;
	return e;
}

enum err feed_active(struct feed *f, int64_t now, struct activeset *ret, struct diag *d)
{
	struct feed_decisions x = {0};
	enum err e = feed_decisions(f, now, &x, d);

	if (e)
		return e;
	e = activeset_merge(x.in, x.n, now, ret);
	for (size_t i = 0; !e && i < ret->n; i++)
		ret->a[i].by = x.place[ret->a[i].by];
	feed_decisions_done(&x);
	return e == ERR_NOMEM ? diag_fail(d, e, "out of memory") : e;
}
