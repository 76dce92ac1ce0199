/* SPDX-License-Identifier: BSD-2-Clause */
/* Indicators as the hub tells of them: read, asked for, written as JSON. */
#ifndef VARSEL_CTL_INDICATOR_H
#define VARSEL_CTL_INDICATOR_H

#include "client/hub/hub.h"
#include "common/clock.h"
#include "common/json_in.h"
#include "common/json_out.h"
#include "common/kind.h"

struct indicator {
	int64_t id;
	char *kind, *value, *state, *action, *tlp;
	char *first_seen, *last_seen, *until, *reason; /* NULL: none */
	int64_t confidence, orgs, sightings;
	int64_t campaigns; /* open ones that it is in */
	struct json_texts flags, tags;
};

extern const struct json_field indicator_fields[];

bool indicator_flagged(const struct indicator *x);
/* A flag that only an override lifts. What is disputed or withdrawn can be
 * decided on by naming it. */
bool indicator_needs_override(const struct indicator *x);
bool indicator_is_red(const struct indicator *x);

void indicator_put(struct json_out *j, const char *name, const struct indicator *x);

/* What of the queue is asked for; NULL and 0: all. */
struct queue_filter {
	const char *kind, *org, *tag;
	int64_t min_orgs;
};

/* All pages of the queue, most urgent first; what `each` is handed is gone after the
 * page. Stops at the first error of `each`. */
enum err queue_walk(struct hub *h, const struct queue_filter *filter,
	enum err (*each)(void *ctx, const struct indicator *x, struct diag *d), void *ctx,
	struct diag *d) CHECK_RESULT;

/* An argument of the command line: a hub's id (digits alone), or a value in any spelling.
 * `kind` NULL: it is an id. */
struct target {
	const struct kind *kind;
	char *text; /* canonical value, or the id's digits; in the arena */
};

/* ERR_VALUE names the argument. */
enum err target_parse(struct slice arg, struct arena *a, struct target *ret,
	struct diag *d) CHECK_RESULT;

/* What the hub knows of one; *ret_known false: nothing. ERR_NOT_FOUND for an unknown id.
 */
enum err indicator_get(struct hub *h, const struct target *t, struct arena *a,
	struct indicator *ret, bool *ret_known, struct diag *d) CHECK_RESULT;

#endif
