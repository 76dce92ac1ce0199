/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/alert/courier.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "server/alert/notify.h"
#include "server/alert/webhook.h"
#include "server/core/log.h"
#include "server/db/db.h"

#define LOOK_MS      300
#define AGAIN_MS     1000
#define ALERT_MEMORY ((size_t)1 << 20)

static enum err carry(const struct carrier *k, const struct alert *x, struct diag *d)
{
	struct courier *c = k->courier;

	return k->webhook ? webhook_send(k->webhook, x, clock_now(), &c->halt.stopping, d)
			  : notify_run(c->notify, x->body, &c->halt.stopping, d);
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

	while (alerts_taken(db, x, clock_now(), &d) != OK &&
		halt_rest(&k->courier->halt, AGAIN_MS))
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
	else if (!atomic_load(&k->courier->halt.stopping))
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
	while (halt_rest(&k->courier->halt, LOOK_MS))
		while (atomic_load(&k->courier->ready) &&
			!atomic_load(&k->courier->halt.stopping) && carry_one(k, db))
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
	} while (halt_rest(&c->halt, LOOK_MS));
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
	enum err e;

	memset(c, 0, sizeof(*c));
	c->core = core;
	c->database = database;
	c->notify = notify;
	for (size_t i = 0; i < r->n; i++)
		add(c, r->webhook[i].name, &r->webhook[i], &r->webhook[i].events);
	if (notify->n)
		add(c, "notify", NULL, notify_events);
	halt_init(&c->halt);
	/* before there are threads that use it */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return diag_fail(d, ERR_INTERNAL, "libcurl does not start");
	e = thread_start(&c->clerk, run_clerk, c, d);
	for (size_t i = 0; !e && i < c->n; i++)
		e = thread_start(&c->carrier[i].thread, run_carrier, &c->carrier[i], d);
	return e;
}

void courier_stop(struct courier *c)
{
	if (!c->clerk.started)
		return;
	halt_raise(&c->halt);
	thread_join(&c->clerk);
	for (size_t i = 0; i < c->n; i++)
		thread_join(&c->carrier[i].thread);
}
