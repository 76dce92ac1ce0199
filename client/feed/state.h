/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head file: all that a round without news needs to know, and the last thing that any
 * round writes. A text like the other documents, ended by its own SHA-256, so that a
 * flipped bit is seen.
 */
#ifndef VARSEL_FEED_STATE_H
#define VARSEL_FEED_STATE_H

#include "common/limits.h"
#include "common/merkle.h"

#define HEAD_MAX (8u << 20)

struct head {
	char origin[ORIGIN_MAX]; /* of the log; "": nothing yet */
	struct frontier log;
	int64_t root_version;
	int64_t root_polled; /* when the next root was last asked for */
	int64_t fresh;       /* newest cosigned time */
	int64_t generation;  /* journal.<generation> */
	int64_t journal;     /* its bytes that count; what is behind them is not there */
	int64_t trusted; /* in a hold, approvals from this log index on do not count */
	int64_t wake;    /* when the first parked statement is to be looked at */
	int64_t skipped;
	int64_t attested; /* issued of the newest attest whose tree is ours; 0: none */
	int64_t disputed; /* the newest attest is of another tree of so many entries, plus
			     one; 0: it is of ours */
	int64_t changed;  /* rises with every round whose news a user must look at */
	int64_t hold_since; /* 0: no hold */
	char hold[DIAG_MAX];
	struct hash *missing; /* bundles that could not be had yet; owned */
	size_t nmissing;
};

void head_init(struct head *h);
/* Another log begins, with another key: nothing of it was seen yet, and the journal is
 * kept, for what was decided still stands. */
void head_begin_log(struct head *h, const char *origin);
void head_done(struct head *h);

/* ERR_SYNTAX when damaged, ERR_NOMEM. *ret must be empty. */
enum err head_parse(struct slice text, struct head *ret, struct diag *d) CHECK_RESULT;
void head_put(struct buf *b, const struct head *h);

enum err head_add_missing(struct head *h, const struct hash *bundle) CHECK_RESULT;
bool head_is_missing(const struct head *h, const struct hash *bundle);

/* <dir>/<name> in a new string, with a number or hex behind it where asked for. NULL when
 * out of memory. */
char *state_path(const char *dir, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Moves head, checkpoint, journal and roots into <dir>/damaged.<now>. Bundles stay: their
 * names tell whether they are whole. */
enum err state_set_aside(
	const char *dir, int64_t generation, struct diag *d) CHECK_RESULT;

/* Keeps a note in <dir>/evidence, once for each text, at most 100 of them. Best effort: a
 * full disk must not hide the reason for the hold. Whether it is there now and was not
 * before. */
bool state_evidence(
	const char *dir, const char *what, struct slice text, struct slice note);

#endif
