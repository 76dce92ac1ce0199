/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One hub, spoken to over HTTP (libcurl): what varsel and varselctl share. https://
 * anywhere, http:// on loopback only. Every answer has a size limit and every call a
 * total deadline; redirects are not followed; environment proxies are honoured as curl
 * does.
 */
#ifndef VARSEL_HUB_H
#define VARSEL_HUB_H

#include "common/buf.h"
#include "common/diag.h"
#include "common/key.h"

struct hub;

/* `url` like "https://varsel.kl.dk", no path. ERR_CONFIG. The caller frees with
 * hub_close(). */
enum err hub_open(const char *url, struct hub **ret, struct diag *d) CHECK_RESULT;
void hub_close(struct hub **h);
#define CLEANUP_HUB __attribute__((cleanup(hub_close)))

/* The bearer token of later calls; NULL: none. Copied. */
void hub_set_token(struct hub *h, const char *token);
/* Total seconds for one call, added to a long-poll's wait; default 60. */
void hub_set_deadline(struct hub *h, long seconds);

/* Body of a 2xx answer is appended to *body (its max is the limit: ERR_LIMIT beyond it).
 * A problem+json answer becomes its slug's error with "detail" in the diag; no
 * connection, a timeout or a TLS failure is ERR_UNAVAILABLE. */
enum err hub_get(
	struct hub *h, const char *path, struct buf *body, struct diag *d) CHECK_RESULT;
enum err hub_post(struct hub *h, const char *path, const char *content_type,
	struct slice content, struct buf *body, struct diag *d) CHECK_RESULT;

/* Of the last answer: HTTP status, the root version that the header Varsel-Root hinted at
 * (0: none), seconds of Retry-After (0: none). */
int hub_status(const struct hub *h);
int64_t hub_root_hint(const struct hub *h);
int64_t hub_retry_after(const struct hub *h);

/* Gets a token for `scope` ("feed", "report read", "coordinate") signed by `k`, and sets
 * it. With `cache` (a path, mode 0600, or NULL) a stored token is used until a minute
 * before it expires. `ret_token`, when not NULL, gets a copy to free. */
enum err hub_login(struct hub *h, const char *hub_name, const struct seckey *k,
	const char *scope, const char *cache, char **ret_token,
	struct diag *d) CHECK_RESULT;

/* Appends text percent-encoded for a query value. */
void hub_query_put(struct buf *b, struct slice text);

#endif
