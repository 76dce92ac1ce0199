/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From picks to logged decisions: bundles, statements about them, signatures, and the two
 * requests that each takes. `issued` is computed from statements that this program
 * verified itself: a hub cannot talk a coordinator into signing an old or a far time.
 */
#ifndef VARSEL_CTL_DECIDE_H
#define VARSEL_CTL_DECIDE_H

#include "client/ctl/ctl.h"
#include "client/ctl/picks.h"
#include "common/json_out.h"

/* One statement that the hub has logged, or keeps as a proposal. */
struct decided {
	int64_t index;
	int64_t proposal; /* 0: it is logged */
	int64_t issued;
	struct hash id;
	size_t count;
};

struct decisions {
	struct decided *d; /* owned */
	size_t n;
	size_t count;     /* keys that were decided on */
	size_t proposals; /* statements that await another coordinator's signature */
	size_t proposed;  /* keys in them */
};

void decisions_done(struct decisions *x);

/* Sorts the picks and decides on all of them, in as many statements as it takes. `verb`
 * is VERB_APPROVE or VERB_REVOKE. After an error *ret tells what was logged before it.
 * Needs ctl_follow() and ctl_signing(). ERR_FUTURE when an earlier decision on a key was
 * issued too far ahead of the local clock. */
enum err decide(struct ctl *c, enum verb verb, const char *reason, struct picks *picks,
	struct decisions *ret, struct diag *d) CHECK_RESULT;

/* "statements":[{index or proposal, issued, sha256, count}] */
void decisions_put(struct json_out *j, const struct decisions *x);
/* A line "proposal ID" for each. */
void decisions_put_proposals(struct buf *b, const struct decisions *x);

/* Takes indicators off the queue, at most 10,000; adds to *rejected. */
enum err reject_post(struct ctl *c, const int64_t *ids, size_t n, const char *reason,
	int64_t *rejected, struct diag *d) CHECK_RESULT;

/* Sets `touched` of all picks, which are sorted, from those statements of the verified
 * feed that were issued at `since` or later. Errors as feed_map(). */
enum err decide_touch(
	struct feed *f, struct picks *picks, int64_t since, struct diag *d) CHECK_RESULT;

/* Posts the note: *ret has index or proposal and the statement's hash. */
enum err decide_post(struct ctl *c, const char *path, struct slice note,
	struct decided *ret, struct diag *d) CHECK_RESULT;

#endif
