/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables activity and joint: which organisations had to do with what within the last
 * hours. What is asked costs a look into an index for each key, and nothing of what is
 * stored.
 */
#ifndef VARSEL_DB_ACTIVITY_H
#define VARSEL_DB_ACTIVITY_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct activity {
	int64_t key;
	int64_t at;
	int64_t needs; /* organisations, where it is more than others do; 0: as they do */
};

struct keys {
	int64_t *item;
	size_t n;
};

/* All in a transaction. */

/* The organisation had to do with these. *ret: the keys with which now at least `orgs`
 * had to do since then are added to it. The keys' rows stay locked, and were locked in
 * their order: call it once for what indicators have of themselves, and then for reports.
 * All have `needs`, and are sorted by key, or none. */
enum err db_activity_note(struct db *db, int64_t org, const struct activity *x, size_t n,
	int64_t orgs, int64_t since, struct keys *ret, struct diag *d) CHECK_RESULT;
/* With `key` had to do all who had to do with one of the others since then. */
enum err db_activity_gather(struct db *db, int64_t key, const int64_t *of, size_t n,
	int64_t since, struct diag *d) CHECK_RESULT;

/* A report names these indicators together. */
enum err db_joint_add(struct db *db, int64_t report, const int64_t *indicator, size_t n,
	int64_t at, struct diag *d) CHECK_RESULT;
/* The newest reports since then that name one of the n indicators together with others.
 */
struct joint {
	size_t i; /* which of the n */
	int64_t report;
	int64_t size; /* how many it names */
};
enum err db_joint_find(struct db *db, const int64_t *indicator, size_t n, int64_t since,
	struct arena *a, struct joint **ret, size_t *ret_n, struct diag *d) CHECK_RESULT;

/* The organisation had to do with none of these, after all. */
enum err db_activity_drop(struct db *db, int64_t org, const int64_t *key, size_t n,
	struct diag *d) CHECK_RESULT;
/* The report joins nothing any more; `key` is its own. */
enum err db_joint_drop(
	struct db *db, int64_t report, int64_t key, struct diag *d) CHECK_RESULT;

#endif
