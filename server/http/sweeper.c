/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/sweeper.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define TICK_MS 500

int64_t mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t mono_ms(void)
{
	return mono_us() / 1000;
}

/* The lock is held: sweeper_remove() cannot let the descriptor be closed and reused
 * meanwhile. */
static void cut(struct sweeper *s, struct conn *c)
{
	(void)shutdown(c->fd, SHUT_RDWR);
	atomic_store(&c->deadline, INT64_MAX);
	atomic_fetch_add(&s->metrics->cut, 1);
}

static void sweep(struct sweeper *s, int64_t now)
{
	for (struct conn *c = s->first; c; c = c->next)
		if (atomic_load(&c->deadline) <= now)
			cut(s, c);
}

static void *run(void *arg)
{
	struct sweeper *s = arg;

	while (halt_rest(&s->halt, TICK_MS)) {
		pthread_mutex_lock(&s->lock);
		sweep(s, mono_ms());
		pthread_mutex_unlock(&s->lock);
		s->tick(s->ctx, mono_ms());
	}
	return NULL;
}

enum err sweeper_start(struct sweeper *s, struct metrics *m,
	void (*tick)(void *ctx, int64_t now), void *ctx, struct diag *d)
{
	memset(s, 0, sizeof(*s));
	s->metrics = m;
	s->tick = tick;
	s->ctx = ctx;
	pthread_mutex_init(&s->lock, NULL);
	halt_init(&s->halt);
	return thread_start(&s->thread, run, s, d);
}

void sweeper_stop(struct sweeper *s)
{
	if (!s->thread.started)
		return;
	halt_raise(&s->halt);
	thread_join(&s->thread);
}

struct conn *sweeper_add(
	struct sweeper *s, int fd, const struct limits_peer *peer, int64_t ms)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->fd = fd;
	c->peer = *peer;
	conn_deadline(c, ms, true);
	pthread_mutex_lock(&s->lock);
	c->next = s->first;
	if (c->next)
		c->next->prev = c;
	s->first = c;
	pthread_mutex_unlock(&s->lock);
	return c;
}

void sweeper_remove(struct sweeper *s, struct conn *c)
{
	pthread_mutex_lock(&s->lock);
	if (c->prev)
		c->prev->next = c->next;
	else
		s->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	pthread_mutex_unlock(&s->lock);
	free(c);
}

void conn_deadline(struct conn *c, int64_t ms, bool idle)
{
	atomic_store(&c->idle, idle);
	atomic_store(&c->deadline, ms < 0 ? INT64_MAX : mono_ms() + ms);
}

void sweeper_cut(struct sweeper *s, bool idle_only)
{
	pthread_mutex_lock(&s->lock);
	for (struct conn *c = s->first; c; c = c->next)
		if (!idle_only || atomic_load(&c->idle))
			cut(s, c);
	pthread_mutex_unlock(&s->lock);
}

bool sweeper_make_room(struct sweeper *s)
{
	struct conn *due = NULL;

	pthread_mutex_lock(&s->lock);
	for (struct conn *c = s->first; c; c = c->next)
		if (atomic_load(&c->idle) && atomic_load(&c->deadline) != INT64_MAX &&
			(!due || atomic_load(&c->deadline) < atomic_load(&due->deadline)))
			due = c;
	if (due)
		cut(s, due);
	pthread_mutex_unlock(&s->lock);
	return due != NULL;
}
