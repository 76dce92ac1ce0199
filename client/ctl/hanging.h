/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hangs on keys, a threshold or a lifetime that another root document will not have:
 * the statements that count now and would not under it, and what has to be signed again
 * so that everything in force stays as it is, what is taken back stays taken back, and
 * what is void stays void.
 */
#ifndef VARSEL_CTL_HANGING_H
#define VARSEL_CTL_HANGING_H

#include "client/ctl/picks.h"
#include "client/feed/feed.h"

struct hanging_void {
	struct hash target;
	int64_t issued; /* the target's */
};

struct hanging {
	size_t statements;    /* that count now and would not */
	struct picks approve; /* sorted; lines to approve again */
	struct picks revoke;  /* sorted; keys to revoke before that */
	struct hanging_void *voids;
	size_t nvoids;
};

/* `active` is what feed_active() made of the feed, which is not on hold. ERR_NOMEM. */
enum err hanging_find(const struct feed *f, const struct activeset *active,
	const struct root *under, int64_t now, struct hanging *ret,
	struct diag *d) CHECK_RESULT;
void hanging_done(struct hanging *x);

static inline bool hanging_any(const struct hanging *x)
{
	return x->approve.n || x->revoke.n || x->nvoids;
}

/* "2 lines in force, 1 revoked value and 0 voids hang on it" */
void hanging_put(const struct hanging *x, struct buf *b);

/* Leaves out the keys of that name. ERR_USAGE when there is none. */
enum err hanging_drop(struct root *r, const char *name, struct diag *d) CHECK_RESULT;

#endif
