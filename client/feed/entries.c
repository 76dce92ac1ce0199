/* SPDX-License-Identifier: BSD-2-Clause */
/* New log entries: folded into the tree whatever they are, taken when they are statements
 * that may count. */
#include <stdlib.h>

#include "client/feed/fetch.h"
#include "client/feed/round.h"
#include "client/feed/verify.h"

/* Room for one more element; false when out of memory. */
static bool grow(void **array, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 256;
	void *p;

	if (n < *cap)
		return true;
	p = realloc(*array, more * size);
	if (!p)
		return false;
	*array = p;
	*cap = more;
	return true;
}

static enum err add_leaf(struct round *r, struct slice entry)
{
	void *p = r->leaf;

	if (!grow(&p, r->nleaf, &r->leaf_cap, sizeof(*r->leaf)))
		return ERR_NOMEM;
	r->leaf = p;
	r->leaf[r->nleaf++] = merkle_leaf(entry);
	return OK;
}

static enum err add_attest(struct round *r, const struct feed_statement *s)
{
	void *p = r->attest;

	if (!grow(&p, r->nattest, &r->attest_cap, sizeof(*r->attest)))
		return ERR_NOMEM;
	r->attest = p;
	r->attest[r->nattest++] = (struct attested){s->st.size, s->st.root, s->note};
	return OK;
}

/* The earlier of the two clocks: a local one that runs years ahead must not make us
 * forget what is in force. */
static int64_t safe_now(const struct round *r)
{
	return r->now < r->head.fresh ? r->now : r->head.fresh;
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

	if (s->st.verb != VERB_ATTEST && !verify_is_live(s, safe_now(r)))
		return OK;
	copy = arena_dup(&r->f->priv->notes, s->note);
	if (!copy)
		return ERR_NOMEM;
	s->note.p = copy;
	if (s->st.verb == VERB_ATTEST)
		return s->valid ? add_attest(r, s) : OK;
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

static int by_size(const void *a, const void *b)
{
	const struct attested *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

/* Compares the attests of the frontier's size from *at on. A tree that was passed in an
 * earlier round cannot be compared any more: the frontier does not go back. */
static void compare_attests(struct round *r, const struct frontier *log, size_t *at)
{
	struct hash root;

	while (*at < r->nattest && (uint64_t)r->attest[*at].size < log->size)
		(*at)++;
	if (*at == r->nattest || (uint64_t)r->attest[*at].size > log->size)
		return;
	root = frontier_root(log);
	for (; *at < r->nattest && (uint64_t)r->attest[*at].size == log->size; (*at)++) {
		if (hash_same(&r->attest[*at].root, &root))
			continue;
		state_evidence(
			r->f->dir, "attest", r->attest[*at].note, r->attest[*at].note);
		state_evidence(r->f->dir, "checkpoint", r->text, r->bytes);
		round_hold(r,
			"attest: the tree of %llu entries is not the one that was "
			"attested: "
			"something is withheld",
			(unsigned long long)log->size);
	}
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
	size_t at = 0;
	enum err e;

	e = fetch_entries(r->f, r->h, from, r->c.size, each_entry, r, d);
	if (e)
		return e;
	if (r->nattest)
		qsort(r->attest, r->nattest, sizeof(*r->attest), by_size);
	compare_attests(r, &log, &at);
	for (size_t i = 0; i < r->nleaf; i++) {
		frontier_append(&log, &r->leaf[i]);
		compare_attests(r, &log, &at);
	}
	root = frontier_root(&log);
	if (hash_same(&root, &r->c.root)) {
		r->head.log = log;
		r->head.skipped += (int64_t)r->skipped;
		return OK;
	}
	r->skipped = 0;
	keep_revocations(r);
	round_doubt(r);
	round_hold(r,
		"fork: the log of %llu entries does not continue the one of %llu that "
		"was "
		"followed",
		(unsigned long long)r->c.size, (unsigned long long)from);
	return OK;
}
