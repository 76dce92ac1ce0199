/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request as a handler sees it, and the answer that it fills. The HTTP side has
 * checked path, method, media type, length, token and the names of query parameters
 * before; it turns an error of the handler into a problem (RFC 9457).
 */
#ifndef VARSEL_API_REQUEST_H
#define VARSEL_API_REQUEST_H

#include "common/json_out.h"
#include "server/core/blob.h"
#include "server/core/submission.h"

#define REQUEST_ARGS   4
#define REQUEST_PARAMS 8
#define REQUEST_MEMORY                                                  \
	((size_t)64 << 20) /* of one request's arena, and of its answer \
			    */
#define REQUEST_ID 17      /* 16 hex digits and a NUL */

/* Cache-Control of what never changes under its name, and of what is never kept. */
#define CACHE_FOR_EVER "public, max-age=31536000, immutable"
#define CACHE_MEMBERS  "private, max-age=31536000, immutable" /* behind a token */
#define CACHE_NOT      "no-store"
#define CACHE_ASK      "private, no-cache" /* keep it, but ask with its ETag */

struct service;

struct param {
	const char *name;
	const char *value;
};

struct response {
	int status;        /* 200 unless set */
	const char *type;  /* Content-Type; application/json unless set */
	const char *cache; /* Cache-Control; CACHE_NOT unless set */
	struct buf body;
	struct blob *blob; /* the body instead; a reference that the answer gives back */
	int64_t root_hint; /* Varsel-Root; 0: none */
	bool page;         /* a file of the situation page: headers that bind a browser */
	const char *cookie; /* Set-Cookie; NULL: none */
	int64_t wait;       /* seconds that ERR_TEMPFAIL may last */
	/* The body is but the beginning: events follow it (server/http/streams.h). */
	struct {
		bool on;
		bool all;   /* also those for coordinators alone */
		bool end;   /* there is more: nothing follows, come again */
		int64_t at; /* number of the last one that the body has */
	} stream;
	/* Of a report that was refused, for the problem. */
	const struct refusal *refused;
	size_t nrefused;
};

struct request {
	char id[REQUEST_ID];
	struct arena arena;             /* dies with the request */
	struct slice arg[REQUEST_ARGS]; /* the path's {variables}, in their order */
	struct param param[REQUEST_PARAMS];
	size_t nparams;
	struct slice body;
	struct caller who;      /* key NULL: a route without a token */
	unsigned scopes;        /* bits of enum scope */
	int64_t session_ends;   /* of a browser's session; 0: it came with a token */
	const char *last_event; /* Last-Event-ID; NULL: none */
	struct db *db; /* the worker's connection; NULL for a handler in memory */
	int64_t now;
	bool head; /* HEAD: nobody reads what is answered, so nothing may be used up */
	bool last_call; /* a long-poll's time is up, or the hub stops: answer now */
	struct response res;
};

/* A handler in memory may answer ERR_TEMPFAIL: ask me again at news (long-poll), or
 * ERR_UNKNOWN: not here, ask the route's handler at the database. */
typedef enum err (*handler)(struct service *s, struct request *q, struct diag *d);

/* A query parameter's value, decoded; NULL when it was not given. */
const char *request_param(const struct request *q, const char *name);
/* The same as a number of min..max; *ret is left alone when it was not given. ERR_VALUE.
 */
enum err request_number(const struct request *q, const char *name, int64_t min,
	int64_t max, int64_t *ret, struct diag *d) CHECK_RESULT;
enum err request_time(const struct request *q, const char *name, int64_t *ret,
	struct diag *d) CHECK_RESULT;
/* A path variable that is a number: ERR_NOT_FOUND when it is none. */
enum err request_id(
	const struct request *q, size_t arg, int64_t *ret, struct diag *d) CHECK_RESULT;

/* Starts the JSON object of the answer; ERR_LIMIT and ERR_NOMEM of what was written come
 * out at the end. */
void answer_begin(struct request *q, struct json_out *j, int status);
enum err answer_end(struct request *q, struct json_out *j, struct diag *d) CHECK_RESULT;

#endif
