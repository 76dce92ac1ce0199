/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads that may wait for PostgreSQL, one connection each, and the bounded queue in
 * front of them.
 */
#ifndef VARSEL_HTTP_WORKERS_H
#define VARSEL_HTTP_WORKERS_H

#include "server/http/exchange.h"
#include "server/thread.h"

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct thread *thread;
	size_t n;
	struct exchange *first, *last;
	size_t queued, max;
	bool stopping;
	const char *database; /* libpq connection string */
	struct metrics *metrics;
};

/* `database` is borrowed. */
enum err workers_start(struct workers *w, size_t n, size_t queue_max,
	const char *database, struct metrics *m, struct diag *d) CHECK_RESULT;
/* Lets them finish the queue, and ends them. */
void workers_stop(struct workers *w);

/* Suspends the exchange and queues it. ERR_BUSY when the queue is full, and then it was
 * not suspended. On OK the exchange is a worker's. */
enum err workers_take(struct workers *w, struct exchange *x, struct diag *d) CHECK_RESULT;

#endif
