/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/lines.h"

#include <stdlib.h>

#include "server/core/policy.h"

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "report: out of memory");
}

/* Into the arena: what the parser returned lives only until the next line. The tags
 * borrow from the note. */
static enum err keep(const struct report *r, const struct line *l, int flags,
	struct arena *a, struct ingest_line *ret, struct diag *d)
{
	char *value = arena_dup(a, l->value);
	struct slice *tags = NULL;

	if (l->ntags)
		tags = arena_alloc(a, sizeof(*tags) * l->ntags);
	if (!value || (l->ntags && !tags))
		return no_memory(d);
	for (size_t i = 0; i < l->ntags; i++)
		tags[i] = l->tags[i];
	*ret = (struct ingest_line){
		.kind = slice_of(l->kind->name),
		.value = slice_mem(value, l->value.n),
		.action = action_name(l->action),
		.tlp = (int)(l->tlp == TLP_UNSET ? r->tlp : l->tlp),
		.confidence = l->confidence,
		.seen = l->seen,
		.flags = flags,
		.tags = tags,
		.ntags = l->ntags,
	};
	return OK;
}

static int by_indicator(const void *a, const void *b)
{
	const struct ingest_line *x = a, *y = b;
	int c = slice_cmp(x->kind, y->kind);

	return c ? c : slice_cmp(x->value, y->value);
}

/* The same indicator twice in one report is said once, with what is said most strongly,
 * and most openly. */
static enum err merge(struct ingest_line *into, const struct ingest_line *more,
	struct arena *a, struct diag *d)
{
	struct slice *tags;

	if (slice_is(slice_of(more->action), action_name(ACTION_BLOCK)))
		into->action = more->action;
	if (more->tlp < into->tlp)
		into->tlp = more->tlp;
	if (more->confidence > into->confidence)
		into->confidence = more->confidence;
	if (more->seen > into->seen)
		into->seen = more->seen;
	if (more->ntags == 0)
		return OK;
	tags = arena_alloc(a, sizeof(*tags) * (into->ntags + more->ntags));
	if (!tags)
		return no_memory(d);
	for (size_t i = 0; i < into->ntags; i++)
		tags[i] = into->tags[i];
	for (size_t i = 0; i < more->ntags; i++)
		tags[into->ntags + i] = more->tags[i];
	into->tags = tags;
	into->ntags += more->ntags;
	return OK;
}

static enum err sort_and_merge(struct lines *x, struct arena *a, struct diag *d)
{
	size_t n = 0;

	if (x->ntaken)
		qsort(x->taken, x->ntaken, sizeof(*x->taken), by_indicator);
	for (size_t i = 0; i < x->ntaken; i++) {
		struct ingest_line *last = n ? &x->taken[n - 1] : NULL;
		enum err e;

		if (!last || by_indicator(last, &x->taken[i]) != 0) {
			x->taken[n++] = x->taken[i];
			continue;
		}
		e = merge(last, &x->taken[i], a, d);
		if (e)
			return e;
	}
	x->ntaken = n;
	return OK;
}

static enum err refuse(struct lines *x, size_t line, struct arena *a,
	const struct diag *why, struct diag *d)
{
	char *reason = arena_dup(a, slice_of(why->text));

	if (!reason)
		return no_memory(d);
	x->refused[x->nrefused++] = (struct refusal){line, reason};
	return OK;
}

/* One line: taken, refused, or the end. An error is the report's. */
static enum err take_line(struct report *r, const struct allow *never_block,
	struct buf *value, struct lines *x, struct arena *a, bool *ret_end,
	struct diag *d)
{
	struct diag why = {0};
	struct line l;
	bool fatal = false;
	int flags = 0;
	enum err e = report_next(r, value, &l, ret_end, &fatal, &why);

	if (e && fatal)
		return diag_fail(d, e, "%s", why.text);
	if (e == ERR_NOMEM)
		return no_memory(d);
	if (e)
		return refuse(x, r->body.line - 1, a, &why, d);
	if (*ret_end)
		return OK;
	e = policy_report(never_block, &l, &flags, &why);
	if (e) {
		(void)diag_at(&why, e, "line %zu: ", r->body.line - 1);
		return refuse(x, r->body.line - 1, a, &why, d);
	}
	e = keep(r, &l, flags, a, &x->taken[x->ntaken], d);
	if (!e) {
		x->ntaken++;
		x->accepted++;
	}
	return e;
}

enum err lines_read(struct report *r, const struct allow *never_block, struct arena *a,
	struct lines *ret, struct diag *d)
{
	CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
	struct lines x = {0};
	struct slice rest = r->body.rest, line;
	size_t room = 1;
	bool end = false;
	enum err e = OK;

	while (rest.n) {
		(void)slice_cut(&rest, '\n', &line);
		room++;
	}
	x.taken = arena_alloc(a, sizeof(*x.taken) * room);
	x.refused = arena_alloc(a, sizeof(*x.refused) * room);
	if (!x.taken || !x.refused)
		return no_memory(d);
	while (!e && !end)
		e = take_line(r, never_block, &value, &x, a, &end, d);
	if (!e)
		e = sort_and_merge(&x, a, d);
	if (!e)
		*ret = x;
	return e;
}
