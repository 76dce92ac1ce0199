/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of struct log, for log.c (keys, head file, signing) and sequencer.c (lead,
 * append, fold). */
#ifndef VARSEL_LOG_STATE_H
#define VARSEL_LOG_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/merkle.h"
#include "server/core/log.h"

struct head {
	uint64_t size;
	struct hash root;
};

struct log {
	char *origin;
	char *head_path;
	struct seckey log_key;
	struct seckey fresh_key;
	log_publish publish;
	void *ctx;

	/* Held while a statement goes in, across the database's answers. */
	pthread_mutex_t append;
	struct head head;     /* as in the head file */
	struct frontier tree; /* of the entries that were published */
	int64_t row;          /* the log's number in the database */
	int64_t term;
	unsigned generation; /* of the connection that holds the lock; 0: none */

	/* Held while something is signed and published; never across the database. Taken
	 * after `append` where both are. */
	pthread_mutex_t sign;
	bool is_signed; /* `published` stands */
	struct head published;
	char hold[DIAG_MAX]; /* why nothing is signed any more; "" while all is well */

	atomic_bool leading;
	atomic_bool deposed; /* another hub leads: what is here is not the newest */
};

/* Nothing will be signed any more in this process. ERR_HOLD with the same words. */
enum err log_hold(struct log *l, const struct diag *why, struct diag *d);
/* ERR_HOLD when that happened. */
enum err log_check_hold(struct log *l, struct diag *d) CHECK_RESULT;

/* Replaces the head file, on disk for good when it returns. */
enum err log_write_head(struct log *l, const struct head *h, struct diag *d) CHECK_RESULT;
/* Appends the signed and cosigned checkpoint of the head. */
enum err log_sign(struct log *l, const struct head *h, int64_t now, struct buf *note,
	struct diag *d) CHECK_RESULT;
/* Hands news over, under `sign`. A failure is for good: ERR_HOLD. */
enum err log_tell(
	struct log *l, const struct log_news *news, struct diag *d) CHECK_RESULT;

#endif
