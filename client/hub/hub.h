/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One hub, spoken to over HTTP (libcurl): what varsel and varselctl share. https://
 * anywhere, http:// on loopback only. Every answer has a size limit, every call a total
 * deadline and a lowest speed; redirects are not followed; environment proxies are
 * honoured as curl does, but never for loopback.
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

/* How the hub proves who it is, and this machine to a proxy that asks. NULL or "": the
 * system's authorities; no certificate. */
struct hub_tls {
	const char *ca;          /* PEM file of authorities, in place of the system's */
	const char *certificate; /* PEM files; both or none. The key's has mode 0600 */
	const char *key;
};

/* For all later calls. ERR_CONFIG: a file that cannot be read, half a pair; ERR_NOPERM: a
 * key that others may read. They are read here, but what is in them is looked at when a
 * call is made. */
enum err hub_set_tls(struct hub *h, const struct hub_tls *t, struct diag *d) CHECK_RESULT;

/* The host part of a URL that hub_open() takes: the hub's name unless the configuration
 * says otherwise. Appends to *b. ERR_CONFIG. */
enum err hub_url_host(const char *url, struct buf *b, struct diag *d) CHECK_RESULT;

/* The bearer token of later calls; NULL: none. Copied. */
void hub_set_token(struct hub *h, const char *token);
/* Total seconds for one call, added to a long-poll's wait; default 60. */
void hub_set_deadline(struct hub *h, long seconds);
/* Seconds for which an answer may come in slower than 64 bytes a second; default 30. */
void hub_set_stall(struct hub *h, long seconds);

/* Body of a 2xx answer is appended to *body (its max is the limit: ERR_LIMIT beyond it).
 * A problem+json answer becomes its slug's error with "detail" in the diag; no
 * connection, a timeout or a TLS failure is ERR_UNAVAILABLE. A hub that answers 429 is
 * asked again when it said, if that is soon; else it is ERR_RATE. */
enum err hub_get(
	struct hub *h, const char *path, struct buf *body, struct diag *d) CHECK_RESULT;
/* The same for a path that the hub may answer up to `wait` seconds later. */
enum err hub_get_wait(struct hub *h, const char *path, int wait, struct buf *body,
	struct diag *d) CHECK_RESULT;
/* The same for what may be long: up to `more` seconds are added to the deadline. */
enum err hub_get_long(struct hub *h, const char *path, long more, struct buf *body,
	struct diag *d) CHECK_RESULT;
/* An answer without an end, handed over as it comes, until the hub or `take` (by false)
 * ends it, or `stop` says so: OK then. After 45 seconds without a byte it is dead:
 * ERR_UNAVAILABLE. */
struct hub_sink {
	bool (*take)(void *ctx, struct slice bytes);
	void *ctx;
	bool (*stop)(void); /* asked about once a second */
};
enum err hub_stream(struct hub *h, const char *path, const struct hub_sink *sink,
	struct diag *d) CHECK_RESULT;
enum err hub_post(struct hub *h, const char *path, const char *content_type,
	struct slice content, struct buf *body, struct diag *d) CHECK_RESULT;

/* Of the last answer: HTTP status (0: there was none), the root version that the header
 * Varsel-Root hinted at (0: none). */
int hub_status(const struct hub *h);
int64_t hub_root_hint(const struct hub *h);
/* Its whole problem document ("refused" of a report is in it); "" after a 2xx. */
struct slice hub_problem(const struct hub *h);

/* Gets a token for `scope` ("feed", "report read", "coordinate") signed by `k`, and sets
 * it. With `cache` (a path, mode 0600, or NULL) a stored token is used until a minute
 * before it expires. Later calls that are about to outlive it, or that the hub answers
 * with 401, log in again by themselves, once: `k` must live as long as *h or the next
 * hub_login(). `ret_token`, when not NULL, gets a copy to free. */
enum err hub_login(struct hub *h, const char *hub_name, const struct seckey *k,
	const char *scope, const char *cache, char **ret_token,
	struct diag *d) CHECK_RESULT;

/* Appends text percent-encoded for a query value. */
void hub_query_put(struct buf *b, struct slice text);

#endif
