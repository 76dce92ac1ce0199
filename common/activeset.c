/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/activeset.h"

#include <assert.h>
#include <stdlib.h>

static_assert(sizeof(struct active) <= 72, "a million of them must fit in little memory");

/* One bundle in the merge. Sources stand in the order in which lines of one key must be
 * looked at: revokes first, the newest first, then approves, the strongest first. */
struct source {
	const struct decision *from;
	uint32_t by;
	struct slice body;  /* what is left */
	struct line line;   /* at the cursor */
	struct slice order; /* "kind SP value" of it */
	struct slice attrs;
};

struct merge {
	struct source *src;
	size_t nsrc;
	struct source **heap; /* the source with the smallest (order, place) on top */
	size_t nheap;
	int64_t now;
	active_each *each;
	void *ctx;
	struct activeset *set; /* all but a */
};

static int by_hash(const void *a, const void *b)
{
	return hash_cmp(a, b);
}

static int by_strength(const void *pa, const void *pb)
{
	const struct source *a = pa, *b = pb;
	const struct statement *sa = a->from->st, *sb = b->from->st;

	if (sa->verb != sb->verb)
		return sa->verb == VERB_REVOKE ? -1 : 1;
	if (sa->issued != sb->issued)
		return sa->issued > sb->issued ? -1 : 1;
	return hash_cmp(&b->from->id, &a->from->id);
}

static bool source_less(const struct source *a, const struct source *b)
{
	int c = slice_cmp(a->order, b->order);

	return c ? c < 0 : a < b;
}

/* Moves the cursor to the next line; false behind the last. */
static bool source_next(struct source *s)
{
	enum line_form form =
		s->from->st->verb == VERB_REVOKE ? LINE_REVOKE : LINE_BUNDLE;
	struct line *l = &s->line;
	const char *end;
	size_t kind;

	if (!bundle_next(form, &s->body, l))
		return false;
	kind = strlen(l->kind->name) + 1;
	end = l->value.p + l->value.n;
	s->order = (struct slice){l->value.p - kind, l->value.n + kind};
	s->attrs = (struct slice){end, 0};
	if (form == LINE_BUNDLE)
		s->attrs = (struct slice){end + 1, (size_t)(s->body.p - end) - 2};
	return true;
}

static void sift_down(struct merge *m, size_t at)
{
	struct source *s = m->heap[at];
	size_t child;

	while ((child = 2 * at + 1) < m->nheap) {
		if (child + 1 < m->nheap &&
			source_less(m->heap[child + 1], m->heap[child]))
			child++;
		if (!source_less(m->heap[child], s))
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = s;
}

/* The top source's line is done with. */
static void pop(struct merge *m)
{
	if (!source_next(m->heap[0]))
		m->heap[0] = m->heap[--m->nheap];
	if (m->nheap)
		sift_down(m, 0);
}

static struct active active_of(const struct source *s)
{
	const struct line *l = &s->line;

	return (struct active){
		.value = l->value,
		.attrs = s->attrs,
		.until = l->until,
		.by = s->by,
		.kind = (uint8_t)l->kind->id,
		.action = (uint8_t)l->action,
		.override = l->override,
		.confidence = (int8_t)l->confidence,
		.since = s->from->st->issued,
	};
}

/* All lines of the smallest key, in the order of strength: the newest revoke comes before
 * any approve, and the first approve that holds is the one whose attributes win. */
static enum err take_key(struct merge *m)
{
	struct slice order = m->heap[0]->order;
	int64_t revoked = INT64_MIN, first_end = INT64_MAX;
	struct active a = {0};
	size_t live = 0;

	for (; m->nheap && slice_same(m->heap[0]->order, order); pop(m)) {
		const struct source *s = m->heap[0];
		int64_t issued = s->from->st->issued, until = s->line.until;

		if (s->from->st->verb == VERB_REVOKE) {
			if (issued > revoked)
				revoked = issued;
			continue;
		}
		if (issued <= revoked || until <= m->now)
			continue;
		if (live++ == 0)
			a = active_of(s);
		if (until > a.until)
			a.until = until;
		if (issued < a.since)
			a.since = issued;
		if (until < first_end)
			first_end = until;
	}
	if (live == 0)
		return OK;
	if (a.kind == KIND_IP && ip_too_wide(a.value)) {
		m->set->too_wide += live;
		return OK;
	}
	if (first_end < m->set->next_expiry)
		m->set->next_expiry = first_end;
	m->set->n++;
	return m->each(m->ctx, &a);
}

static size_t collect_voids(
	const struct decision *in, size_t n, int64_t now, struct hash *ret)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (in[i].st->verb == VERB_VOID && statement_end(in[i].st) > now)
			ret[found++] = in[i].st->target;
	qsort(ret, found, sizeof(*ret), by_hash);
	return found;
}

/* The statements that count, each with its first line at the cursor. */
static enum err collect_sources(struct merge *m, const struct decision *in, size_t n)
{
	struct hash *voids = calloc(n, sizeof(*voids));
	size_t nvoids;

	m->src = calloc(n, sizeof(*m->src));
	m->heap = calloc(n, sizeof(struct source *));
	if (!voids || !m->src || !m->heap) {
		free(voids);
		return ERR_NOMEM;
	}
	nvoids = collect_voids(in, n, m->now, voids);
	for (size_t i = 0; i < n; i++) {
		const struct statement *st = in[i].st;

		if ((st->verb != VERB_APPROVE && st->verb != VERB_REVOKE) ||
			statement_end(st) <= m->now)
			continue;
		if (st->verb == VERB_APPROVE &&
			bsearch(&in[i].id, voids, nvoids, sizeof(*voids), by_hash))
			continue;
		m->src[m->nsrc++] = (struct source){
			.from = &in[i], .by = (uint32_t)i, .body = in[i].bundle};
	}
	free(voids);
	qsort(m->src, m->nsrc, sizeof(*m->src), by_strength);
	for (size_t i = 0; i < m->nsrc; i++) {
		/* the same statement again says nothing new */
		if (i > 0 && by_strength(&m->src[i - 1], &m->src[i]) == 0)
			continue;
		if (source_next(&m->src[i]))
			m->heap[m->nheap++] = &m->src[i];
	}
	for (size_t i = m->nheap / 2; i-- > 0;)
		sift_down(m, i);
	return OK;
}

enum err activeset_each(const struct decision *in, size_t n, int64_t now,
	active_each *each, void *ctx, struct activeset *ret)
{
	struct merge m = {.now = now, .each = each, .ctx = ctx, .set = ret};
	enum err e;

	*ret = (struct activeset){.next_expiry = INT64_MAX};
	e = n ? collect_sources(&m, in, n) : OK;
	while (!e && m.nheap)
		e = take_key(&m);
	free(m.src);
	free(m.heap);
	return e;
}

enum err activeset_add(struct activeset *s, size_t *room, const struct active *a)
{
	if (s->n == *room) {
		size_t more = *room ? *room + *room / 2 : 1024;
		struct active *grown = reallocarray(s->a, more, sizeof(*grown));

		if (!grown)
			return ERR_NOMEM;
		s->a = grown;
		*room = more;
	}
	s->a[s->n++] = *a;
	return OK;
}

struct growing {
	struct activeset set;
	size_t room;
};

static enum err grow(void *ctx, const struct active *a)
{
	struct growing *g = ctx;

	return activeset_add(&g->set, &g->room, a);
}

enum err activeset_merge(
	const struct decision *in, size_t n, int64_t now, struct activeset *ret)
{
	struct growing g = {0};
	struct activeset sum;
	enum err e = activeset_each(in, n, now, grow, &g, &sum);

	sum.a = g.set.a;
	if (e)
		activeset_done(&sum);
	else
		*ret = sum;
	return e;
}

/* The line of a key in a sorted body, with its LF; none when it is not there. */
static struct slice line_of(
	struct slice body, const struct kind *kind, struct slice value)
{
	const char *low = body.p, *high = body.p + body.n;

	while (low < high) {
		const char *at = low + (high - low) / 2, *lf, *next;
		struct slice line, name, own;
		int c;

		lf = memrchr(low, '\n', (size_t)(at - low));
		at = lf ? lf + 1 : low;
		lf = memchr(at, '\n', (size_t)(high - at));
		next = lf ? lf + 1 : high;
		line = slice_mem(at, (size_t)((lf ? lf : high) - at));
		(void)slice_cut(&line, ' ', &name);
		(void)slice_cut(&line, ' ', &own);
		c = slice_cmp(name, slice_of(kind->name));
		c = c ? c : slice_cmp(own, value);
		if (c == 0)
			return slice_mem(at, (size_t)(next - at));
		if (c < 0)
			low = next;
		else
			high = at;
	}
	return slice_mem(body.p, 0);
}

enum err activeset_pick(const struct decision *in, size_t n, int64_t now,
	const struct kind *kind, struct slice value, struct activeset *ret)
{
	struct decision *own = calloc(n + 1, sizeof(*own));
	enum err e;

	if (!own)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		own[i] = in[i];
		if (in[i].st->verb != VERB_VOID)
			own[i].bundle = line_of(in[i].bundle, kind, value);
	}
	e = activeset_merge(own, n, now, ret);
	free(own);
	return e;
}

void activeset_done(struct activeset *s)
{
	free(s->a);
	*s = (struct activeset){.next_expiry = INT64_MAX};
}

const struct active *activeset_find(
	const struct activeset *s, const struct kind *kind, struct slice value)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t at = low + (high - low) / 2;
		const struct active *a = &s->a[at];
		int c = line_cmp(&kinds[a->kind], a->value, kind, value);

		if (c == 0)
			return a;
		if (c < 0)
			low = at + 1;
		else
			high = at;
	}
	return NULL;
}

void active_line(const struct active *a, struct line *ret)
{
	/* the whole line still stands in its bundle */
	const char *start = a->value.p - strlen(kinds[a->kind].name) - 1;
	struct slice text = {start, (size_t)(a->attrs.p - start) + a->attrs.n};
	enum err e = line_reread(LINE_BUNDLE, text, ret);

	assert(e == OK); /* the merge read it before */
	(void)e;
}

struct hash activeset_digest(const struct activeset *s)
{
	char until[CLOCK_TEXT], line[INPUT_LINE_MAX + 64], *at;
	struct hasher h;

	hasher_init(&h);
	for (size_t i = 0; i < s->n; i++) {
		const struct active *a = &s->a[i];

		/* what was approved together ends together */
		if (i == 0 || a->until != a[-1].until)
			clock_format(a->until, until);
		at = slice_copy(line, slice_of(kinds[a->kind].name));
		*at++ = ' ';
		at = slice_copy(at, a->value); /* part of a line */
		*at++ = ' ';
		at = slice_copy(at, slice_of(action_name((enum action)a->action)));
		*at++ = ' ';
		at = slice_copy(at, slice_of(until));
		*at++ = '\n';
		hasher_add(&h, slice_mem(line, (size_t)(at - line)));
	}
	return hasher_end(&h);
}
