/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/herald.h"

#include <stdio.h>
#include <string.h>

#include "server/db/db.h"

/* A look costs PostgreSQL next to nothing, and sees what any hub of this database and the
 * console put there, too. */
#define LOOK_MS  200
#define AGAIN_MS 1000

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
	} while (halt_rest(&h->halt, e ? AGAIN_MS : LOOK_MS));
	return NULL;
}

enum err herald_start(
	struct herald *h, struct server *s, const char *database, struct diag *d)
{
	memset(h, 0, sizeof(*h));
	h->server = s;
	h->database = database;
	halt_init(&h->halt);
	return thread_start(&h->thread, run, h, d);
}

void herald_stop(struct herald *h)
{
	if (!h->thread.started)
		return;
	halt_raise(&h->halt);
	thread_join(&h->thread);
}
