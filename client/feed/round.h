/* SPDX-License-Identifier: BSD-2-Clause */
/* One round of following, from a checkpoint to a saved state; its parts are entries.c
 * (what the log holds), attest.c (whether it is what others have), commit.c (bundles,
 * journal, head) and update.c (the order). */
#ifndef VARSEL_FEED_ROUND_H
#define VARSEL_FEED_ROUND_H

#include "client/feed/private.h"
#include "common/checkpoint.h"

struct round {
	struct feed *f;
	struct hub *h;
	int64_t now;
	struct slice bytes; /* the checkpoint's note */
	struct slice text;
	struct checkpoint c;
	struct head head; /* what will be saved */
	size_t old_n;     /* statements that the journal held before */
	bool changed;     /* the set of statements, or what counts of it */
	/* entries */
	struct hash *leaf; /* of the entries that are new in our tree; owned */
	size_t nleaf, leaf_cap;
	size_t skipped;
	char skip_why[DIAG_MAX];
	/* bundles */
	char miss_why[DIAG_MAX];
	bool revoke_missing;
	bool doubt; /* the checkpoint is of another log than the one followed */
	/* why this round must hold; "" when it need not */
	char hold[DIAG_MAX];
};

/* By what time something has ended for good: the earlier of our clock and the hub's. A
 * clock that runs ahead must not make us forget what is in force. */
int64_t round_safe_now(const struct round *r);

/* Fetches the entries from the stored size to the checkpoint's, adds the statements to
 * f->st, and moves the frontier; r->hold is set when the tree is another. */
enum err round_entries(struct round *r, struct diag *d) CHECK_RESULT;
/* Compares the attests that count with the own tree, at whatever size: sets
 * r->head.attested and r->head.disputed. ERR_TEMPFAIL: what is stored was damaged, and
 * the round must begin anew. */
enum err round_attests(struct round *r, struct diag *d) CHECK_RESULT;
/* What follows from those two: r->hold when another tree was attested, or none in time.
 */
void round_check_attests(struct round *r);
/* Fetches the bundles that are wanted and not there. */
enum err round_bundles(struct round *r, struct diag *d) CHECK_RESULT;
/* Writes journal and head; drops from memory what will never count. */
enum err round_save(struct round *r, struct diag *d) CHECK_RESULT;

/* Two checkpoints that cannot both be honest: keeps the stored and the received one as
 * evidence, sets r->doubt. */
void round_doubt(struct round *r);
/* Sets r->hold, unless there is a reason already. */
void round_hold(struct round *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
