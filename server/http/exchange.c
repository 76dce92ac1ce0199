/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/exchange.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/clock.h"
#include "server/core/feed.h"
#include "server/http/admit.h"
#include "server/http/answer.h"
#include "server/http/path.h"
#include "server/http/server.h"

#define KEEP_MS     75000 /* until the next request's first line is whole */
#define QUEUE_MS    30000 /* in the queue for the database */
#define WORK_MS     600000
#define DISCARD_MAX ((size_t)16 << 20)

/* A name for the request that no other has, without a system call for each. */
static void put_id(struct server *s, char id[REQUEST_ID])
{
	uint64_t n = atomic_fetch_add(&s->begun, 1);
	unsigned char sum[crypto_shorthash_BYTES];

	(void)crypto_shorthash(sum, (const unsigned char *)&n, sizeof(n), s->id_key);
	sodium_bin2hex(id, REQUEST_ID, sum, sizeof(sum));
}

void *exchange_begin(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct listener *l = cls;
	struct exchange *x = calloc(1, sizeof(*x));
	const union MHD_ConnectionInfo *info;

	if (!x)
		return NULL;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	x->server = l->server;
	x->metrics = l->metrics;
	x->mhd = mhd;
	x->conn = info ? info->socket_context : NULL;
	x->peer.held = METER_NONE;
	x->q.res = (struct response){
		.status = 200, .type = "application/json", .cache = CACHE_NOT};
	arena_init(&x->q.arena, REQUEST_MEMORY);
	buf_init(&x->q.res.body, REQUEST_MEMORY);
	put_id(x->server, x->q.id);
	/* One byte over the limit is enough to see that it is over. */
	x->target = arena_dup(
		&x->q.arena, slice_mem(target, strnlen(target, TARGET_MAX + 1)));
	if (x->conn)
		conn_deadline(x->conn, l->server->config->request_time * 1000, true);
	return x;
}

void exchange_end(void *cls, struct MHD_Connection *mhd, void **ctx,
	enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *ctx;

	(void)cls;
	(void)mhd;
	(void)why;
	if (!x)
		return;
	*ctx = NULL;
	if (x->conn)
		conn_deadline(x->conn, KEEP_MS, true);
	if (x->phase != PHASE_HEAD)
		atomic_fetch_sub(&x->server->metrics->requests, 1);
	limits_leave(&x->server->limits, &x->peer);
	admit_release(x);
	blob_unref(x->q.res.blob);
	buf_done(&x->q.res.body);
	arena_done(&x->q.arena);
	free(x);
}

/* The head is here. A refused body is read and thrown away where that is cheap: a client
 * that is still sending would else find its connection reset before it reads why. */
static enum MHD_Result take_head(
	struct exchange *x, const char *method, const char *version)
{
	bool broken = false;
	const char *expect;

	/* From here on the request has begun: a hub that stops answers it. */
	atomic_fetch_add(&x->server->metrics->requests, 1);
	atomic_store(&x->conn->idle, false);
	x->began = mono_us();
	x->q.now = clock_now();
	memcpy(x->method, method, strnlen(method, sizeof(x->method) - 1));
	x->q.head = strcmp(x->method, "HEAD") == 0;
	x->err = admit(x, method, version, &broken, &x->diag);
	if (!x->err)
		x->err = admit_body(x, &x->diag);
	x->phase = PHASE_BODY;
	if (!x->err)
		return MHD_YES;
	x->discard = true;
	expect = MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, "Expect");
	if (broken || (x->length && (expect || x->length > DISCARD_MAX)))
		return answer_send(x);
	return MHD_YES;
}

static enum MHD_Result take_body(struct exchange *x, const char *data, size_t *size)
{
	if (!x->discard) {
		/* libmicrohttpd delivers no more than Content-Length; but if it did... */
		if (*size > x->length - x->got)
			return MHD_NO;
		memcpy(x->body + x->got, data, *size);
	}
	x->got += *size;
	*size = 0;
	return MHD_YES;
}

/* Once it is taken a worker may already be done with it: hands off. */
static enum MHD_Result to_database(struct exchange *x)
{
	struct diag d;
	enum err e;

	x->due = mono_ms() + QUEUE_MS;
	conn_deadline(x->conn, WORK_MS, false);
	e = workers_take(&x->server->workers, x, &d);
	if (!e)
		return MHD_YES;
	x->err = e;
	x->diag = d;
	return answer_send(x);
}

/* The request is whole, or a long-poll was woken. */
static enum MHD_Result run(struct exchange *x)
{
	struct service *s = x->server->service;
	uint64_t seen = feed_size(s->feed);

	x->q.body = slice_mem(x->body ? x->body : "", x->got);
	if (!x->route->memory)
		return to_database(x);
	x->q.last_call |= atomic_load(&s->stopping);
	x->err = x->route->memory(s, &x->q, &x->diag);
	if (x->err == ERR_UNKNOWN && x->route->database)
		return to_database(x);
	if (x->err != ERR_TEMPFAIL)
		return answer_send(x);
	x->err = OK;
	if (!x->due)
		x->due = mono_ms() + x->q.res.wait * 1000;
	conn_deadline(x->conn, -1, false);
	waiters_take(&x->server->waiters, x, seen);
	return MHD_YES;
}

enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *mhd, const char *url,
	const char *method, const char *version, const char *data, size_t *size,
	void **ctx)
{
	struct exchange *x = *ctx;

	(void)cls;
	(void)mhd;
	(void)url;
	if (!x || !x->conn)
		return MHD_NO; /* no memory when it began */
	switch (x->phase) {
	case PHASE_HEAD:
		return take_head(x, method, version);
	case PHASE_BODY:
		if (*size)
			return take_body(x, data, size);
		return x->err ? answer_send(x) : run(x);
	case PHASE_QUEUED:
		return answer_send(x);
	case PHASE_WAITING:
		return run(x);
	case PHASE_ANSWERED:
		break;
	}
	return MHD_YES;
}

void exchange_work(struct exchange *x, struct db *db)
{
	x->q.db = db;
	x->q.now = clock_now();
	if (!db)
		x->err = ERR_DATABASE;
	else if (mono_ms() > x->due)
		x->err = diag_fail(&x->diag, ERR_BUSY,
			"waited over %d seconds for the database", QUEUE_MS / 1000);
	else
		x->err = x->route->database(x->server->service, &x->q, &x->diag);
	x->q.db = NULL;
	MHD_resume_connection(x->mhd);
}
