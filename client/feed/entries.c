/* SPDX-License-Identifier: BSD-2-Clause */
/* New log entries: folded into the tree whatever they are, taken when they are statements
 * that may count. */
#include <stdlib.h>

#include "client/feed/fetch.h"
#include "client/feed/round.h"
#include "client/feed/verify.h"

static enum err add_leaf(struct round *r, struct slice entry)
{
	if (r->nleaf == r->leaf_cap) {
		size_t cap = r->leaf_cap ? r->leaf_cap * 2 : 256;
		struct hash *more = reallocarray(r->leaf, cap, sizeof(*more));

		if (!more)
			return ERR_NOMEM;
		r->leaf = more;
		r->leaf_cap = cap;
	}
	r->leaf[r->nleaf++] = merkle_leaf(entry);
	return OK;
}

static void skip(struct round *r, const struct diag *d)
{
	if (!r->skipped++)
		memcpy(r->skip_why, d->text, sizeof(r->skip_why));
}

/* Keeps a statement that may count, now or under a later root. */
static enum err take(struct round *r, struct feed_statement *s)
{
	struct feed_statement *slot;
	char *copy;

	if (!verify_is_live(s, round_safe_now(r)))
		return OK;
	copy = arena_dup(&r->f->priv->notes, s->note);
	if (!copy)
		return ERR_NOMEM;
	s->note.p = copy;
	slot = feed_grow(r->f);
	if (!slot)
		return ERR_NOMEM;
	*slot = *s;
	return OK;
}

/* Whatever an entry is, it must never wedge a client: it is folded, and skipped when it
 * is not a statement or not signed well enough. */
static enum err each_entry(void *ctx, uint64_t index, struct slice entry, struct diag *d)
{
	struct round *r = ctx;
	struct feed_statement s;
	struct diag why = {0};
	enum err e = add_leaf(r, entry);

	if (e)
		return diag_fail(d, e, "out of memory");
	if (verify_entry(r->head.origin, index, entry, &s, &why)) {
		skip(r, &why);
		return OK;
	}
	s.valid = verify_statement(&r->f->root, &s, &why) == OK;
	if (!s.valid)
		skip(r, &why);
	e = take(r, &s);
	return e ? diag_fail(d, e, "out of memory") : OK;
}

/* Of a log that is not the one followed so far only what takes away is kept: a valid
 * revocation is the coordinators' word, whoever brings it. */
static void keep_revocations(struct round *r)
{
	size_t n = r->old_n;

	for (size_t i = r->old_n; i < r->f->n; i++) {
		enum verb v = r->f->st[i].st.verb;

		if (r->f->st[i].valid && (v == VERB_REVOKE || v == VERB_VOID))
			r->f->st[n++] = r->f->st[i];
	}
	r->f->n = n;
}

enum err round_entries(struct round *r, struct diag *d)
{
	struct frontier log = r->head.log;
	uint64_t from = log.size;
	struct hash root;
	enum err e;

	e = fetch_entries(r->f, r->h, from, r->c.size, each_entry, r, d);
	if (e)
		return e;
	for (size_t i = 0; i < r->nleaf; i++)
		frontier_append(&log, &r->leaf[i]);
	root = frontier_root(&log);
	if (hash_same(&root, &r->c.root)) {
		r->head.log = log;
		r->head.skipped += (int64_t)r->skipped;
		return OK;
	}
	r->skipped = r->nleaf = 0;
	keep_revocations(r);
	round_doubt(r);
	round_hold(r,
		"fork: the log of %llu entries does not continue the one of %llu that "
		"was "
		"followed",
		(unsigned long long)r->c.size, (unsigned long long)from);
	return OK;
}
