/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/retention.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/limits.h"
#include "server/db/audit.h"
#include "server/db/retain.h"

/* The audit last: what this run deletes leaves its rows there. */
static const struct rule {
	const char *what;
	size_t keep; /* of struct retention */
	enum retain_kind kind;
} rules[] = {
	{"enrolment links", offsetof(struct retention, links), RETAIN_LINKS},
	{"sessions of the page", offsetof(struct retention, links), RETAIN_PAGES},
	{"notes of reports", offsetof(struct retention, reports), RETAIN_NOTES},
	{"sightings", offsetof(struct retention, sightings), RETAIN_SIGHTINGS},
	{"sums of sightings", offsetof(struct retention, sightings), RETAIN_SUMS},
	{"batches of sightings", offsetof(struct retention, sightings), RETAIN_BATCHES},
	{"times of enforcement", offsetof(struct retention, enforcement),
		RETAIN_ENFORCEMENT},
	{"campaigns", offsetof(struct retention, campaigns), RETAIN_CAMPAIGNS},
	{"activity", offsetof(struct retention, activity), RETAIN_ACTIVITY},
	{"joint reports", offsetof(struct retention, activity), RETAIN_JOINTS},
	{"events", offsetof(struct retention, events), RETAIN_EVENTS},
	{"disputes", offsetof(struct retention, disputes), RETAIN_DISPUTES},
	{"proposals", offsetof(struct retention, proposals), RETAIN_PROPOSALS},
	{"audit", offsetof(struct retention, audit), RETAIN_AUDIT},
};

struct portion {
	const char *what;
	enum retain_kind kind;
	const char *actor;
	struct retain_span span;
	struct retained got;
};

static enum err portion_body(struct db *db, void *ctx, struct diag *d)
{
	struct portion *x = ctx;
	char before[CLOCK_TEXT], detail[80];
	enum err e;

	x->got = (struct retained){0};
	e = db_retain(db, x->kind, &x->span, &x->got, d);
	if (e || x->got.n == 0 || !x->actor)
		return e;
	clock_format(x->span.before, before);
	(void)snprintf(
		detail, sizeof(detail), "%" PRId64 " from before %s", x->got.n, before);
	return db_audit_add(
		db, x->span.now, x->actor, "retain", slice_of(x->what), detail, d);
}

/* All of a kind, portion by portion. */
static enum err run_rule(struct db *db, struct portion *x, int64_t *ret_n, struct diag *d)
{
	enum err e;

	*ret_n = 0;
	do {
		e = db_tx(db, portion_body, x, d);
		*ret_n += x->got.n;
		x->span.after = x->got.last;
	} while (!e && x->span.after);
	return e ? diag_at(d, e, "%s: ", x->what) : OK;
}

enum err retention_run(struct db *db, const struct retention *keep, const char *actor,
	int64_t now, void (*each)(const char *what, int64_t n, int64_t before),
	struct diag *d)
{
	/* They mean nothing any more, and are no record of anything. */
	struct portion nonces = {.what = "nonces",
		.kind = RETAIN_NONCES,
		.span = {.before = now - TOKEN_NONCE_KEPT, .now = now}};
	int64_t n;
	enum err e = run_rule(db, &nonces, &n, d);

	for (size_t i = 0; !e && i < sizeof(rules) / sizeof(*rules); i++) {
		int64_t seconds = *(const int64_t *)((const char *)keep + rules[i].keep);
		struct portion x = {.what = rules[i].what,
			.kind = rules[i].kind,
			.actor = actor,
			.span = {.before = now - seconds, .now = now}};

		if (seconds == 0)
			continue;
		e = run_rule(db, &x, &n, d);
		if (n)
			each(x.what, n, x.span.before);
	}
	return e;
}
