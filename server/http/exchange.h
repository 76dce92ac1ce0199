/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request on its way through the hub, from its first line to the end of its answer.
 *
 *   HEAD     the header is here: path, route, framing, token, media type, length
 *   BODY     the body comes in; of a refused request it is thrown away, so that the
 *            client gets to read why
 *   QUEUED   suspended: a database worker has it
 *   WAITING  suspended: a long-poll
 *   ANSWERED the answer is on its way
 *
 * While it is suspended the connection's thread does not touch it; resuming hands it
 * back.
 */
#ifndef VARSEL_HTTP_EXCHANGE_H
#define VARSEL_HTTP_EXCHANGE_H

#include <microhttpd.h>

#include "server/http/routes.h"
#include "server/http/sweeper.h"

struct server;

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_QUEUED, PHASE_WAITING, PHASE_ANSWERED };

struct exchange {
	struct request q;
	struct server *server;
	struct MHD_Connection *mhd;
	struct conn *conn;
	const struct route *route; /* NULL: none fitted */
	enum phase phase;
	enum err err; /* decides the answer; the diag says why */
	struct diag diag;
	char *target;    /* as it came, cut behind TARGET_MAX */
	char method[17]; /* cut */
	const char *if_none_match;
	char allow[64];               /* for a 405 */
	char *body;                   /* malloc */
	size_t length;                /* Content-Length */
	size_t got;                   /* bytes that came */
	size_t reserved;              /* of the hub's upload memory */
	bool discard;                 /* the body is thrown away */
	bool metrics;                 /* came over the metrics listener */
	bool bad_token;               /* it brought one that does not hold */
	struct limits_peer peer;      /* whose it is */
	int64_t retry_after;          /* of a 429, seconds; 0: as problem.h has it */
	int64_t began;                /* mono_us() of the whole header */
	int64_t due;                  /* mono_ms() when a suspension ends */
	struct exchange *prev, *next; /* in the one list that has it */
};

/* libmicrohttpd's callbacks; cls is a struct listener (server.h). */
void *exchange_begin(void *cls, const char *target, struct MHD_Connection *mhd);
enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *mhd, const char *url,
	const char *method, const char *version, const char *data, size_t *size,
	void **x);
void exchange_end(void *cls, struct MHD_Connection *mhd, void **x,
	enum MHD_RequestTerminationCode why);

/* What a worker does with one: the route's database handler, and back to its thread. */
void exchange_work(struct exchange *x, struct db *db);

#endif
