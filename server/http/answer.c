/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/api/handlers.h"
#include "server/http/problem.h"
#include "server/http/server.h"

#define SEND_MS 300000 /* a whole answer, to the slowest reader we bear */

static void drop_blob(void *blob)
{
	blob_unref(blob);
}

/* The ETag of an answer is its content's hash, so a handler need not know of it. */
static void put_etag(struct exchange *x, char etag[HASH_HEX + 2])
{
	const struct response *r = &x->q.res;
	struct hash h = hash_of(r->blob ? blob_view(r->blob) : buf_view(&r->body));
	char hex[HASH_HEX];

	hash_hex(&h, hex);
	(void)snprintf(etag, HASH_HEX + 2, "\"%.32s\"", hex);
}

/* RFC 9110 section 13.1.2: a list of tags, or *; a weak tag matches too. */
static bool etag_matches(const char *header, const char *etag)
{
	struct slice rest, tag;
	bool more;

	if (!header)
		return false;
	rest = slice_of(header);
	do {
		more = slice_cut(&rest, ',', &tag);
		while (tag.n && (*tag.p == ' ' || *tag.p == '\t'))
			tag = (struct slice){tag.p + 1, tag.n - 1};
		while (tag.n && (tag.p[tag.n - 1] == ' ' || tag.p[tag.n - 1] == '\t'))
			tag.n--;
		if (slice_starts(tag, "W/"))
			tag = (struct slice){tag.p + 2, tag.n - 2};
		if (slice_is(tag, etag) || slice_is(tag, "*"))
			return true;
	} while (more);
	return false;
}

/* Hands the body over without a copy: libmicrohttpd frees it, or lets go of the blob. */
static struct MHD_Response *with_body(struct response *r)
{
	struct MHD_Response *m;

	if (r->blob) {
		m = MHD_create_response_from_buffer_with_free_callback_cls(
			r->blob->n, r->blob->bytes, drop_blob, r->blob);
		if (m)
			r->blob = NULL;
		return m;
	}
	if (!r->body.data)
		return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	m = MHD_create_response_from_buffer(
		r->body.len, r->body.data, MHD_RESPMEM_MUST_FREE);
	if (m)
		buf_init(&r->body, r->body.max);
	return m;
}

static void put(struct MHD_Response *m, const char *name, const char *value)
{
	/* Fails only without memory; the answer is still true without the header. */
	if (MHD_add_response_header(m, name, value) != MHD_YES)
		return;
}

/* A page may load what the hub serves and nothing else, run no script of its own text, be
 * framed by nobody, and tell nobody where its reader came from. */
static void put_page_headers(struct MHD_Response *m)
{
	put(m, "Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self'; "
		"img-src 'self'; connect-src 'self'; base-uri 'none'; "
		"form-action 'none'; frame-ancestors 'none'");
	put(m, "Cross-Origin-Opener-Policy", "same-origin");
	put(m, "Cross-Origin-Resource-Policy", "same-origin");
	put(m, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
	put(m, "Referrer-Policy", "no-referrer");
	put(m, "X-Frame-Options", "DENY");
}

static void put_headers(
	struct exchange *x, struct MHD_Response *m, const char *etag, bool modified)
{
	const struct response *r = &x->q.res;
	char number[24];

	if (modified)
		put(m, "Content-Type", r->type);
	put(m, "Cache-Control", r->cache);
	put(m, "X-Content-Type-Options", "nosniff");
	put(m, "X-Request-Id", x->q.id);
	if (*etag)
		put(m, "ETag", etag);
	if (r->page)
		put_page_headers(m);
	if (r->cookie)
		put(m, "Set-Cookie", r->cookie);
	if (r->root_hint) {
		(void)snprintf(number, sizeof(number), "%" PRId64, r->root_hint);
		put(m, "Varsel-Root", number);
	}
	if (x->err == ERR_UNAUTHORIZED)
		put(m, "WWW-Authenticate", "Bearer realm=\"varsel\"");
	if (x->err == ERR_METHOD)
		put(m, "Allow", x->allow);
	if (x->err && problem_retry_after(x->err)) {
		(void)snprintf(number, sizeof(number), "%" PRId64,
			x->retry_after ? x->retry_after : problem_retry_after(x->err));
		put(m, "Retry-After", number);
	}
	if (atomic_load(&x->server->service->stopping))
		put(m, "Connection", "close");
}

static void count(struct exchange *x, int status)
{
	struct metrics_route *r =
		&x->server->metrics->route[x->route ? x->route - routes + 1 : 0];

	atomic_fetch_add(&r->answers[status / 100], 1);
	atomic_fetch_add(&r->micros, (uint64_t)(mono_us() - x->began));
}

/* Guesses are audited: tokens that do not hold, and requests for one that do not. */
static void note_refusal(struct exchange *x, const char *from)
{
	bool asked = x->route && x->route->database == api_token &&
		     x->q.res.status / 100 == 4 && x->err != ERR_RATE;

	if (x->bad_token || asked)
		refusals_note(&x->server->service->refusals, from,
			x->diag.text[0] ? x->diag.text : err_text(x->err), x->q.now);
}

/* A stream's answer; one that finds no room is a problem after all. */
static struct MHD_Response *with_stream(struct exchange *x)
{
	struct MHD_Response *m = NULL;

	x->err = streams_open(&x->server->streams, x, &m, &x->diag);
	if (!m)
		return NULL;
	buf_done(&x->q.res.body);
	put(m, "X-Accel-Buffering", "no"); /* nginx */
	return m;
}

enum MHD_Result answer_send(struct exchange *x)
{
	struct response *r = &x->q.res;
	char etag[HASH_HEX + 2] = "", from[IP_TEXT];
	struct MHD_Response *m = NULL;
	bool modified = true;
	enum MHD_Result queued;

	if (!x->err && r->stream.on)
		m = with_stream(x);
	if (x->err) {
		problem_answer(&x->q, x->err, &x->diag);
		ip_format(&x->peer.ip, from);
		problem_log(&x->q, from, x->method, x->target ? x->target : "", x->err,
			&x->diag);
		note_refusal(x, from);
	} else if (!m && x->route->etag && r->status == 200) {
		put_etag(x, etag);
		modified = !etag_matches(x->if_none_match, etag);
		if (strcmp(r->cache, CACHE_NOT) == 0)
			r->cache = CACHE_ASK;
	}
	if (!modified)
		r->status = 304;
	if (!m)
		m = modified ? with_body(r)
			     : MHD_create_response_from_buffer(
				       0, NULL, MHD_RESPMEM_PERSISTENT);
	if (!m)
		return MHD_NO;
	put_headers(x, m, etag, modified);
	x->phase = PHASE_ANSWERED;
	conn_deadline(x->conn, SEND_MS, false);
	count(x, r->status);
	queued = MHD_queue_response(x->mhd, (unsigned)r->status, m);
	MHD_destroy_response(m);
	return queued;
}
