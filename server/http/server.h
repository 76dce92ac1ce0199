/* SPDX-License-Identifier: BSD-2-Clause */
/* The running HTTP side: listeners, threads, queue, deadlines. */
#ifndef VARSEL_HTTP_SERVER_H
#define VARSEL_HTTP_SERVER_H

#include <sodium.h>
#include <stdatomic.h>

#include "server/api/service.h"
#include "server/config.h"
#include "server/http/acceptor.h"
#include "server/http/limits.h"
#include "server/http/streams.h"
#include "server/http/waiters.h"
#include "server/http/workers.h"

/* One address that is listened on, and libmicrohttpd's threads behind it. */
struct listener {
	struct server *server;
	bool metrics; /* serves the metrics routes, and nothing else */
	struct acceptor acceptor;
	struct MHD_Daemon *daemon;
};

struct server {
	const struct config *config;
	struct service *service;
	struct metrics *metrics;
	struct workers workers;
	struct waiters waiters;
	struct streams streams;
	struct sweeper sweeper;
	struct limits limits;
	struct listener main;
	struct listener scrape;
	_Atomic uint64_t begun;                          /* requests */
	unsigned char id_key[crypto_shorthash_KEYBYTES]; /* their numbers to names */
};

/* Binds the addresses; nothing is accepted yet. ERR_CONFIG names the address. */
enum err server_bind(struct server *s, const struct config *c, struct service *service,
	struct metrics *m, struct diag *d) CHECK_RESULT;
enum err server_start(struct server *s, struct diag *d) CHECK_RESULT;

/* Takes nothing new, answers what was begun, for at most `ms`; then cuts. `hurry` is
 * asked now and then whether to cut at once. */
void server_stop(struct server *s, int64_t ms, bool (*hurry)(void));

#endif
