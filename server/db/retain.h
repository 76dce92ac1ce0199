/* SPDX-License-Identifier: BSD-2-Clause */
/* What is old enough to go, a portion at a time: each call belongs into a transaction of
 * its own, so that nobody waits for it. */
#ifndef VARSEL_DB_RETAIN_H
#define VARSEL_DB_RETAIN_H

#include <stdint.h>

#include "server/db/db.h"

#define RETAIN_PORTION 500

enum retain_kind {
	RETAIN_NONCES,
	RETAIN_LINKS,     /* used, switched off, or run out */
	RETAIN_PAGES,     /* links to the situation page that ran out, ended sessions */
	RETAIN_NOTES,     /* and their comments; the reports stay, with what they count */
	RETAIN_SIGHTINGS, /* whole months of them */
	RETAIN_SUMS,
	RETAIN_BATCHES,
	RETAIN_ENFORCEMENT, /* how long approvals took, by the time of the approval */
	RETAIN_CAMPAIGNS,   /* those that are closed */
	RETAIN_ACTIVITY,
	RETAIN_JOINTS,
	RETAIN_EVENTS,
	RETAIN_DISPUTES,  /* those that are closed */
	RETAIN_PROPOSALS, /* those that are settled */
	/* From the chain's beginning; the newest row stays, and table audit_cut has the
	 * number and the hash of the last one that went. */
	RETAIN_AUDIT,
};

struct retain_span {
	int64_t before; /* what is older goes */
	int64_t after;  /* from behind this number on; 0: from the start */
	int64_t now;
};

struct retained {
	int64_t n;    /* what went */
	int64_t last; /* go on behind this number; 0: that was all */
};

/* `ret` comes in as zeros. */
enum err db_retain(struct db *db, enum retain_kind kind, const struct retain_span *x,
	struct retained *ret, struct diag *d) CHECK_RESULT;

#endif
