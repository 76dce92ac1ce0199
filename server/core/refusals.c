/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/refusals.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "server/db/audit.h"

void refusals_init(struct refusals *r)
{
	memset(r, 0, sizeof(*r));
	pthread_mutex_init(&r->lock, NULL);
	(void)snprintf(r->row[REFUSALS_MAX].from, sizeof(r->row->from), "others");
}

void refusals_done(struct refusals *r)
{
	pthread_mutex_destroy(&r->lock);
}

/* Under the lock: that address's row, a free one, or everyone else's. */
static struct refusal_row *row_of(struct refusals *r, const char *from)
{
	struct refusal_row *unused = NULL;

	for (size_t i = 0; i < REFUSALS_MAX; i++) {
		struct refusal_row *x = &r->row[i];

		if (strcmp(x->from, from) == 0)
			return x;
		if (!unused && x->from[0] == '\0')
			unused = x;
	}
	if (unused)
		(void)snprintf(unused->from, sizeof(unused->from), "%s", from);
	return unused ? unused : &r->row[REFUSALS_MAX];
}

void refusals_note(struct refusals *r, const char *from, const char *why, int64_t now)
{
	struct slice text = slice_of(why);
	struct refusal_row *x;

	if (text.n >= sizeof(x->why))
		text.n = sizeof(x->why) - 1;
	while (text.n && text.n < strlen(why) &&
		((unsigned char)why[text.n] & 0xc0) == 0x80)
		text.n--; /* no half character */
	pthread_mutex_lock(&r->lock);
	x = row_of(r, from);
	if (x->count++ == 0)
		x->first = now;
	memcpy(x->why, text.p, text.n);
	x->why[text.n] = '\0';
	pthread_mutex_unlock(&r->lock);
}

struct writing {
	struct refusal_row row[REFUSALS_MAX + 1];
	size_t n;
	int64_t now;
};

/* What is due; and addresses that were quiet for a minute make room. */
static void take_due(struct refusals *r, bool all, struct writing *ret)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i <= REFUSALS_MAX; i++) {
		struct refusal_row *x = &r->row[i];
		bool due = all || ret->now >= x->active + REFUSALS_SECONDS ||
			   ret->now < x->active;

		if (due && x->count)
			ret->row[ret->n++] = *x;
		else if (due && i < REFUSALS_MAX)
			*x = (struct refusal_row){.from = ""};
	}
	pthread_mutex_unlock(&r->lock);
}

static void mark(struct refusals *r, const struct writing *w)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k <= REFUSALS_MAX; k++)
			if (strcmp(r->row[k].from, w->row[i].from) == 0) {
				r->row[k].count -= w->row[i].count;
				r->row[k].first = w->now;
				r->row[k].active = w->now;
			}
	pthread_mutex_unlock(&r->lock);
}

static enum err write_body(struct db *db, void *ctx, struct diag *d)
{
	const struct writing *w = ctx;
	enum err e = OK;

	for (size_t i = 0; !e && i < w->n; i++) {
		const struct refusal_row *x = &w->row[i];
		char since[CLOCK_TEXT], detail[sizeof(x->why) + 80];

		clock_format(x->first, since);
		(void)snprintf(detail, sizeof(detail),
			"%" PRId64 " since %s; the last: %s", x->count, since, x->why);
		e = db_audit_add(
			db, w->now, "hub", "refused", slice_of(x->from), detail, d);
	}
	return e;
}

enum err refusals_write(
	struct refusals *r, struct db *db, int64_t now, bool all, struct diag *d)
{
	struct writing w = {.now = now};
	enum err e;

	take_due(r, all, &w);
	if (w.n == 0)
		return OK;
	e = db_tx(db, write_body, &w, d);
	if (!e)
		mark(r, &w);
	return e;
}
