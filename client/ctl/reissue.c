/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/reissue.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/feed/verify.h"
#include "common/clock.h"

static bool counts(const struct feed_statement *s, int64_t now)
{
	return s->valid && !s->parked && !s->voided && !s->missing &&
	       s->st.verb != VERB_VOID && verify_is_live(s, now);
}

enum err reissue_without(const struct feed *f, const bool *out, int64_t now,
	struct activeset *ret, struct diag *d)
{
	struct decision *in = calloc(f->n + 1, sizeof(*in));
	uint32_t *place = calloc(f->n + 1, sizeof(*place));
	size_t n = 0;
	enum err e = in && place ? OK : ERR_NOMEM;

	for (size_t i = 0; !e && i < f->n; i++) {
		const struct feed_statement *s = &f->st[i];

		if (out[i] || !counts(s, now))
			continue;
		place[n] = (uint32_t)i;
		in[n++] = (struct decision){&s->st, s->id, s->bundle};
	}
	if (!e)
		e = activeset_merge(in, n, now, ret);
	for (size_t i = 0; !e && i < ret->n; i++)
		ret->a[i].by = place[ret->a[i].by];
	free(in);
	free(place);
	return e ? diag_fail(d, e, "out of memory") : OK;
}

static enum err add_revoke(const struct active *a, struct picks *revoke, struct diag *d)
{
	struct line l = {.kind = &kinds[a->kind], .value = a->value, .confidence = -1};

	return picks_add(revoke, LINE_REVOKE, &l, d);
}

/* The winning line, to the end that the key has: of several that hold it is the latest.
 */
static enum err add_approve(const struct active *a, struct picks *approve, struct diag *d)
{
	struct line l;

	active_line(a, &l);
	l.until = a->until;
	return picks_add(approve, LINE_BUNDLE, &l, d);
}

static bool is_same(const struct active *a, const struct active *b)
{
	struct line x, y;

	active_line(a, &x);
	active_line(b, &y);
	x.until = y.until = a->until;
	if (a->until != b->until || x.action != y.action || x.tlp != y.tlp ||
		x.confidence != y.confidence || x.seen != y.seen || x.orgs != y.orgs ||
		x.override != y.override || x.ntags != y.ntags)
		return false;
	for (size_t i = 0; i < x.ntags; i++)
		if (!slice_same(x.tags[i], y.tags[i]))
			return false;
	return true;
}

enum err reissue_compare(const struct activeset *want, const struct activeset *rest,
	struct picks *approve, struct picks *revoke, struct diag *d)
{
	size_t i = 0, k = 0;
	enum err e = OK;

	while (!e && (i < want->n || k < rest->n)) {
		const struct active *a = i < want->n ? &want->a[i] : NULL;
		const struct active *b = k < rest->n ? &rest->a[k] : NULL;
		int c = !a   ? 1
			: !b ? -1
			     : line_cmp(&kinds[a->kind], a->value, &kinds[b->kind],
				       b->value);

		i += c <= 0;
		k += c >= 0;
		if (c < 0) {
			e = add_approve(a, approve, d);
		} else if (c > 0) {
			e = add_revoke(b, revoke, d);
		} else if (!is_same(a, b)) {
			if (b->until > a->until)
				e = add_revoke(b, revoke, d);
			if (!e)
				e = add_approve(a, approve, d);
		}
	}
	return e;
}

enum err reissue_void(struct ctl *c, const struct hash *target, int64_t target_issued,
	struct decided *ret, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = STATEMENT_MAX},
			       note = {.max = STATEMENT_MAX};
	int64_t now = clock_now();
	struct statement st = {.verb = VERB_VOID,
		.issued = target_issued > now ? target_issued : now,
		.target = *target};
	struct note n;
	enum err e;

	/* The same text is logged once, with the signature that came first. */
	for (size_t i = 0; i < c->feed->n; i++) {
		const struct statement *x = &c->feed->st[i].st;

		if (x->verb == VERB_VOID && hash_same(&x->target, target) &&
			x->issued >= st.issued)
			st.issued = x->issued + 1;
	}
	if (st.issued > now + STATEMENT_AHEAD_MAX)
		return diag_fail(d, ERR_FUTURE,
			"void: what it names is issued ahead of this machine's clock");
	(void)snprintf(st.log, sizeof(st.log), "%s", feed_origin(c->feed));
	statement_put(&text, &st);
	if (buf_err(&text))
		return diag_fail(d, buf_err(&text), "statement: too long");
	note_begin(&note, buf_view(&text));
	e = note_sign(&note, buf_view(&text), &c->signing, 0, d);
	if (!e)
		e = note_parse(buf_view(&note), &n, d);
	if (!e)
		e = root_check_statement(&c->feed->root, &n, &st, d);
	if (!e)
		e = decide_post(c, "/v1/statements", buf_view(&note), ret, d);
	if (!e)
		ret->issued = st.issued;
	return e;
}
