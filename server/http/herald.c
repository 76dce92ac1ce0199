/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/herald.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "server/db/db.h"

/* A look costs PostgreSQL next to nothing, and sees what any hub of this database and the
 * console put there, too. */
#define LOOK_MS  200
#define AGAIN_MS 1000

/* Sleeps; false when the hub stops. */
static bool rest(struct herald *h, int ms)
{
	struct timespec until;
	bool go_on;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ms % 1000 * 1000000L;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&h->lock);
	while (!h->stopping && pthread_cond_timedwait(&h->wake, &h->lock, &until) == 0)
		;
	go_on = !h->stopping;
	pthread_mutex_unlock(&h->lock);
	return go_on;
}

static void *run(void *arg)
{
	struct herald *h = arg;
	struct db CLEANUP_DB *db = NULL;
	struct diag d = {""};
	bool failed = false;
	size_t n = 0;
	enum err e;

	if (db_open(h->database, &db, &d)) {
		(void)fprintf(stderr, "varseld: %s\n", d.text);
		return NULL;
	}
	do {
		e = tail_fetch(&h->server->service->tail, db, &n, &d);
		/* A database that is down is the keeper's to tell. */
		if (e && e != ERR_DATABASE && !failed)
			(void)fprintf(stderr, "varseld: events: %s\n", d.text);
		failed = e != OK;
		if (n)
			streams_news(&h->server->streams);
	} while (rest(h, e ? AGAIN_MS : LOOK_MS));
	return NULL;
}

enum err herald_start(
	struct herald *h, struct server *s, const char *database, struct diag *d)
{
	pthread_condattr_t attr;
	int failed;

	memset(h, 0, sizeof(*h));
	h->server = s;
	h->database = database;
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->wake, &attr);
	pthread_condattr_destroy(&attr);
	failed = pthread_create(&h->thread, NULL, run, h);
	h->started = failed == 0;
	return failed ? diag_fail(d, ERR_INTERNAL, "no thread: %s", strerror(failed))
		      : OK;
}

void herald_stop(struct herald *h)
{
	if (!h->started)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	h->started = false;
}
