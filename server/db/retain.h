/* SPDX-License-Identifier: BSD-2-Clause */
/* What is old enough to go, a portion at a time: each call belongs into a transaction of
 * its own, so that nobody waits for it. */
#ifndef VARSEL_DB_RETAIN_H
#define VARSEL_DB_RETAIN_H

#include <stdint.h>

#include "server/db/db.h"

#define RETAIN_PORTION 500

struct retained {
	int64_t n;    /* what went */
	int64_t last; /* go on behind this number; 0: that was all */
};

/* What is older than `before`, from behind the number `after` on; 0: from the start. */
typedef enum err (*retain_pass)(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d);

enum err db_retain_nonces(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
/* Used, switched off, or run out. */
enum err db_retain_links(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
/* Links to the situation page that ran out, and sessions that ended. */
enum err db_retain_pages(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
/* The signed notes and their comments; the reports stay, with what they count. */
enum err db_retain_notes(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
/* How long approvals took, by the time of the approval. */
enum err db_retain_enforcement(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
/* Whole months of them. */
enum err db_retain_campaigns(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
enum err db_retain_activity(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
enum err db_retain_joints(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
enum err db_retain_events(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
enum err db_retain_sightings(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
enum err db_retain_sums(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
enum err db_retain_batches(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
/* Those that are closed, or settled. */
enum err db_retain_disputes(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
enum err db_retain_proposals(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;
/* From the chain's beginning; the newest row stays, and table audit_cut has the number
 * and the hash of the last one that went. */
enum err db_retain_audit(struct db *db, int64_t before, int64_t after, int64_t now,
	struct retained *ret, struct diag *d) CHECK_RESULT;

#endif
