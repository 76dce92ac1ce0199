/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a pull found out: made by the part that talks to the hub and reads what it sends
 * (client/agent/gather.h), written as text, and read by the part that may change the
 * firewall, which takes nothing from it unchecked: each value is its kind's canonical
 * form again, each number in its range, all in order.
 *
 *   varsel/plan/v1
 *   net SLUG             how the exchange with the hub went; "ok"
 *   net-why TEXT         (optional)
 *   now N                the time by which entries expire, as seconds
 *   good-time N          the same when the clock can be believed; else 0
 *   hold TEXT            (optional)
 *   hold-since N
 *   root-ends 0|1        in less than 30 days
 *   log ORIGIN
 *   root-version N
 *   size N
 *   root HEX
 *   due 0|1              the rest is there
 *   changed N
 *
 *   KIND VALUE ACTION UNTIL SINCE CONFIDENCE|- OVERRIDE(0|1)
 *
 *   next-expiry N
 *
 * It is written while the set is merged and read as it comes, entry by entry.
 */
#ifndef VARSEL_AGENT_PLAN_H
#define VARSEL_AGENT_PLAN_H

#include <stdio.h>

#include "common/activeset.h"
#include "common/arena.h"
#include "common/key.h"

/* Of the feed, for the receipt. */
struct followed {
	char log[KEY_NAME_MAX + 1]; /* its origin */
	int64_t root_version;
	int64_t size;
	struct hash root;
	/* of the active set, before any never-block list; when the plan is due */
	struct hash digest;
	int64_t active;
};

struct plan {
	/* How the exchange with the hub went. Its failure leaves what is stored, and that
	 * is gone on with; OK with a text is a warning. */
	enum err net;
	struct diag net_why;
	int64_t now;       /* by which entries expire */
	int64_t good_time; /* the same when the clock can be believed; else 0 */
	char hold[DIAG_MAX];
	int64_t hold_since; /* of a hold of the feed; else 0 */
	bool root_ends;     /* in less than 30 days */
	struct followed followed;
	bool due;             /* what follows is set */
	struct activeset set; /* approved; of each entry no attrs and no `by` */
	int64_t changed;      /* of the feed */
	struct arena values;  /* what the set borrows from */
};

/* Writes it up to the set; behind that, when it is due, each entry and the end. */
void plan_put(const struct plan *p, FILE *f);
/* Takes `line` for its scratch. */
void plan_put_entry(const struct active *a, struct buf *line, FILE *f);
void plan_put_end(int64_t next_expiry, FILE *f);

struct plan_reader {
	struct plan plan;
	enum { PLAN_HEAD, PLAN_SET, PLAN_END, PLAN_DONE } part; /* of the next line */
	size_t line;     /* number of the last one */
	size_t taken;    /* bytes */
	size_t room;     /* in the set */
	struct buf head; /* its lines */
	struct buf cut;  /* the beginning of a line whose end has not come yet */
	struct buf scratch;
};

void plan_begin(struct plan_reader *r);
/* The text, in parts. ERR_SYNTAX and ERR_VALUE name the line; ERR_LIMIT, ERR_NOMEM. */
enum err plan_take(struct plan_reader *r, struct slice part, struct diag *d) CHECK_RESULT;
/* There is no more of it. The set's digest and number are those of `followed`. */
enum err plan_end(struct plan_reader *r, struct plan *ret, struct diag *d) CHECK_RESULT;
void plan_reader_done(struct plan_reader *r); /* after plan_end() as well */
void plan_done(struct plan *p);               /* safe on a zeroed struct */

#endif
