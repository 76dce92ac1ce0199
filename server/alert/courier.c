/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/alert/courier.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "server/alert/notify.h"
#include "server/alert/webhook.h"
#include "server/core/log.h"
#include "server/db/db.h"

#define LOOK_MS      300
#define AGAIN_MS     1000
#define ALERT_MEMORY ((size_t)1 << 20)

/* Sleeps; false when the hub stops. */
static bool rest(struct courier *c, int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ms % 1000 * 1000000L;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&c->lock);
	while (!atomic_load(&c->stopping) &&
		pthread_cond_timedwait(&c->wake, &c->lock, &until) == 0)
		;
	pthread_mutex_unlock(&c->lock);
	return !atomic_load(&c->stopping);
}

static enum err carry(const struct carrier *k, const struct alert *x, struct diag *d)
{
	struct courier *c = k->courier;

	return k->webhook ? webhook_send(k->webhook, x, clock_now(), &c->stopping, d)
			  : notify_run(c->notify, x->body, &c->stopping, d);
}

static void say(
	const struct carrier *k, const struct alert *x, const char *why, bool over)
{
	struct diag line;

	/* diag_fail() makes what came from outside printable. */
	(void)!diag_fail(&line, OK, "%s: alert %s, attempt %" PRId64 ": %s; %s", k->name,
		x->delivery, x->attempt, why,
		over ? "given up" : "it will be tried again");
	(void)fprintf(stderr, "varseld: %s\n", line.text);
}

/* That the receiver has taken it must be stored: as long as the database is away nothing
 * else is done. Who kills the hub now makes it go out a second time. */
static void mark_taken(struct carrier *k, struct db *db, const struct alert *x)
{
	struct diag d;

	while (alerts_taken(db, x, clock_now(), &d) != OK && rest(k->courier, AGAIN_MS))
		;
}

static void mark_refused(
	struct carrier *k, struct db *db, const struct alert *x, const struct diag *why)
{
	bool over = false;
	struct diag d;

	if (alerts_refused(db, x, why->text, clock_now(), &over, &d) != OK)
		over = false; /* nothing of it is stored: it is due again in any case */
	say(k, x, why->text, over);
}

/* One alert, if any is due; whether there was one. */
static bool carry_one(struct carrier *k, struct db *db)
{
	CLEANUP_ARENA struct arena a;
	struct diag d = {""};
	struct alert x;
	bool found = false;

	arena_init(&a, ALERT_MEMORY);
	if (alerts_next(k->courier->core, db, k->name, clock_now(), &a, &x, &found, &d) ||
		!found)
		return false;
	if (carry(k, &x, &d) == OK)
		mark_taken(k, db, &x);
	else if (!atomic_load(&k->courier->stopping))
		mark_refused(k, db, &x, &d);
	return true;
}

static void *run_carrier(void *arg)
{
	struct carrier *k = arg;
	struct db CLEANUP_DB *db = NULL;
	struct diag d;

	if (db_open(k->courier->database, &db, &d))
		return NULL;
	while (rest(k->courier, LOOK_MS))
		while (atomic_load(&k->courier->ready) &&
			!atomic_load(&k->courier->stopping) && carry_one(k, db))
			;
	return NULL;
}

static enum err configure(struct courier *c, struct db *db, struct diag *d)
{
	struct receiver r[COURIERS];

	for (size_t i = 0; i < c->n; i++) {
		const struct conf_list *events = c->carrier[i].events;

		r[i] = (struct receiver){
			c->carrier[i].name, (const char *const *)events->item, events->n};
	}
	return alerts_configure(db, r, c->n, clock_now(), d);
}

/* Whoever takes the lead says anew who is to be alerted: another hub may have been
 * configured otherwise. */
static void *run_clerk(void *arg)
{
	struct courier *c = arg;
	struct db CLEANUP_DB *db = NULL;
	struct diag d;

	if (db_open(c->database, &db, &d))
		return NULL;
	do {
		if (!log_leading(c->core->log))
			atomic_store(&c->ready, false);
		else if (!atomic_load(&c->ready) && configure(c, db, &d) == OK)
			atomic_store(&c->ready, true);
	} while (rest(c, LOOK_MS));
	return NULL;
}

static void add(struct courier *c, const char *name, const struct webhook *w,
	const struct conf_list *events)
{
	struct carrier *k = &c->carrier[c->n++];

	*k = (struct carrier){.courier = c, .webhook = w, .events = events};
	(void)snprintf(k->name, sizeof(k->name), w ? "webhook %s" : "%s", name);
}

enum err courier_start(struct courier *c, const struct core *core, const char *database,
	const struct receivers *r, const struct conf_list *notify,
	const struct conf_list *notify_events, struct diag *d)
{
	pthread_condattr_t attr;
	int failed;

	memset(c, 0, sizeof(*c));
	c->core = core;
	c->database = database;
	c->notify = notify;
	for (size_t i = 0; i < r->n; i++)
		add(c, r->webhook[i].name, &r->webhook[i], &r->webhook[i].events);
	if (notify->n)
		add(c, "notify", NULL, notify_events);
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &attr);
	pthread_condattr_destroy(&attr);
	/* before there are threads that use it */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return diag_fail(d, ERR_INTERNAL, "libcurl does not start");
	failed = pthread_create(&c->clerk, NULL, run_clerk, c);
	c->clerk_started = failed == 0;
	for (size_t i = 0; !failed && i < c->n; i++) {
		failed = pthread_create(
			&c->carrier[i].thread, NULL, run_carrier, &c->carrier[i]);
		c->carrier[i].started = failed == 0;
	}
	return failed ? diag_fail(d, ERR_INTERNAL, "no thread: %s", strerror(failed))
		      : OK;
}

void courier_stop(struct courier *c)
{
	if (!c->clerk_started)
		return;
	pthread_mutex_lock(&c->lock);
	atomic_store(&c->stopping, true);
	pthread_cond_broadcast(&c->wake);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->clerk, NULL);
	for (size_t i = 0; i < c->n; i++)
		if (c->carrier[i].started)
			pthread_join(c->carrier[i].thread, NULL);
	c->clerk_started = false;
}
