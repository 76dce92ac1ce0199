/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a round: bundles, then the journal, then the head, so that a run killed
 * anywhere in between is as if it never was. */
#include <stdlib.h>

#include "client/feed/bundles.h"
#include "client/feed/journal.h"
#include "client/feed/leaves.h"
#include "client/feed/round.h"
#include "client/feed/verify.h"
#include "common/file.h"

#define GIVE_UP   3   /* unreachable so many times in a row: the others wait */
#define DEAD_KEPT 256 /* so many dead records are not worth a rewrite */

/* An error of this machine, not of what the hub served. */
static bool is_local(enum err e)
{
	return e == ERR_NOMEM || e == ERR_CANTCREAT || e == ERR_IO || e == ERR_NOPERM;
}

static void note_miss(struct round *r, struct feed_statement *s, const struct diag *why)
{
	s->missing = true;
	if (s->st.verb == VERB_REVOKE && !r->revoke_missing) {
		r->revoke_missing = true;
		round_hold(r, "a revocation's bundle cannot be had: log entry %llu: %s",
			(unsigned long long)s->index, why->text);
	}
	if (!*r->miss_why)
		memcpy(r->miss_why, why->text, sizeof(r->miss_why));
}

static enum err fetch_one(
	struct round *r, struct feed_statement *s, int *unreachable, struct diag *d)
{
	struct diag why = {0};
	enum err e = ERR_UNAVAILABLE;

	s->missing = false;
	if (bundle_is_there(r->f, s))
		return OK;
	if (*unreachable < GIVE_UP)
		e = bundle_fetch(r->f, r->h, s, &why);
	else
		(void)diag_fail(&why, e, "the hub stopped answering");
	*unreachable = e == ERR_UNAVAILABLE ? *unreachable + 1 : 0;
	if (e == OK)
		return OK;
	if (is_local(e))
		return diag_fail(d, e, "%s", why.text);
	if (e != ERR_VALUE) {
		note_miss(r, s, &why);
		return OK;
	}
	s->dead = true;
	if (!r->skipped++)
		memcpy(r->skip_why, why.text, sizeof(r->skip_why));
	r->head.skipped++;
	return OK;
}

enum err round_bundles(struct round *r, struct diag *d)
{
	static const enum verb order[] = {VERB_REVOKE, VERB_APPROVE, VERB_NOTICE};
	struct feed *f = r->f;
	char *dir = state_path(f->dir, "bundle");
	int64_t now = round_safe_now(r);
	int unreachable = 0;
	enum err e =
		dir ? file_mkdir(dir, 0755, d) : diag_fail(d, ERR_NOMEM, "out of memory");

	free(dir);
	for (size_t pass = 0; pass < sizeof(order) / sizeof(*order); pass++)
		for (size_t i = 0; !e && i < f->n; i++)
			if (f->st[i].st.verb == order[pass] &&
				verify_wants_bundle(&f->st[i], now))
				e = fetch_one(r, &f->st[i], &unreachable, d);
	if (e)
		return e;
	head_done(&r->head);
	r->head.wake = INT64_MAX;
	for (size_t i = 0; !e && i < f->n; i++) {
		struct feed_statement *s = &f->st[i];

		if (s->missing && verify_wants_bundle(s, now))
			e = head_add_missing(&r->head, &s->st.bundle);
		if (s->parked && s->st.issued - STATEMENT_PARK < r->head.wake)
			r->head.wake = s->st.issued - STATEMENT_PARK;
	}
	return e ? diag_fail(d, e, "out of memory") : OK;
}

struct seen {
	struct hash note;
	size_t at;
};

static int by_note(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int c = hash_cmp(&x->note, &y->note);

	return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* A note that was logged twice is kept once: a hub must not fill the disk with one. */
static enum err drop_repeats(struct round *r)
{
	struct feed *f = r->f;
	struct seen *seen;
	size_t n = 0;

	if (f->n == r->old_n)
		return OK;
	seen = calloc(f->n, sizeof(*seen));
	if (!seen)
		return ERR_NOMEM;
	for (size_t i = 0; i < f->n; i++)
		seen[i] = (struct seen){hash_of(f->st[i].note), i};
	qsort(seen, f->n, sizeof(*seen), by_note);
	for (size_t i = 1; i < f->n; i++)
		if (hash_same(&seen[i].note, &seen[i - 1].note))
			f->st[seen[i].at].note.n = 0;
	free(seen);
	for (size_t i = 0; i < f->n; i++)
		if (f->st[i].note.n)
			f->st[n++] = f->st[i];
	f->n = n;
	return OK;
}

static size_t count_dead(const struct round *r, int64_t now)
{
	size_t n = 0;

	for (size_t i = 0; i < r->f->n; i++)
		n += !verify_is_live(&r->f->st[i], now);
	return n;
}

static void drop_dead(struct round *r, int64_t now)
{
	struct feed *f = r->f;
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (verify_is_live(&f->st[i], now))
			f->st[n++] = f->st[i];
		else
			bundle_unmap(&f->st[i]);
	}
	f->n = n;
}

/* Appends what is new, or writes the next generation without what is dead. The one
 * before is left for readers that have just opened its head. */
static enum err write_journal(struct round *r, bool rewrite, struct diag *d)
{
	CLEANUP_BUF struct buf records;
	struct feed *f = r->f;
	char *path, *older = NULL;
	enum err e;

	buf_init(&records, JOURNAL_MAX);
	for (size_t i = rewrite ? 0 : r->old_n; i < f->n; i++)
		journal_put(&records, f->st[i].index, f->st[i].note);
	if (buf_err(&records))
		return diag_fail(
			d, buf_err(&records), "journal: %s", err_text(buf_err(&records)));
	if (rewrite) {
		older = state_path(
			f->dir, "journal.%lld", (long long)r->head.generation - 1);
		r->head.generation++;
		r->head.journal = 0;
	}
	path = state_path(f->dir, "journal.%lld", (long long)r->head.generation);
	if (!path)
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	else if (rewrite)
		e = file_write(path, buf_view(&records), 0644, d);
	else
		e = records.len
			    ? journal_append(path, r->head.journal, buf_view(&records), d)
			    : OK;
	r->head.journal += (int64_t)records.len;
	if (!e && older)
		e = file_remove(older, d);
	free(path);
	free(older);
	return e;
}

enum err round_save(struct round *r, struct diag *d)
{
	struct feed *f = r->f;
	char *path = state_path(f->dir, "checkpoint");
	int64_t now = round_safe_now(r);
	size_t dead;
	bool rewrite = false, voids = false;
	enum err e = path ? OK : ERR_NOMEM;

	if (!e && f->priv->loaded) {
		e = drop_repeats(r);
		dead = count_dead(r, now);
		rewrite = f->priv->moving || (dead > DEAD_KEPT && dead > f->n / 2);
		for (size_t i = 0; i < r->old_n; i++)
			rewrite = rewrite || f->st[i].dead;
		for (size_t i = r->old_n; i < f->n; i++)
			voids = voids ||
				(f->st[i].st.verb == VERB_VOID && f->st[i].valid);
		if (rewrite || f->n > r->old_n)
			drop_dead(r, rewrite ? now : 0);
	}
	if (e)
		(void)diag_fail(d, e, "out of memory");
	/* of a log that is in doubt the last good checkpoint stays */
	if (!e && !r->doubt)
		e = file_write(path, r->bytes, 0644, d);
	if (!e && f->priv->loaded)
		e = write_journal(r, rewrite, d);
	if (!e && r->nleaf)
		e = leaves_append(
			f->dir, r->head.log.size - r->nleaf, r->leaf, r->nleaf, d);
	if (!e)
		e = feed_save_head(f, &r->head, d);
	if (!e)
		f->priv->moving = false;
	/* what was erased at the hub is not kept here */
	if (!e && (rewrite || voids))
		bundle_prune(f);
	free(path);
	return e;
}
