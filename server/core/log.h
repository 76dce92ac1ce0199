/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log and its sequencer. An entry's way: appended in one transaction under the log's
 * row lock, committed, read back and folded into the tree, the head file fsynced, the
 * checkpoint signed, published. Start-up, an append and recovery after a crash are the
 * same walk from the head file's size to the database's.
 *
 * Nothing is signed unless the root of the stored entries at the head file's size is the
 * head file's root; a database restored from an old backup therefore stops the log
 * (ERR_HOLD, and the diag says how to recover).
 *
 * One hub leads per database: by a session advisory lock on the connection given to
 * log_lead(), and by a term number in the log's row, so that a leader whose connection
 * died can no longer append.
 */
#ifndef VARSEL_LOG_H
#define VARSEL_LOG_H

#include "common/key.h"
#include "server/core/core.h"

struct log;

/* Files in the state folder. */
#define STATE_LOG_KEY   "log.key"   /* secret key text */
#define STATE_FRESH_KEY "fresh.key" /* likewise, timestamped */
#define STATE_HEAD      "head"      /* the tree that was signed last */

/* Makes those that are missing, for a new log; keeps those that are there. ERR_CONFLICT
 * when the key is there and the head is not. */
enum err log_init(const char *state_dir, const char *origin, struct diag *d) CHECK_RESULT;

struct log_entry {
	struct slice note;   /* the entry's exact bytes, <= STATEMENT_MAX */
	struct hash sha256;  /* of the bundle that clients will fetch for it */
	struct slice bundle; /* its exact bytes; n == 0: no bundle, expired or erased */
};

/* What changed; borrowed for the duration of the call. Entries arrive in order, without
 * gaps, each exactly once in the life of the log: entry[0] has index `first`. A fresh
 * signature alone comes with n == 0. */
struct log_news {
	uint64_t first;
	const struct log_entry *entry;
	size_t n;
	bool more; /* start-up hands over in portions: the checkpoint comes with the last
		    */
	uint64_t size;           /* of the signed tree; valid when !more */
	struct hash root;        /* likewise */
	struct slice checkpoint; /* the signed and cosigned note; likewise */
};

/* Called one at a time, never concurrently. An error (ERR_NOMEM) stops the log as
 * ERR_HOLD would: what cannot be published is not signed for. */
typedef enum err (*log_publish)(void *ctx, const struct log_news *news, struct diag *d);

/* Loads log.key, fresh.key and the head file from `state_dir`. Touches no database.
 * ERR_NOT_FOUND, ERR_NOPERM, ERR_CONFIG. `state_dir`, `origin` are copied. */
enum err log_open(const char *state_dir, const char *origin, log_publish publish,
	void *ctx, struct log **ret, struct diag *d) CHECK_RESULT;
void log_close(struct log **l);

/* To be called about once a second from one thread, always with the same connection that
 * nobody else uses. Takes the lead when it is free, loads, verifies, signs and publishes;
 * while leading it only looks whether it still does. OK: leading. ERR_BUSY: another hub
 * leads. ERR_DATABASE: lost, or not there yet. ERR_HOLD: refuses to sign. */
enum err log_lead(struct log *l, struct db *db, int64_t now, struct diag *d) CHECK_RESULT;
/* What log_lead() found last; any thread, never waits. For /readyz. */
bool log_leading(const struct log *l);
/* Whether another hub was found to have it, when it was last looked for. */
bool log_deposed(const struct log *l);

/* Signs freshness anew and publishes it (news with n == 0): call once a minute, no
 * database needed, so that revocations flow while PostgreSQL is down. ERR_BUSY when
 * another hub leads or nothing was published yet; ERR_HOLD. */
enum err log_refresh(struct log *l, int64_t now, struct diag *d) CHECK_RESULT;

/* A statement's way in. `work` runs in the transaction that holds the log's row: it
 * stores the entry at `index` of log `row` and answers with its exact bytes; an empty one
 * appends nothing. When log_sequence() returns OK, a checkpoint over *ret_size entries,
 * this one among them, is signed and published. ERR_BUSY: this hub does not lead;
 * ERR_HOLD; after ERR_DATABASE the entry may have gone in: the same again finds it. */
typedef enum err (*log_work)(struct db *db, void *ctx, int64_t row, uint64_t index,
	struct slice *ret_entry, struct diag *d);
enum err log_sequence(struct log *l, struct db *db, log_work work, void *ctx, int64_t now,
	uint64_t *ret_size, struct diag *d) CHECK_RESULT;

/* The public halves of the keys in state_dir. */
void log_keys(const struct log *l, struct pubkey *ret_log, struct pubkey *ret_fresh);

#endif
