/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/admit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#include "common/clock.h"
#include "server/http/auth.h"
#include "server/http/path.h"
#include "server/http/server.h"

/* What of the header matters. Each may come once: two of them are two readings. */
struct heads {
	const char *host;
	const char *length;
	const char *coding; /* Transfer-Encoding */
	const char *type;
	const char *authorization;
	const char *cookie;
	const char *if_none_match;
	const char *last_event;
	const char *forwarded; /* X-Forwarded-For: the last one */
	const char *fault;
};

static bool is_token(const char *name, size_t n)
{
	static const char extra[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < n; i++) {
		char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || (c && strchr(extra, c))))
			return false;
	}
	return n > 0;
}

static enum MHD_Result look(void *cls, enum MHD_ValueKind kind, const char *name,
	size_t name_n, const char *value, size_t value_n)
{
	struct heads *h = cls;
	const struct {
		const char *name;
		const char **at;
		const char *twice;
	} known[] = {
		{"Host", &h->host, "two Host headers"},
		{"Content-Length", &h->length, "two Content-Length headers"},
		{"Transfer-Encoding", &h->coding, "two Transfer-Encoding headers"},
		{"Content-Type", &h->type, "two Content-Type headers"},
		{"Authorization", &h->authorization, "two Authorization headers"},
		{"Cookie", &h->cookie, "two Cookie headers"},
		{"If-None-Match", &h->if_none_match, "two If-None-Match headers"},
		{"Last-Event-ID", &h->last_event, "two Last-Event-ID headers"},
	};

	(void)kind;
	if (!is_token(name, name_n))
		h->fault = "a header name that is no token";
	if (value_n && strlen(value) != value_n)
		h->fault = "a NUL byte in a header";
	if (strcasecmp(name, "X-Forwarded-For") == 0)
		h->forwarded = value ? value : "";
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcasecmp(name, known[i].name) != 0)
			continue;
		if (*known[i].at)
			h->fault = known[i].twice;
		*known[i].at = value ? value : "";
	}
	return MHD_YES;
}

/* How long the body is must be said once and in one way. */
static enum err check_framing(
	struct exchange *x, const struct heads *h, const char *version, struct diag *d)
{
	int64_t length = 0;

	if (h->fault)
		return diag_fail(d, ERR_SYNTAX, "header: %s", h->fault);
	if (strcmp(version, "HTTP/1.1") == 0 && !h->host)
		return diag_fail(d, ERR_SYNTAX, "header: no Host");
	if (h->coding)
		return diag_fail(d, ERR_SYNTAX,
			"header: Transfer-Encoding is not taken%s; send a Content-Length",
			h->length ? ", least of all beside a Content-Length" : "");
	if (h->length && number_parse(slice_of(h->length), &length, NULL))
		return diag_fail(d, ERR_SYNTAX, "header: Content-Length is no number");
	x->length = (size_t)length;
	return OK;
}

/* "text/plain", "text/plain; charset=utf-8": nothing else may follow. */
static bool media_is(const char *header, const char *type)
{
	size_t n = strlen(type);

	if (!header || strncasecmp(header, type, n) != 0)
		return false;
	header += n;
	while (*header == ' ')
		header++;
	if (*header == '\0')
		return true;
	if (*header++ != ';')
		return false;
	while (*header == ' ')
		header++;
	return strcasecmp(header, "charset=utf-8") == 0 ||
	       strcasecmp(header, "charset=\"utf-8\"") == 0;
}

static enum err check_body(const struct exchange *x, const char *type, struct diag *d)
{
	const struct route *r = x->route;
	const char *want = r->body == MEDIA_JSON ? "application/json" : "text/plain";

	if (r->body == MEDIA_NONE && x->length)
		return diag_fail(
			d, ERR_SYNTAX, "%s %s takes no body", r->method, r->path);
	if (r->body == MEDIA_NONE)
		return OK;
	if (!media_is(type, want))
		return diag_fail(d, ERR_MEDIA, "Content-Type must be %s, not %s", want,
			type ? type : "missing");
	if (x->length > r->body_max)
		return diag_fail(d, ERR_LIMIT,
			"a body of %zu bytes; %s %s takes at most %zu", x->length,
			r->method, r->path, r->body_max);
	return OK;
}

static enum err check_target(struct exchange *x, const char *method, struct diag *d)
{
	struct buf CLEANUP_BUF allow;
	struct slice path, query;
	enum err e;

	buf_init(&allow, sizeof(x->allow) - 1);
	e = path_parse(slice_of(x->target), &path, &query, d);
	if (!e)
		e = route_find(method, path, x->metrics, &x->route, x->q.arg, &allow, d);
	if (e == ERR_METHOD)
		memcpy(x->allow, buf_str(&allow), allow.len);
	if (!e)
		e = query_parse(query, x->route->query, &x->q.arena, x->q.param,
			&x->q.nparams, d);
	return e;
}

/* Whether it may ask now. A token that does not hold counts like none: guessing is no way
 * around the limits. */
static enum err check_limits(struct exchange *x, const struct heads *h, struct diag *d)
{
	struct service *s = x->server->service;
	struct limits *l = &x->server->limits;
	const struct route *r = x->route;
	struct diag why;
	enum err e = auth_check(s, r, h->authorization, h->cookie, &x->q, d);

	x->bad_token = e == ERR_UNAUTHORIZED && h->authorization;
	if (e == ERR_UNAUTHORIZED || (r->scopes == 0 && !r->memory)) {
		enum err limit = limits_stranger(l, &x->peer, &x->retry_after, &why);

		if (limit)
			*d = why;
		return limit ? limit : e;
	}
	return e || r->scopes == 0 ? e
				   : limits_caller(l, r, &x->q.who, &x->retry_after, d);
}

enum err admit(struct exchange *x, const char *method, const char *version,
	bool *ret_broken, struct diag *d)
{
	struct service *s = x->server->service;
	struct heads h = {0};
	enum err e;

	MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, look, &h);
	x->if_none_match = h.if_none_match;
	x->q.last_event = h.last_event;
	x->peer.ip = x->conn->peer.ip;
	e = check_framing(x, &h, version, d);
	if (e) {
		*ret_broken = true;
		return e;
	}
	if (!x->target)
		return ERR_NOMEM;
	e = limits_enter(&x->server->limits, &x->conn->peer, h.forwarded, &x->peer, d);
	if (!e)
		e = check_target(x, method, d);
	if (!e)
		e = check_limits(x, &h, d);
	/* somebody who looks at the page is no client that is alive */
	if (!e && x->q.who.org && !x->q.session_ends)
		seen_note(&s->seen, x->q.who.org, x->q.now);
	if (!e)
		e = check_body(x, h.type, d);
	return e;
}

enum err admit_body(struct exchange *x, struct diag *d)
{
	struct metrics *m = x->server->metrics;
	int64_t max = x->server->config->upload_memory << 20;
	int64_t want = (int64_t)x->length;

	if (want == 0)
		return OK;
	if (atomic_fetch_add(&m->upload_bytes, want) + want > max) {
		atomic_fetch_sub(&m->upload_bytes, want);
		atomic_fetch_add(&m->turned_away, 1);
		return diag_fail(
			d, ERR_BUSY, "uploads hold %" PRId64 " MiB already", max >> 20);
	}
	x->reserved = x->length;
	x->body = malloc(x->length);
	return x->body ? OK : ERR_NOMEM;
}

void admit_release(struct exchange *x)
{
	free(x->body);
	x->body = NULL;
	atomic_fetch_sub(&x->server->metrics->upload_bytes, (int64_t)x->reserved);
	x->reserved = 0;
}
