/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/sightings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/kind.h"
#include "server/core/campaign.h"
#include "server/core/events.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/org.h"
#include "server/db/sighting.h"

struct taking {
	const struct core *core;
	const struct caller *by;
	const char *batch;
	int64_t now;
	struct arena *a;
	struct sighting_line *line;      /* those that are right */
	struct sighted_indicator *known; /* of each */
	size_t n;
	struct refusal *refused;
	size_t nrefused;
	size_t wrong; /* of those, refused before the database was asked */
	int64_t accepted;
	bool repeated;
};

static enum err refuse(struct taking *x, size_t index, const char *reason, struct diag *d)
{
	char *text = arena_dup(x->a, slice_of(reason));

	if (!text)
		return diag_fail(d, ERR_NOMEM, "sightings: out of memory");
	x->refused[x->nrefused++] = (struct refusal){.line = index, .reason = text};
	return OK;
}

static enum err check_time(
	const char *name, const char *text, int64_t *ret, struct diag *d)
{
	enum err e = clock_parse(slice_of(text), ret, d);

	return e ? diag_at(d, e, "%s: ", name) : OK;
}

static enum err check_times(const struct sighting_input *in, int64_t now,
	struct sighting_line *l, struct diag *d)
{
	enum err e = check_time("first", in->first, &l->first, d);

	if (!e)
		e = check_time("last", in->last, &l->last, d);
	if (e)
		return e;
	if (l->first > l->last)
		return diag_fail(d, ERR_VALUE, "first is after last");
	if (l->last > now + REPORT_AHEAD_MAX)
		return diag_fail(d, ERR_VALUE, "last is in the future");
	if (l->first < now - SIGHTING_AGE_MAX)
		return diag_fail(d, ERR_VALUE, "first is more than %d days ago",
			SIGHTING_AGE_MAX / 86400);
	return OK;
}

static enum err check_value(const struct sighting_input *in, struct arena *a,
	struct sighting_line *l, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = VALUE_MAX};
	const struct kind *kind = NULL;
	enum err e;

	if (!in->value == !in->id)
		return diag_fail(d, ERR_VALUE, "either value or id");
	l->id = in->id;
	if (!in->value)
		return OK;
	if (in->kind && !(kind = kind_by_name(slice_of(in->kind))))
		return diag_fail(d, ERR_VALUE, "no such kind");
	e = kind ? kind_accept(kind, slice_of(in->value), &b, d)
		 : kind_recognise(slice_of(in->value), &kind, &b, d);
	if (e)
		return e;
	l->kind = slice_of(kind->name);
	l->value = slice_of(arena_dup(a, buf_view(&b)));
	return l->value.p ? OK : diag_fail(d, ERR_NOMEM, "sightings: out of memory");
}

static enum err check_row(const struct sighting_input *in, int64_t now, struct arena *a,
	struct sighting_line *l, struct diag *d)
{
	size_t n = strspn(in->source, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (in->count < 1)
		return diag_fail(d, ERR_VALUE, "count: at least 1");
	if (n == 0 || in->source[n])
		return diag_fail(
			d, ERR_VALUE, "source: lower-case letters, digits and '-'");
	l->source = in->source;
	l->count = in->count;
	return check_times(in, now, l, d) ? ERR_VALUE : check_value(in, a, l, d);
}

static enum err check_rows(
	struct taking *x, const struct sighting_input *in, size_t n, struct diag *d)
{
	x->line = arena_alloc(x->a, sizeof(*x->line) * (n + 1));
	x->known = arena_alloc(x->a, sizeof(*x->known) * (n + 1));
	x->refused = arena_alloc(x->a, sizeof(*x->refused) * (n + 1));
	if (!x->line || !x->known || !x->refused)
		return diag_fail(d, ERR_NOMEM, "sightings: out of memory");
	for (size_t i = 0; i < n; i++) {
		struct sighting_line l = {.index = i};
		enum err e = check_row(&in[i], x->now, x->a, &l, d);

		if (e == ERR_NOMEM)
			return e;
		if (!e)
			x->line[x->n++] = l;
		else if (refuse(x, i, d->text, d))
			return ERR_NOMEM;
	}
	x->wrong = x->nrefused;
	return OK;
}

static enum err store(struct db *db, int64_t org, struct taking *x, struct diag *d)
{
	enum err e = db_sighting_add(
		db, org, x->batch, x->line, x->n, x->now, x->a, x->known, d);

	x->nrefused = x->wrong;
	x->accepted = 0;
	for (size_t i = 0; !e && i < x->n; i++)
		if (x->known[i].id)
			x->accepted++;
		else
			e = refuse(x, x->line[i].index, "the hub does not know it", d);
	return e;
}

static enum err split_tags(
	struct slice joined, struct arena *a, struct touch *t, struct diag *d)
{
	struct slice *tag;
	size_t room = 1;

	for (size_t i = 0; i < joined.n; i++)
		room += joined.p[i] == ' ';
	tag = arena_alloc(a, sizeof(*tag) * room);
	if (!tag)
		return diag_fail(d, ERR_NOMEM, "sightings: out of memory");
	while (joined.n)
		(void)slice_cut(&joined, ' ', &tag[t->ntags++]);
	t->tags = tag;
	return OK;
}

static enum err touch(struct db *db, int64_t org, const struct taking *x, struct diag *d)
{
	struct touch *item = arena_alloc(x->a, sizeof(*item) * (x->n + 1));
	struct touched t = {org, 0, item, 0};
	enum err e = OK;

	if (!item)
		return diag_fail(d, ERR_NOMEM, "sightings: out of memory");
	for (size_t i = 0; !e && i < x->n; i++) {
		const struct sighted_indicator *k = &x->known[i];

		if (!k->id)
			continue;
		item[t.n] = (struct touch){.id = k->id,
			.kind = x->line[i].kind,
			.value = x->line[i].value,
			.at = x->line[i].last,
			.known = true};
		e = split_tags(k->tags, x->a, &item[t.n++], d);
	}
	return e ? e : campaign_touch(x->core, db, &t, x->now, x->a, d);
}

static enum err tell(struct db *db, const struct taking *x, struct diag *d)
{
	CLEANUP_EVENT struct event ev;
	int64_t count = 0;

	for (size_t i = 0; i < x->n; i++)
		count += x->known[i].id ? x->line[i].count : 0;
	event_begin(&ev, EVENT_SIGHTING, false, x->now);
	json_put_str(&ev.j, "org", x->by->org);
	json_put_num(&ev.j, "rows", x->accepted);
	json_put_num(&ev.j, "count", count);
	return events_put(db, &ev, d);
}

static enum err take_body(struct db *db, void *ctx, struct diag *d)
{
	struct taking *x = ctx;
	bool suspended;
	int64_t org;
	char *detail;
	enum err e = db_org_lock(db, x->by->org, &org, &suspended, d);

	if (!e && suspended)
		return diag_fail(
			d, ERR_FORBIDDEN, "sightings: %s is suspended", x->by->org);
	if (!e)
		e = db_sighting_begin(
			db, org, x->batch, x->line, x->n, &x->repeated, &x->accepted, d);
	if (e || x->repeated)
		return e;
	e = store(db, org, x, d);
	if (!e && x->accepted)
		e = touch(db, org, x, d);
	if (e || x->accepted == 0)
		return e;
	detail = arena_printf(
		x->a, "accepted %" PRId64 ", refused %zu", x->accepted, x->nrefused);
	if (!detail)
		return diag_fail(d, ERR_NOMEM, "sightings: out of memory");
	e = db_audit_add(
		db, x->now, x->by->key, "sightings", slice_of(x->by->org), detail, d);
	return e ? e : tell(db, x, d);
}

static int by_line(const void *a, const void *b)
{
	const struct refusal *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

enum err sightings_take(const struct core *c, struct db *db, const struct caller *by,
	const char *batch, const struct sighting_input *in, size_t n, int64_t now,
	struct arena *a, struct sighted *ret, struct diag *d)
{
	struct taking x = {.core = c, .by = by, .batch = batch, .now = now, .a = a};
	enum err e = OK;

	if (batch && !*batch)
		return diag_fail(d, ERR_VALUE, "batch: empty");
	e = check_rows(&x, in, n, d);
	if (!e)
		e = db_tx(db, take_body, &x, d);
	if (!e && x.nrefused)
		qsort(x.refused, x.nrefused, sizeof(*x.refused), by_line);
	if (!e)
		*ret = (struct sighted){.accepted = x.accepted,
			.repeated = x.repeated,
			.refused = x.refused,
			.nrefused = x.repeated ? 0 : x.nrefused};
	return e;
}
