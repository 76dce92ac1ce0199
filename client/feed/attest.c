/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attests: somebody else followed the log, found in it all that was signed, and says
 * which tree that was. Whoever follows another tree is having something withheld.
 *
 * The attest issued last decides: one whose tree is ours vouches for all that came before
 * it, also when an earlier one was of another tree.
 */
#include <stdlib.h>

#include "client/feed/leaves.h"
#include "client/feed/round.h"
#include "client/feed/verify.h"
#include "common/clock.h"

#define KEPT 32 /* attests that are not worth a rewrite of the journal */

/* One of the log before this one says nothing of this one. */
static bool counts(const struct feed *f, const struct feed_statement *s)
{
	return s->st.verb == VERB_ATTEST && s->valid && !s->parked && !s->dead &&
	       strcmp(s->st.log, root_origin(&f->root)) == 0;
}

static int by_size(const void *a, const void *b)
{
	const struct feed_statement *x = *(struct feed_statement *const *)a,
				    *y = *(struct feed_statement *const *)b;

	return (x->st.size > y->st.size) - (x->st.size < y->st.size);
}

static bool is_later(const struct feed_statement *a, const struct feed_statement *b)
{
	return !b || a->st.issued > b->st.issued ||
	       (a->st.issued == b->st.issued && a->index > b->index);
}

struct verdict {
	const struct feed_statement *newest; /* that counts */
	const struct feed_statement *good;   /* the newest of our tree */
	bool differs;                        /* the newest is of another */
};

static void judge(struct round *r, struct verdict *v, struct feed_statement *s,
	const struct hash *ours)
{
	/* none can know of a tree that already holds itself */
	bool same =
		ours && s->st.size <= (int64_t)s->index && hash_same(&s->st.root, ours);

	if (same && is_later(s, v->good))
		v->good = s;
	if (is_later(s, v->newest)) {
		v->newest = s;
		v->differs = !same;
	}
	if (!same && state_evidence(r->f->dir, "attest", s->note, s->note))
		(void)state_evidence(r->f->dir, "checkpoint", r->text, r->bytes);
}

/* All that count, `n` sorted by size, against the trees that the leaves make. */
static void compare(struct round *r, struct verdict *v, struct feed_statement *const *s,
	size_t n, struct slice leaves)
{
	struct frontier tree;
	struct hash root, leaf;
	size_t i = 0;

	frontier_init(&tree);
	for (;;) {
		root = frontier_root(&tree);
		for (; i < n && (uint64_t)s[i]->st.size == tree.size; i++)
			judge(r, v, s[i], &root);
		if (i == n || leaves.n < sizeof(leaf))
			break;
		memcpy(&leaf, leaves.p, sizeof(leaf));
		leaves.p += sizeof(leaf);
		leaves.n -= sizeof(leaf);
		frontier_append(&tree, &leaf);
	}
	for (; i < n; i++)
		judge(r, v, s[i], NULL); /* of more entries than there are */
}

/* What an attest that is ours and newer vouches for, too, need not be kept. */
static void forget(struct feed_statement *const *s, size_t n, const struct verdict *v)
{
	for (size_t i = 0; n > KEPT && v->good && i < n; i++)
		s[i]->dead = s[i] != v->good && is_later(v->good, s[i]);
}

static enum err read_leaves(struct round *r, struct buf *ret, struct diag *d)
{
	struct feed *f = r->f;
	struct frontier before = f->priv->head.log;
	enum err e;

	if (r->head.log.size == r->nleaf) /* another log, from its beginning */
		frontier_init(&before);
	e = leaves_read(f->dir, &before, ret, d);
	if (feed_is_damage(e)) {
		e = feed_start_over(f, d);
		return e ? e : ERR_TEMPFAIL;
	}
	buf_put(ret, r->leaf, r->nleaf * sizeof(*r->leaf));
	if (!e && buf_err(ret))
		e = diag_fail(d, buf_err(ret), "leaves: %s", err_text(buf_err(ret)));
	return e;
}

enum err round_attests(struct round *r, struct diag *d)
{
	CLEANUP_BUF struct buf leaves;
	struct feed *f = r->f;
	struct feed_statement **s = calloc(f->n + 1, sizeof(*s));
	struct verdict v = {0};
	size_t n = 0;
	enum err e = s ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	buf_init(&leaves, SIZE_MAX);
	for (size_t i = 0; s && i < f->n; i++)
		if (counts(f, &f->st[i]))
			s[n++] = &f->st[i];
	if (!e && n)
		e = read_leaves(r, &leaves, d);
	if (!e && n) {
		qsort(s, n, sizeof(struct feed_statement *), by_size);
		compare(r, &v, s, n, buf_view(&leaves));
		forget(s, n, &v);
	}
	if (!e) {
		r->head.attested = v.good ? v.good->st.issued : 0;
		r->head.disputed = v.differs ? v.newest->st.size + 1 : 0;
	}
	free(s);
	return e;
}

/* What was served at a time when an attest should have been in it. */
static void keep_overdue(struct round *r)
{
	const struct feed_statement *newest = NULL;

	(void)state_evidence(r->f->dir, "overdue", r->text, r->bytes);
	if (feed_load(r->f, NULL))
		return;
	for (size_t i = 0; i < r->f->n; i++)
		if (counts(r->f, &r->f->st[i]) && is_later(&r->f->st[i], newest))
			newest = &r->f->st[i];
	if (newest)
		(void)state_evidence(r->f->dir, "attest", newest->note, newest->note);
}

void round_check_attests(struct round *r)
{
	const struct root *root = &r->f->root;
	int64_t since = r->head.attested > root->issued ? r->head.attested : root->issued;
	char text[CLOCK_TEXT];

	if (r->head.disputed)
		round_hold(r,
			"attest: the tree of %lld entries is not the one that was "
			"attested: something is withheld",
			(long long)r->head.disputed - 1);
	if (!root->attest_within || r->f->attests ||
		r->now - since <= root->attest_within)
		return;
	clock_format(since, text);
	if (!r->head.hold_since)
		keep_overdue(r);
	round_hold(r, "attest overdue: none since %s, and one is due every %lld s", text,
		(long long)root->attest_within);
}
