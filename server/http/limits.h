/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much one address and one organisation may have: connections, and requests in a
 * time. Strangers are known by their address alone, members and coordinators by their
 * token, so that many members behind one address do not stand in each other's way.
 *
 * Behind the trusted proxy every connection is the proxy's. There the address is the one
 * that the proxy names, and what counts as a connection is a request under way.
 */
#ifndef VARSEL_HTTP_LIMITS_H
#define VARSEL_HTTP_LIMITS_H

#include "server/api/metrics.h"
#include "server/api/request.h"
#include "server/config.h"
#include "server/http/peer.h"
#include "server/http/routes.h"

struct limits {
	const struct config *config;
	struct metrics *metrics;
	struct meter *addresses;
	struct meter *callers;
};

/* Whose a connection or a request is. */
struct limits_peer {
	struct ip ip;
	bool proxy;    /* the trusted one: its requests say whose they are */
	uint32_t held; /* of the addresses' meter */
};

/* Borrows both. ERR_NOMEM. */
enum err limits_open(
	struct limits *l, const struct config *c, struct metrics *m) CHECK_RESULT;
void limits_close(struct limits *l); /* safe on a zeroed one */

/* A new connection; false when its address has as many as it may. */
bool limits_connect(struct limits *l, const struct sockaddr *sa, struct limits_peer *ret);
/* A request of that connection, given its X-Forwarded-For (NULL: none; heeded from the
 * trusted proxy alone). ERR_SYNTAX, ERR_RATE. */
enum err limits_enter(struct limits *l, const struct limits_peer *conn,
	const char *forwarded, struct limits_peer *ret, struct diag *d) CHECK_RESULT;
/* The end of either. */
void limits_leave(struct limits *l, struct limits_peer *p);

/* One request of somebody without a token, or with one that does not hold. ERR_RATE, and
 * then *ret_wait is in how many seconds to come again. */
enum err limits_stranger(struct limits *l, const struct limits_peer *p, int64_t *ret_wait,
	struct diag *d) CHECK_RESULT;
/* One request of a member or a coordinator for that route. ERR_RATE as above. */
enum err limits_caller(struct limits *l, const struct route *r, const struct caller *who,
	int64_t *ret_wait, struct diag *d) CHECK_RESULT;

#endif
