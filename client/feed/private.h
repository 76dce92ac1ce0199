/* SPDX-License-Identifier: BSD-2-Clause */
/* What the follower's own files share behind feed.h. */
#ifndef VARSEL_FEED_PRIVATE_H
#define VARSEL_FEED_PRIVATE_H

#include "client/feed/feed.h"
#include "client/feed/state.h"
#include "common/arena.h"

struct feed_private {
	char *root1;
	struct head head;   /* as on disk, until an update saves its own */
	struct buf journal; /* what the statements' notes point into */
	struct arena notes; /* and those that came after it was read */
	size_t cap;         /* of f->st */
	bool loaded;
	bool moving; /* another log began: the journal is of the one before */
	int lock;    /* descriptor while held, or -1 */
};

/* Reads head and roots anew; f->st is emptied. ERR_SYNTAX: damaged. */
enum err feed_read(struct feed *f, struct diag *d) CHECK_RESULT;
/* Under the lock: sets a damaged state aside and begins anew, unless another process has
 * replaced it already. *d says why it is damaged, and then what was done. */
enum err feed_start_over(struct feed *f, struct diag *d) CHECK_RESULT;
/* The lock that whoever writes must hold; feed_lock() is OK when this feed has it.
 * ERR_TEMPFAIL when another process does. */
enum err feed_lock(struct feed *f, struct diag *d) CHECK_RESULT;
void feed_unlock(struct feed *f);
/* Whether the head on disk is the one in memory. */
bool feed_is_current(struct feed *f);
/* Forgets the statements in memory. */
void feed_unload(struct feed *f);
/* Room for one more in f->st, zeroed; NULL when out of memory. */
struct feed_statement *feed_grow(struct feed *f);
/* Sets `valid` of all statements under f->root. */
void feed_judge(struct feed *f);
/* Sets what depends on the time (parked, voided) and on what could be had (missing). */
void feed_set_time(struct feed *f, int64_t time);
/* The bytes are wrong: what a full disk or another process cannot explain. */
bool feed_is_damage(enum err e);
/* Replaces the head file and what of it is public. The given head is taken over. */
enum err feed_save_head(struct feed *f, struct head *h, struct diag *d) CHECK_RESULT;

/* The root chain (roots.c). */
/* Follows the documents that are on disk. ERR_SYNTAX, ERR_SIGNATURE... when damaged. */
enum err roots_read(struct feed *f, struct diag *d) CHECK_RESULT;
/* TUF 5.3: fetches, verifies and keeps version N+1 until there is none. *ret_news when
 * there was one. */
enum err roots_follow(
	struct feed *f, struct hub *h, bool *ret_news, struct diag *d) CHECK_RESULT;

#endif
