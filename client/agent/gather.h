/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first half of a pull, all that takes what comes from outside: fetch, verify, merge.
 * It changes nothing that is enforced; what is to be enforced is its result.
 */
#ifndef VARSEL_AGENT_GATHER_H
#define VARSEL_AGENT_GATHER_H

#include "client/agent/pull.h"
#include "client/agent/standing.h"
#include "client/feed/feed.h"

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

/* Fills all but the set's two. */
void followed_note(const struct feed *f, struct followed *ret);

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
	bool due;               /* what follows is set */
	struct activeset set;   /* approved, and not spared by the built-in list */
	int64_t spared;         /* approved, and spared */
	char builtin[HASH_HEX]; /* digest of that list */
	int64_t changed;        /* of the feed */
	struct buf notices;     /* lines for the notify command */
	struct feed *feed;      /* what the set borrows from */
};

/* `stale`: the outputs need to be rendered whatever comes. What is worth a word, and ends
 * nothing, is said on stderr. */
enum err gather(struct cli *c, const struct config *conf, const struct pull_options *opt,
	const struct standing *standing, bool stale, struct plan *ret) CHECK_RESULT;
void plan_done(struct plan *p); /* safe on a zeroed struct */

#endif
