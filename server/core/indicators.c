/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/indicators.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/kind.h"
#include "server/core/candidates.h"

enum err indicators_get(struct db *db, int64_t id, int64_t now, struct arena *a,
	struct indicator *ret, struct indicator_voices *ret_voices, struct diag *d)
{
	struct indicator found;
	enum err e = db_indicator_get(db, id, now, a, &found, d);

	if (!e && ret_voices)
		e = db_report_indicator_list(db, id, NULL, a, &ret_voices->reports, d);
	if (!e && ret_voices)
		e = db_dispute_list(db, id, a, &ret_voices->disputes, d);
	if (!e)
		*ret = found;
	return e;
}

static enum err check_filter(
	const struct indicator_filter *f, size_t *ret_limit, struct diag *d)
{
	static const char *const states[] = {
		"pending", "approved", "rejected", "revoked", "expired"};
	bool known = !f->state;

	for (size_t i = 0; !known && i < sizeof(states) / sizeof(*states); i++)
		known = strcmp(f->state, states[i]) == 0;
	if (!known)
		return diag_value(d, ERR_VALUE, "state", slice_of(f->state),
			"pending, approved, rejected, revoked or expired");
	if (f->kind && !kind_by_name(slice_of(f->kind)))
		return diag_value(
			d, ERR_VALUE, "kind", slice_of(f->kind), "there is no such kind");
	if (f->limit < 0 || f->limit > PAGE_MAX)
		return diag_fail(d, ERR_VALUE, "limit: %" PRId64 ", 1 to %d are allowed",
			f->limit, PAGE_MAX);
	if (f->min_orgs < 0)
		return diag_fail(d, ERR_VALUE, "min_orgs: %" PRId64, f->min_orgs);
	*ret_limit = f->limit ? (size_t)f->limit : PAGE_DEFAULT;
	return OK;
}

static enum err bad_cursor(const char *cursor, struct diag *d)
{
	return diag_value(d, ERR_VALUE, "cursor", slice_of(cursor),
		"not one that this listing gave");
}

/* Kinds in the order of their names: that of (kind, value) in the index. */
static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The cursor is the number of the last indicator seen: short, and without the value. */
static enum err list_start(struct db *db, const char *cursor, int64_t now,
	struct arena *a, struct list_filter *f, struct diag *d)
{
	struct indicator at;
	int64_t id;
	enum err e;

	if (number_parse(slice_of(cursor), &id, NULL))
		return bad_cursor(cursor, d);
	e = db_indicator_get(db, id, now, a, &at, d);
	if (e == ERR_NOT_FOUND)
		return bad_cursor(cursor, d);
	if (!e) {
		f->kind = at.kind;
		f->after = at.value;
	}
	return e;
}

static enum err list_newest(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d)
{
	size_t limit;
	enum err e = check_filter(f, &limit, d);

	if (!e && strcmp(f->order, "newest") != 0)
		return diag_value(
			d, ERR_VALUE, "order", slice_of(f->order), "newest alone");
	if (!e && (f->kind || f->state || f->q || f->since || f->cursor))
		return diag_fail(d, ERR_VALUE, "order: goes with limit and nothing else");
	return e ? e : db_indicator_newest(db, (int64_t)limit, now, a, ret, d);
}

enum err indicators_list(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d)
{
	struct list_filter at = {.kind = "",
		.after = "",
		.q = f->q ? f->q : "",
		.state = f->state,
		.since = f->since};
	const char *names[KIND_COUNT];
	struct indicators all = {0};
	struct page page = {0};
	int64_t last = 0;
	const char *from;
	size_t limit;
	enum err e;

	if (f->order)
		return list_newest(db, f, now, a, ret, d);
	e = check_filter(f, &limit, d);
	if (!e && f->cursor)
		e = list_start(db, f->cursor, now, a, &at, d);
	if (!e && !(all.item = arena_alloc(a, sizeof(*all.item) * limit)))
		e = diag_fail(d, ERR_NOMEM, "the answer is too large");
	for (size_t i = 0; i < KIND_COUNT; i++)
		names[i] = kinds[i].name;
	qsort(names, KIND_COUNT, sizeof(*names), by_name);
	from = at.kind;
	for (size_t i = 0; !e && i < KIND_COUNT && !page.more; i++) {
		if (strcmp(names[i], from) < 0 ||
			(f->kind && strcmp(names[i], f->kind) != 0))
			continue;
		if (strcmp(names[i], at.kind) != 0)
			at.after = "";
		at.kind = names[i];
		at.limit = limit - all.n;
		e = db_indicator_list(db, &at, now, a, &page, d);
		if (e)
			break;
		if (page.n)
			memcpy(all.item + all.n, page.item, sizeof(*all.item) * page.n);
		all.n += page.n;
		if (page.last.id)
			last = page.last.id;
	}
	if (!e && page.more && !(all.next = arena_printf(a, "%" PRId64, last)))
		e = diag_fail(d, ERR_NOMEM, "the answer is too large");
	if (!e)
		*ret = all;
	return e;
}

/* "urgency.sightings.created.id" of the last one seen. */
static enum err queue_start(const char *cursor, struct indicator *ret, struct diag *d)
{
	int64_t *const into[] = {&ret->urgency, &ret->sightings, &ret->created, &ret->id};
	struct slice rest = slice_of(cursor), part;

	for (size_t i = 0; i < 4; i++)
		if (slice_cut(&rest, '.', &part) != (i < 3) ||
			number_parse(part, into[i], NULL))
			return bad_cursor(cursor, d);
	return OK;
}

enum err indicators_queue(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d)
{
	struct queue_filter at = {
		.kind = f->kind, .org = f->org, .tag = f->tag, .min_orgs = f->min_orgs};
	struct indicator start = {0};
	struct page page;
	const char *next = NULL;
	enum err e = check_filter(f, &at.limit, d);

	if (!e && f->cursor) {
		e = queue_start(f->cursor, &start, d);
		at.after = &start;
	}
	if (!e)
		e = db_indicator_queue(db, &at, now, a, &page, d);
	if (e)
		return e;
	if (page.more) {
		next = arena_printf(a, "%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64,
			page.last.urgency, page.last.sightings, page.last.created,
			page.last.id);
		if (!next)
			return diag_fail(d, ERR_NOMEM, "the answer is too large");
	}
	*ret = (struct indicators){page.item, page.n, next};
	return OK;
}

enum err indicators_lookup(struct db *db, struct slice value, int64_t now,
	struct arena *a, struct lookup *ret, struct diag *d)
{
	CLEANUP_BUF struct buf canonical = {.max = VALUE_MAX};
	struct candidate around[CANDIDATES_MAX];
	const struct kind *kind;
	struct indicators found;
	char *copy;
	size_t n;
	enum err e = kind_recognise(value, &kind, &canonical, d);

	if (e)
		return e;
	copy = arena_dup(a, buf_view(&canonical));
	if (!copy)
		return diag_fail(d, ERR_NOMEM, "the answer is too large");
	e = candidates_of(kind, buf_view(&canonical), a, around, &n, d);
	if (!e)
		e = db_indicator_find(db, around, n, now, a, &found, d);
	if (e)
		return e;
	*ret = (struct lookup){kind->name, copy, found};
	return OK;
}

const struct indicator *lookup_exact(const struct lookup *l)
{
	const struct indicator *first = l->found.item;

	return l->found.n && strcmp(first->kind, l->kind) == 0 &&
			       strcmp(first->value, l->value) == 0
		       ? first
		       : NULL;
}

enum err lookup_reports(struct db *db, const struct lookup *l, const char *org,
	struct arena *a, struct indicator_reports *ret, struct diag *d)
{
	const struct indicator *x = lookup_exact(l);

	*ret = (struct indicator_reports){NULL, 0};
	return x ? db_report_indicator_list(db, x->id, org, a, ret, d) : OK;
}
