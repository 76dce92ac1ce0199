/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A verified local copy of one channel's feed: roots, log position, every unexpired
 * statement with its signatures, and the bundles of those that count. Nothing in it is
 * believed because the hub said so. Shared by varsel (what to enforce) and varselctl
 * (what is in force).
 *
 * On disk, below `dir`:
 *   head          log position and all else that is small (state.h); replaced last, so
 *                 that a killed run is as if it never was
 *   checkpoint    the note verified last
 *   journal.<g>   one framed record for each statement that may still count (journal.h)
 *   leaves        the hash of every entry of the log, 32 bytes each (leaves.h)
 *   bundle/<hex>  bundles by their SHA-256
 *   root/<n>      root documents that were followed, from 2 on (1 is beside the config)
 *   evidence/     notes that cannot both be honest
 *   damaged.<t>/  what was set aside
 *   lock          held while an update writes
 */
#ifndef VARSEL_FEED_H
#define VARSEL_FEED_H

#include "client/hub/hub.h"
#include "common/activeset.h"
#include "common/merkle.h"
#include "common/root.h"

/* Of a statement that moved along from an earlier log of the channel. */
#define INDEX_CARRIED UINT64_MAX

struct feed_statement {
	uint64_t index;    /* in the log, or INDEX_CARRIED */
	struct hash id;    /* SHA-256 of the text */
	struct slice note; /* as logged; owned by the feed */
	struct statement st;
	bool valid;   /* signatures and lifetime hold under the newest root */
	bool parked;  /* issued too far ahead of the local clock, and of the hub's */
	bool voided;  /* by a valid void */
	bool missing; /* its bundle could not be had yet */
	bool dead;    /* it never counts, and is forgotten: a malformed bundle, an attest
			 that others follow */
	struct slice bundle; /* body lines; n == 0 until feed_active(), feed_map() */
	struct slice map;    /* the whole of bundle/<hex>, mapped */
};

struct feed {
	char *dir;
	char channel[CHANNEL_MAX + 1];
	struct root root; /* the newest followed */
	bool root_expired;
	bool attests; /* set by who makes the attests: that one is overdue holds the
		       * others
		       */
	struct frontier log;
	int64_t fresh_time;  /* newest cosigned time; 0: never */
	int64_t seen_time;   /* of the checkpoint that the last update got; 0: none */
	size_t skipped;      /* log entries that could not be taken, all in all */
	int64_t changed;     /* another number after each round that had news: who
				remembers it misses none when a run is killed */
	size_t missing;      /* bundles that could not be had yet */
	char hold[DIAG_MAX]; /* why nothing new may be applied; "" when all is well */
	int64_t hold_since;
	/* Loaded when needed: empty after feed_open() and after a round without news,
	 * full after feed_load() and feed_active(). */
	struct feed_statement *st; /* in log order */
	size_t n;
	struct feed_private *priv;
};

/* Opens what is on disk, without a lock; a new folder is an empty feed. `root1` is the
 * path of the root document stored at enrolment. A damaged state is set aside and the
 * feed begins anew from root 1, said in *d with OK. ERR_CONFIG without a valid root 1. */
enum err feed_open(const char *dir, const char *root1, const char *channel,
	struct feed **ret, struct diag *d) CHECK_RESULT;
void feed_close(struct feed **f);
#define CLEANUP_FEED __attribute__((cleanup(feed_close)))

/* One round: checkpoint (long-polled for up to `wait` seconds when > 0), roots, new
 * entries, bundles; verified, then saved. *ret_news: what is active may have changed for
 * another reason than time (set also with ERR_HOLD: revocations apply in a hold).
 * ERR_HOLD explains itself in f->hold and *d; ERR_TEMPFAIL: another process is updating;
 * any other error leaves all as it was. OK with a text in *d: a warning (entries that
 * were skipped, bundles that are awaited). */
enum err feed_update(struct feed *f, struct hub *h, int wait, bool *ret_news,
	struct diag *d) CHECK_RESULT;

/* Instead of an update that could not begin, for want of a token say: returns `why`, or
 * ERR_HOLD as soon as what is stored is too old to go on with. */
enum err feed_miss(struct feed *f, enum err why, struct diag *d) CHECK_RESULT;

/* The log's origin under the newest root: what a statement's `log` line says. */
const char *feed_origin(const struct feed *f);

/* Names, borrowed from the root, of the coordinators' keys that signed a statement; how
 * many. */
size_t feed_signers(const struct feed *f, const struct feed_statement *st,
	const char *ret[ROOT_KEYS]);

/* Fills f->st from the journal; nothing to do when it is. ERR_TEMPFAIL as below. */
enum err feed_load(struct feed *f, struct diag *d) CHECK_RESULT;

/* Hands each notice that counts at `now`, the one logged last first, to `each` with its
 * text, which need be no text at all and is valid during the call. Errors as below. */
enum err feed_notices(struct feed *f, int64_t now,
	enum err (*each)(void *ctx, const struct feed_statement *s, struct slice text,
		struct diag *d),
	void *ctx, struct diag *d) CHECK_RESULT;

/* Maps the bundles of those alone that count at `now` and were issued at `since` or
 * later. Errors as below. */
enum err feed_map(
	struct feed *f, int64_t now, int64_t since, struct diag *d) CHECK_RESULT;

/* What feed_active() merges, for who needs few of its entries and not all. */
struct feed_decisions {
	struct decision *in; /* borrow from the feed */
	uint32_t *place;     /* of each, in f->st */
	size_t n;
};

/* Maps the bundles. Free with feed_decisions_done() before feed_update() or feed_close().
 * As feed_active(), otherwise. */
enum err feed_decisions(struct feed *f, int64_t now, struct feed_decisions *ret,
	struct diag *d) CHECK_RESULT;
void feed_decisions_done(struct feed_decisions *x); /* safe on a zeroed struct */

/* Maps the bundles and merges: what is active at `now`. In a hold that is what was active
 * before it, less what was revoked or has expired. The set borrows from the feed; free it
 * with activeset_done() before feed_update() or feed_close(). `by` of an entry is an
 * index into f->st. ERR_TEMPFAIL: what is stored was damaged; it is set aside, and
 * feed_update() will fetch it again. */
enum err feed_active(
	struct feed *f, int64_t now, struct activeset *ret, struct diag *d) CHECK_RESULT;

#endif
