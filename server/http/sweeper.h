/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every connection and its deadline. libmicrohttpd knows idle time alone, so a client
 * that sends one byte a second would live for ever; one thread here looks at all of them
 * and shuts down the sockets whose time is up. The thread that serves such a connection
 * then sees its end, as if the client had gone.
 */
#ifndef VARSEL_HTTP_SWEEPER_H
#define VARSEL_HTTP_SWEEPER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/diag.h"
#include "server/api/metrics.h"
#include "server/http/limits.h"
#include "server/thread.h"

struct conn {
	int fd;
	atomic_int_fast64_t deadline; /* of mono_ms(); INT64_MAX: none */
	atomic_bool idle;             /* no request's head is whole */
	struct limits_peer peer;
	struct conn *prev, *next;
};

struct sweeper {
	pthread_mutex_t lock;
	struct halt halt;
	struct thread thread;
	struct conn *first;
	void (*tick)(void *ctx, int64_t now); /* called twice a second */
	void *ctx;
	struct metrics *metrics;
};

int64_t mono_us(void); /* microseconds of a clock that only moves forward */
int64_t mono_ms(void);

enum err sweeper_start(struct sweeper *s, struct metrics *m,
	void (*tick)(void *ctx, int64_t now), void *ctx, struct diag *d) CHECK_RESULT;
void sweeper_stop(struct sweeper *s); /* when all connections are gone */

/* A new connection, with `ms` to begin. NULL without memory. Freed by sweeper_remove(),
 * to be called before the descriptor is closed. */
struct conn *sweeper_add(
	struct sweeper *s, int fd, const struct limits_peer *peer, int64_t ms);
void sweeper_remove(struct sweeper *s, struct conn *c);
/* Sets a new deadline, ms from now; negative: none. */
void conn_deadline(struct conn *c, int64_t ms, bool idle);

/* Ends connections: those between requests, or all. */
void sweeper_cut(struct sweeper *s, bool idle_only);
/* Ends the idle one that was due first, to make room; false when there is none. */
bool sweeper_make_room(struct sweeper *s);

#endif
