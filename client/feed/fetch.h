/* SPDX-License-Identifier: BSD-2-Clause */
/* What the follower asks the hub for, each with its limits. Nothing here is believed:
 * verify.h and the callers see to that. */
#ifndef VARSEL_FEED_FETCH_H
#define VARSEL_FEED_FETCH_H

#include "client/feed/feed.h"

/* The checkpoint note, long-polled for news beyond `size` when wait > 0. */
enum err fetch_checkpoint(struct feed *f, struct hub *h, uint64_t size, int wait,
	struct buf *ret, struct diag *d) CHECK_RESULT;

/* Root document `version`; ERR_NOT_FOUND when there is none yet. */
enum err fetch_root(
	struct hub *h, int64_t version, struct buf *ret, struct diag *d) CHECK_RESULT;

/* Entries from..to-1 in order, one call of `each` for every one; its slice is gone after
 * the call. */
enum err fetch_entries(struct feed *f, struct hub *h, uint64_t from, uint64_t to,
	enum err (*each)(void *ctx, uint64_t index, struct slice entry, struct diag *d),
	void *ctx, struct diag *d) CHECK_RESULT;

#endif
