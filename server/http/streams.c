/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/streams.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server/http/server.h"

#define SEND_MS 30000 /* for what is ready, to the slowest reader we bear */
#define BLOCK   1024
#define REFILL  ((size_t)32 << 10)
#define OUT_MAX (REFILL + EVENT_MAX + 1024)
#define PING    ": ping\n\n"

struct stream {
	struct streams *all;
	struct MHD_Connection *mhd;
	struct conn *conn;
	char key[KEY_NAME_MAX + 1];
	bool coordinator; /* is sent everything */
	bool suspended;
	bool end; /* when what is ready has been sent */
	int64_t at;
	struct buf out; /* ready to be sent, `sent` bytes of it gone */
	size_t sent;
	int64_t ping, until; /* of mono_ms() */
	struct stream *prev, *next;
};

void streams_init(struct streams *s, struct service *service, struct metrics *m,
	size_t max, size_t per_caller)
{
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
	s->service = service;
	s->metrics = m;
	s->max = max;
	s->per_caller = per_caller;
}

/* Under the lock, as all that follows. */
static void wake(struct stream *x)
{
	if (!x->suspended)
		return;
	x->suspended = false;
	MHD_resume_connection(x->mhd);
}

static void refill(struct stream *x)
{
	int64_t now = mono_ms();

	buf_reset(&x->out);
	x->sent = 0;
	if (x->end)
		return;
	x->end = tail_read(&x->all->service->tail, &x->at, x->coordinator, REFILL,
			 &x->out) != OK ||
		 x->all->stopping || now >= x->until;
	if (x->out.len == 0 && !x->end && now >= x->ping)
		buf_puts(&x->out, PING);
	if (x->out.len)
		x->ping = now + PING_SECONDS * 1000;
}

/* Called by the connection's thread whenever there is room to send. */
static ssize_t give(void *cls, uint64_t pos, char *to, size_t max)
{
	struct stream *x = cls;
	ssize_t given = 0;
	size_t n;

	(void)pos;
	pthread_mutex_lock(&x->all->lock);
	if (x->sent == x->out.len)
		refill(x);
	n = x->out.len - x->sent;
	if (n > max)
		n = max;
	if (n) {
		memcpy(to, x->out.data + x->sent, n);
		x->sent += n;
		given = (ssize_t)n;
		conn_deadline(x->conn, SEND_MS, false);
	} else if (x->end) {
		given = MHD_CONTENT_READER_END_OF_STREAM;
	} else {
		conn_deadline(x->conn, -1, false);
		x->suspended = true;
		MHD_suspend_connection(x->mhd);
	}
	pthread_mutex_unlock(&x->all->lock);
	return given;
}

/* The answer is over, one way or the other. */
static void drop(void *cls)
{
	struct stream *x = cls;
	struct streams *s = x->all;

	pthread_mutex_lock(&s->lock);
	if (x->prev)
		x->prev->next = x->next;
	else
		s->first = x->next;
	if (x->next)
		x->next->prev = x->prev;
	s->n--;
	pthread_mutex_unlock(&s->lock);
	atomic_fetch_sub(&s->metrics->streams, 1);
	buf_done(&x->out);
	free(x);
}

/* Keys are renewed, organisations stay: an organisation's streams count together. */
static bool same_caller(const char *a, const char *b)
{
	const char *x = strstr(a, "/org/"), *y = strstr(b, "/org/");

	return x && y ? strrchr(a, '/') - a == strrchr(b, '/') - b &&
				strncmp(a, b, (size_t)(strrchr(a, '/') - a)) == 0
		      : strcmp(a, b) == 0;
}

static enum err check_room(struct streams *s, const char *key, struct diag *d)
{
	size_t same = 0;

	if (s->n >= s->max)
		return diag_fail(d, ERR_BUSY, "%zu follow the events already", s->n);
	for (const struct stream *o = s->first; o; o = o->next)
		same += same_caller(o->key, key);
	if (same >= s->per_caller)
		return diag_fail(d, ERR_RATE,
			"%zu of yours follow the events already; close one", same);
	return OK;
}

static struct stream *stream_new(struct streams *s, struct exchange *x)
{
	struct stream *n = calloc(1, sizeof(*n));
	const struct response *r = &x->q.res;

	if (!n)
		return NULL;
	*n = (struct stream){.all = s,
		.mhd = x->mhd,
		.conn = x->conn,
		.coordinator = r->stream.all,
		.at = r->stream.at,
		.end = r->stream.end};
	memcpy(n->key, x->q.who.key, strnlen(x->q.who.key, KEY_NAME_MAX));
	buf_init(&n->out, r->body.len + OUT_MAX);
	/* Milliseconds until a browser comes back; and where it then goes on, if nothing
	 * happens until then. */
	buf_printf(&n->out, "retry: 1000\n");
	if (r->body.len == 0)
		buf_printf(&n->out, "id: %" PRId64 "\n", n->at);
	buf_putc(&n->out, '\n');
	buf_slice(&n->out, buf_view(&r->body));
	if (buf_err(&n->out)) {
		buf_done(&n->out);
		free(n);
		return NULL;
	}
	n->ping = mono_ms() + PING_SECONDS * 1000;
	n->until = mono_ms() + STREAM_SECONDS * 1000;
	return n;
}

enum err streams_open(
	struct streams *s, struct exchange *x, struct MHD_Response **ret, struct diag *d)
{
	struct stream *n = NULL;
	enum err e;

	pthread_mutex_lock(&s->lock);
	e = check_room(s, x->q.who.key, d);
	if (!e && !(n = stream_new(s, x)))
		e = ERR_NOMEM;
	if (!e) {
		n->next = s->first;
		if (n->next)
			n->next->prev = n;
		s->first = n;
		s->n++;
	}
	pthread_mutex_unlock(&s->lock);
	if (e)
		return e;
	atomic_fetch_add(&s->metrics->streams, 1);
	*ret = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, give, n, drop);
	if (*ret)
		return OK;
	drop(n);
	return ERR_NOMEM;
}

void streams_news(struct streams *s)
{
	pthread_mutex_lock(&s->lock);
	for (struct stream *x = s->first; x; x = x->next)
		wake(x);
	pthread_mutex_unlock(&s->lock);
}

/* libmicrohttpd does not look at a suspended connection, and would find out with the
 * second ping. */
static bool has_left(const struct stream *x)
{
	char byte;
	ssize_t n = recv(x->conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

void streams_tick(struct streams *s, int64_t now)
{
	pthread_mutex_lock(&s->lock);
	for (struct stream *x = s->first; x; x = x->next) {
		if (!x->suspended)
			continue;
		if (has_left(x) ||
			keysoff_check(&s->service->off, x->key, NULL) == ERR_UNAUTHORIZED)
			x->end = true;
		if (x->end || now >= x->ping || now >= x->until)
			wake(x);
	}
	pthread_mutex_unlock(&s->lock);
}

void streams_stop(struct streams *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	for (struct stream *x = s->first; x; x = x->next)
		wake(x);
	pthread_mutex_unlock(&s->lock);
}
