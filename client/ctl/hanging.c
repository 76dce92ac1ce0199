/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/hanging.h"

#include <stdlib.h>

#include "client/ctl/reissue.h"
#include "client/feed/verify.h"

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "out of memory");
}

/* Those that count now and would not. */
static bool *flag(
	const struct feed *f, const struct root *under, int64_t now, size_t *ret_n)
{
	bool *out = calloc(f->n + 1, sizeof(*out));

	*ret_n = 0;
	for (size_t i = 0; out && i < f->n; i++) {
		const struct feed_statement *s = &f->st[i];

		/* a notice enforces nothing: it goes with its key */
		out[i] = s->valid && !s->parked && s->st.verb != VERB_NOTICE &&
			 verify_is_live(s, now) && verify_statement(under, s, NULL);
		*ret_n += out[i];
	}
	return out;
}

/* All values of the flagged revocations, each with the newest `issued` of those. */
static enum err collect(
	const struct feed *f, const bool *out, struct picks *x, struct diag *d)
{
	enum err e = OK;

	for (size_t i = 0; !e && i < f->n; i++) {
		struct slice body = f->st[i].bundle;
		struct line l;

		if (!out[i] || f->st[i].st.verb != VERB_REVOKE)
			continue;
		while (!e && body.n && bundle_next(LINE_REVOKE, &body, &l))
			e = picks_add(x, LINE_REVOKE, &l, d);
	}
	picks_sort(x);
	return e;
}

/* Sets `touched` of the values to the newest revocation among those with out[i] == which.
 */
static void newest(const struct feed *f, const bool *out, bool which, struct picks *x)
{
	for (size_t i = 0; i < x->n; i++)
		x->p[i].touched = INT64_MIN;
	for (size_t i = 0; i < f->n; i++) {
		const struct feed_statement *s = &f->st[i];
		struct slice body = s->bundle;
		struct line l;

		if (s->st.verb != VERB_REVOKE || !s->valid || out[i] != which)
			continue;
		while (body.n && bundle_next(LINE_REVOKE, &body, &l)) {
			struct pick *p = picks_find(x, l.kind, l.value);

			if (p && s->st.issued > p->touched)
				p->touched = s->st.issued;
		}
	}
}

/* Values that are not in force, and that only flagged revocations keep from coming back
 * with an old approval: they are revoked again. */
static enum err add_revoked(const struct feed *f, const bool *out,
	const struct activeset *active, struct picks *revoke, struct diag *d)
{
	struct picks gone;
	int64_t *until;
	enum err e;

	picks_init(&gone);
	e = collect(f, out, &gone, d);
	until = e ? NULL : calloc(gone.n + 1, sizeof(*until));
	if (!e && !until)
		e = no_memory(d);
	if (!e) {
		newest(f, out, true, &gone);
		for (size_t i = 0; i < gone.n; i++)
			until[i] = gone.p[i].touched;
		newest(f, out, false, &gone);
	}
	for (size_t i = 0; !e && i < gone.n; i++) {
		const struct pick *p = &gone.p[i];
		struct line l = {.kind = p->kind, .value = p->value, .confidence = -1};

		if (p->touched < until[i] && !activeset_find(active, p->kind, p->value))
			e = picks_add(revoke, LINE_REVOKE, &l, d);
	}
	free(until);
	picks_done(&gone);
	return e;
}

/* What a flagged void names and no other does, if that would count. */
static enum err add_voids(const struct feed *f, const bool *out, const struct root *under,
	struct hanging *x, struct diag *d)
{
	x->voids = calloc(f->n + 1, sizeof(*x->voids));
	if (!x->voids)
		return no_memory(d);
	for (size_t i = 0; i < f->n; i++) {
		const struct feed_statement *s = &f->st[i];
		bool hangs = false, held = false;

		if (!verb_is_voidable(s->st.verb) || !s->voided ||
			verify_statement(under, s, NULL))
			continue;
		for (size_t k = 0; k < f->n; k++) {
			if (f->st[k].st.verb != VERB_VOID || !f->st[k].valid ||
				!hash_same(&f->st[k].st.target, &s->id))
				continue;
			hangs = hangs || out[k];
			held = held || !out[k];
		}
		if (hangs && !held)
			x->voids[x->nvoids++] =
				(struct hanging_void){s->id, s->st.issued};
	}
	return OK;
}

enum err hanging_find(const struct feed *f, const struct activeset *active,
	const struct root *under, int64_t now, struct hanging *ret, struct diag *d)
{
	struct hanging x = {0};
	struct activeset rest = {0};
	bool *out = flag(f, under, now, &x.statements);
	enum err e;

	picks_init(&x.approve);
	picks_init(&x.revoke);
	e = out ? reissue_without(f, out, now, &rest, d) : no_memory(d);
	if (!e)
		e = reissue_compare(active, &rest, &x.approve, &x.revoke, d);
	if (!e)
		e = add_revoked(f, out, active, &x.revoke, d);
	if (!e)
		e = add_voids(f, out, under, &x, d);
	picks_sort(&x.approve);
	picks_sort(&x.revoke);
	activeset_done(&rest);
	free(out);
	if (e)
		hanging_done(&x);
	else
		*ret = x;
	return e;
}

void hanging_done(struct hanging *x)
{
	picks_done(&x->approve);
	picks_done(&x->revoke);
	free(x->voids);
	x->voids = NULL;
}

void hanging_put(const struct hanging *x, struct buf *b)
{
	buf_printf(b, "%zu lines in force, %zu revoked values and %zu voids hang on it",
		x->approve.n, x->revoke.n, x->nvoids);
}

enum err hanging_drop(struct root *r, const char *name, struct diag *d)
{
	size_t kept = 0, at = 0;
	bool found = false;

	for (size_t role = 0; role < ROLE_COUNT; role++) {
		size_t end = r->first[role + 1];

		r->first[role] = kept;
		for (; at < end; at++) {
			if (strcmp(r->keys[at].name, name) == 0)
				found = true;
			else
				r->keys[kept++] = r->keys[at];
		}
	}
	r->first[ROLE_COUNT] = kept;
	return found ? OK : diag_fail(d, ERR_USAGE, "--drop %s: no such key", name);
}
