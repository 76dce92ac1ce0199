/* SPDX-License-Identifier: BSD-2-Clause */
/* Long-polls: suspended until the log grows, their time is up, or the hub stops. */
#ifndef VARSEL_HTTP_WAITERS_H
#define VARSEL_HTTP_WAITERS_H

#include "server/http/exchange.h"

struct feed;

struct waiters {
	pthread_mutex_t lock;
	struct exchange *first;
	struct feed *feed;
	bool stopping;
	struct metrics *metrics;
};

void waiters_init(struct waiters *w, struct feed *feed, struct metrics *m);

/* Suspends the exchange until x->due, or until the feed's size is not `seen`. */
void waiters_take(struct waiters *w, struct exchange *x, uint64_t seen);
/* There is news: all go. `ctx` is the struct waiters; a feed_on_news(). */
void waiters_news(void *ctx, uint64_t size);
/* Those whose time is up by `now` go, with the answer as it is. */
void waiters_expire(struct waiters *w, int64_t now);
/* All go, and whoever comes later does at once. */
void waiters_stop(struct waiters *w);

#endif
