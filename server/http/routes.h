/* SPDX-License-Identifier: BSD-2-Clause */
/* The one table of what the hub answers. docs/openapi.yaml names every row. */
#ifndef VARSEL_HTTP_ROUTES_H
#define VARSEL_HTTP_ROUTES_H

#include "server/api/request.h"

enum media { MEDIA_NONE, MEDIA_NOTE, MEDIA_JSON }; /* no body, text/plain, JSON */

struct route {
	const char *method;
	const char
		*path; /* as docs/openapi.yaml has it, but {+name} where it may hold / */
	unsigned scopes; /* any of these bits of enum scope opens it; 0: anyone */
	enum media body;
	size_t body_max;
	const char *query; /* the parameters it knows, separated by blanks */
	bool etag;         /* the answer gets one, and If-None-Match is heeded */
	bool metrics;      /* served by the metrics listener, and only there */
	handler memory;    /* on the connection's thread; NULL: there is nothing to ask */
	handler database;  /* on a worker; NULL: never */
};

extern const struct route routes[];
extern const size_t routes_n;

/* ERR_NOT_FOUND; ERR_METHOD, and then *ret_allow (may be NULL) gets the path's methods,
 * like "GET, HEAD". HEAD finds the GET. `arg` is filled as path_matches() does. */
enum err route_find(const char *method, struct slice path, bool metrics,
	const struct route **ret, struct slice arg[REQUEST_ARGS], struct buf *ret_allow,
	struct diag *d) CHECK_RESULT;

#endif
