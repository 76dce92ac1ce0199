/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/server.h"

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "server/http/exchange.h"

/* Of one connection; its head must fit. libmicrohttpd zeroes it one and a half times for
 * each request, whatever was in it. */
#define HEAD_MEMORY ((size_t)16 << 10)
#define SPARE_FDS   256 /* databases, log, files */
#define POLL_MS     50

/* Whoever asks for the metrics is not counted. */
static bool let_in(
	struct listener *l, struct MHD_Connection *mhd, struct limits_peer *ret)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	*ret = (struct limits_peer){.held = METER_NONE};
	return l->metrics ? peer_of(info->client_addr, &ret->ip)
			  : limits_connect(&l->server->limits, info->client_addr, ret);
}

/* A connection that is over its address's limit ends at once, and unswept: without a
 * struct conn nothing of it is read. */
static struct conn *begin(struct listener *l, struct MHD_Connection *mhd)
{
	struct server *s = l->server;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct limits_peer peer;
	struct conn *c;

	if (!let_in(l, mhd, &peer)) {
		(void)shutdown(info->connect_fd, SHUT_RDWR);
		return NULL;
	}
	c = sweeper_add(
		&s->sweeper, info->connect_fd, &peer, s->config->request_time * 1000);
	if (!c)
		limits_leave(&s->limits, &peer);
	return c;
}

/* libmicrohttpd tells of a connection's beginning and of its end, the latter before it
 * closes the descriptor. */
static void connection_notice(void *cls, struct MHD_Connection *mhd, void **ctx,
	enum MHD_ConnectionNotificationCode code)
{
	struct listener *l = cls;
	struct server *s = l->server;
	struct conn *c = *ctx;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		atomic_fetch_add(&s->metrics->connections, 1);
		*ctx = begin(l, mhd);
		return;
	}
	atomic_fetch_sub(&s->metrics->connections, 1);
	*ctx = NULL;
	if (!c)
		return;
	limits_leave(&s->limits, &c->peer);
	sweeper_remove(&s->sweeper, c);
}

/* Nothing is decoded: "%2F" in a path stays what it is, and is refused. */
static size_t keep_raw(void *cls, struct MHD_Connection *mhd, char *text)
{
	(void)cls;
	(void)mhd;
	return strlen(text);
}

static enum err start_daemon(struct listener *l, unsigned threads, struct diag *d)
{
	struct server *s = l->server;
	unsigned limit = (unsigned)s->config->connections + SPARE_FDS;

	l->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_INTERNAL_POLLING_THREAD |
					     MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC |
					     MHD_ALLOW_SUSPEND_RESUME,
		0, NULL, NULL, exchange_handle, l, MHD_OPTION_THREAD_POOL_SIZE, threads,
		MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		HEAD_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, 0u,
		MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, l,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_raw, NULL, MHD_OPTION_NOTIFY_COMPLETED,
		exchange_end, l, MHD_OPTION_NOTIFY_CONNECTION, connection_notice, l,
		MHD_OPTION_END);
	if (!l->daemon)
		return diag_fail(d, ERR_INTERNAL, "libmicrohttpd does not start");
	return acceptor_start(&l->acceptor, l->daemon, &s->sweeper, s->metrics,
		s->config->connections, d);
}

static void raise_files(int64_t connections)
{
	struct rlimit r;
	rlim_t want = (rlim_t)connections + SPARE_FDS;

	if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur >= want)
		return;
	r.rlim_cur = want < r.rlim_max ? want : r.rlim_max;
	/* Without it the acceptor pauses at EMFILE. */
	if (setrlimit(RLIMIT_NOFILE, &r))
		return;
}

static void name_routes(struct metrics *m)
{
	m->route[0].method = "other";
	m->route[0].path = "other";
	for (size_t i = 0; i < routes_n && i + 1 < METRICS_ROUTES; i++) {
		m->route[i + 1].method = routes[i].method;
		m->route[i + 1].path = routes[i].path;
	}
}

enum err server_bind(struct server *s, const struct config *c, struct service *service,
	struct metrics *m, struct diag *d)
{
	enum err e;

	memset(s, 0, sizeof(*s));
	s->config = c;
	s->service = service;
	s->metrics = m;
	crypto_shorthash_keygen(s->id_key);
	s->main.server = s->scrape.server = s;
	s->scrape.metrics = true;
	s->main.acceptor.fd = s->main.acceptor.stop = -1;
	s->scrape.acceptor.fd = s->scrape.acceptor.stop = -1;
	name_routes(m);
	e = acceptor_bind(&s->main.acceptor, c->listen, d);
	if (!e && c->metrics_listen && *c->metrics_listen)
		e = acceptor_bind(&s->scrape.acceptor, c->metrics_listen, d);
	return e;
}

static void tick(void *ctx, int64_t now)
{
	struct server *s = ctx;

	waiters_expire(&s->waiters, now);
	streams_tick(&s->streams, now);
}

enum err server_start(struct server *s, struct diag *d)
{
	const struct config *c = s->config;
	enum err e;

	raise_files(c->connections);
	waiters_init(&s->waiters, s->service->feed, s->metrics);
	streams_init(&s->streams, s->service, s->metrics, (size_t)c->streams,
		(size_t)c->streams_per_org);
	feed_on_news(s->service->feed, waiters_news, &s->waiters);
	e = limits_open(&s->limits, c, s->metrics);
	if (!e)
		e = sweeper_start(&s->sweeper, s->metrics, tick, s, d);
	if (!e)
		e = workers_start(&s->workers, (size_t)c->db_workers, (size_t)c->queue,
			c->database, s->metrics, d);
	if (!e)
		e = start_daemon(&s->main, (unsigned)c->threads, d);
	if (!e && s->scrape.acceptor.fd >= 0)
		e = start_daemon(&s->scrape, 1, d);
	return e;
}

/* Until every request has its answer, or the time is up. */
static void wait_for_requests(struct server *s, int64_t ms, bool (*hurry)(void))
{
	struct timespec nap = {0, POLL_MS * 1000000L};
	int64_t end = mono_ms() + ms;

	while (atomic_load(&s->metrics->requests) > 0 && mono_ms() < end && !hurry()) {
		/* A connection that has just been answered waits for a next request. */
		sweeper_cut(&s->sweeper, true);
		(void)nanosleep(&nap, NULL);
	}
}

void server_stop(struct server *s, int64_t ms, bool (*hurry)(void))
{
	acceptor_stop(&s->main.acceptor);
	if (s->sweeper.thread.started) {
		waiters_stop(&s->waiters);
		streams_stop(&s->streams);
		wait_for_requests(s, ms, hurry);
		sweeper_cut(&s->sweeper, false);
	}
	/* What is suspended must be resumed before libmicrohttpd may stop: the workers
	 * empty their queue first. */
	workers_stop(&s->workers);
	acceptor_stop(&s->scrape.acceptor);
	if (s->main.daemon)
		MHD_stop_daemon(s->main.daemon);
	if (s->scrape.daemon)
		MHD_stop_daemon(s->scrape.daemon);
	sweeper_stop(&s->sweeper);
	limits_close(&s->limits);
}
