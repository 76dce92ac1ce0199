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
	retain_pass pass;
} rules[] = {
	{"enrolment links", offsetof(struct retention, links), db_retain_links},
	{"sessions of the page", offsetof(struct retention, links), db_retain_pages},
	{"notes of reports", offsetof(struct retention, reports), db_retain_notes},
	{"sightings", offsetof(struct retention, sightings), db_retain_sightings},
	{"sums of sightings", offsetof(struct retention, sightings), db_retain_sums},
	{"batches of sightings", offsetof(struct retention, sightings),
		db_retain_batches},
	{"times of enforcement", offsetof(struct retention, enforcement),
		db_retain_enforcement},
	{"campaigns", offsetof(struct retention, campaigns), db_retain_campaigns},
	{"activity", offsetof(struct retention, activity), db_retain_activity},
	{"joint reports", offsetof(struct retention, activity), db_retain_joints},
	{"events", offsetof(struct retention, events), db_retain_events},
	{"disputes", offsetof(struct retention, disputes), db_retain_disputes},
	{"proposals", offsetof(struct retention, proposals), db_retain_proposals},
	{"audit", offsetof(struct retention, audit), db_retain_audit},
};

struct portion {
	const char *what;
	retain_pass pass;
	const char *actor;
	int64_t before, now;
	int64_t after;
	struct retained got;
};

static enum err portion_body(struct db *db, void *ctx, struct diag *d)
{
	struct portion *x = ctx;
	char before[CLOCK_TEXT], detail[80];
	enum err e;

	x->got = (struct retained){0};
	e = x->pass(db, x->before, x->after, x->now, &x->got, d);
	if (e || x->got.n == 0 || !x->actor)
		return e;
	clock_format(x->before, before);
	(void)snprintf(
		detail, sizeof(detail), "%" PRId64 " from before %s", x->got.n, before);
	return db_audit_add(db, x->now, x->actor, "retain", slice_of(x->what), detail, d);
}

/* All of a kind, portion by portion. */
static enum err run_rule(struct db *db, struct portion *x, int64_t *ret_n, struct diag *d)
{
	enum err e;

	*ret_n = 0;
	do {
		e = db_tx(db, portion_body, x, d);
		*ret_n += x->got.n;
		x->after = x->got.last;
	} while (!e && x->after);
	return e ? diag_at(d, e, "%s: ", x->what) : OK;
}

enum err retention_run(struct db *db, const struct retention *keep, const char *actor,
	int64_t now, void (*each)(const char *what, int64_t n, int64_t before),
	struct diag *d)
{
	/* They mean nothing any more, and are no record of anything. */
	struct portion nonces = {.what = "nonces",
		.pass = db_retain_nonces,
		.before = now - TOKEN_NONCE_KEPT,
		.now = now};
	int64_t n;
	enum err e = run_rule(db, &nonces, &n, d);

	for (size_t i = 0; !e && i < sizeof(rules) / sizeof(*rules); i++) {
		int64_t seconds = *(const int64_t *)((const char *)keep + rules[i].keep);
		struct portion x = {.what = rules[i].what,
			.pass = rules[i].pass,
			.actor = actor,
			.before = now - seconds,
			.now = now};

		if (seconds == 0)
			continue;
		e = run_rule(db, &x, &n, d);
		if (n)
			each(x.what, n, x.before);
	}
	return e;
}
