/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers without an end: those who follow the events (server-sent events). While there
 * is nothing to send a connection is suspended, and has no deadline; it wakes for news,
 * for a ping, and to end: when the hub stops, when the caller's key is switched off,
 * after STREAM_SECONDS, so that nobody listens much longer than a token is good for, and
 * when it fell behind what is in memory. Whoever is cut comes back and goes on where it
 * was.
 */
#ifndef VARSEL_HTTP_STREAMS_H
#define VARSEL_HTTP_STREAMS_H

#include "server/http/exchange.h"

#define STREAM_SECONDS 900
#define PING_SECONDS   15

struct stream;

struct streams {
	pthread_mutex_t lock;
	struct stream *first;
	size_t n;
	size_t max, per_caller;
	struct service *service;
	struct metrics *metrics;
	bool stopping;
};

void streams_init(struct streams *s, struct service *service, struct metrics *m,
	size_t max, size_t per_caller);

/* The answer to an exchange whose handler asked for a stream. ERR_BUSY: there are as many
 * as may be; ERR_RATE: the caller has as many; ERR_NOMEM. */
enum err streams_open(struct streams *s, struct exchange *x, struct MHD_Response **ret,
	struct diag *d) CHECK_RESULT;

/* There is something new in the service's tail. */
void streams_news(struct streams *s);
/* Pings those whose time it is, ends those whose time is up. `now` of mono_ms(). */
void streams_tick(struct streams *s, int64_t now);
/* All end, and whoever comes later does at once. */
void streams_stop(struct streams *s);

#endif
