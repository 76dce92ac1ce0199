/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A verified local copy of one channel's feed: roots, log position, every unexpired
 * statement with its signatures, and the bundles of those that count. Nothing in it is
 * believed because the hub said so. Shared by varsel (what to enforce) and varselctl
 * (what is in force).
 *
 * On disk, below `dir`:
 *   head          log position: size, frontier, root version, newest cosigned time,
 * journal length; small; replaced last, so that a killed run is as if it never was
 *   checkpoint    the note verified last
 *   journal       one framed record for each statement that may still count
 *   bundle/<hex>  bundles by their SHA-256
 *   root/<n>      root documents that were followed, from 2 on (1 is beside the config)
 */
#ifndef VARSEL_FEED_H
#define VARSEL_FEED_H

#include "client/hub/hub.h"
#include "common/activeset.h"
#include "common/merkle.h"
#include "common/root.h"

struct feed_statement {
	uint64_t index;    /* in the log */
	struct hash id;    /* SHA-256 of the text */
	struct slice note; /* as logged; owned by the feed */
	struct statement st;
	bool valid;   /* signatures suffice under the newest root */
	bool parked;  /* issued too far ahead of the local clock */
	bool missing; /* its bundle could not be had yet */
	struct slice
		bundle; /* body lines, mapped from bundle/<hex>; n == 0 until loaded */
};

struct feed {
	char *dir;
	char channel[CHANNEL_MAX + 1];
	struct root root; /* the newest followed */
	struct frontier log;
	int64_t fresh_time; /* newest cosigned time; 0: never */
	bool root_expired;
	struct feed_statement *st; /* in log order */
	size_t n;
	size_t skipped;      /* log entries that did not parse or verify */
	char hold[DIAG_MAX]; /* why nothing new may be applied; "" when all is well */
	struct feed_private *priv;
};

/* Loads what is on disk; a new folder is an empty feed. `root1` is the path of the root
 * document stored at enrolment. A damaged state is set aside and the feed begins anew
 * from root 1, said in *d with OK. ERR_CONFIG without a valid root 1. */
enum err feed_open(const char *dir, const char *root1, const char *channel,
	struct feed **ret, struct diag *d) CHECK_RESULT;
void feed_close(struct feed **f);

/* One round: checkpoint (long-polled for up to `wait` seconds when > 0), roots, new
 * entries, bundles; verified, then saved. *ret_news: the set of statements changed.
 * ERR_UNAVAILABLE leaves all as it was; ERR_HOLD explains itself in f->hold and *d. */
enum err feed_update(struct feed *f, struct hub *h, int wait, bool *ret_news,
	struct diag *d) CHECK_RESULT;

/* Maps the bundles and merges: what is active at `now`. The set borrows from the feed;
 * free it with activeset_done() before feed_close(). `by` of an entry is an index into
 * f->st. */
enum err feed_active(
	struct feed *f, int64_t now, struct activeset *ret, struct diag *d) CHECK_RESULT;

#endif
