/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/workers.h"

#include <stdlib.h>
#include <string.h>

#include "server/db/db.h"

static struct exchange *next(struct workers *w)
{
	struct exchange *x;

	pthread_mutex_lock(&w->lock);
	while (!w->first && !w->stopping)
		pthread_cond_wait(&w->wake, &w->lock);
	x = w->first;
	if (x) {
		w->first = x->next;
		if (!w->first)
			w->last = NULL;
		w->queued--;
	}
	pthread_mutex_unlock(&w->lock);
	return x;
}

static void *run(void *arg)
{
	struct workers *w = arg;
	struct exchange *x;
	struct db CLEANUP_DB *db = NULL;
	struct diag d;

	/* A string that libpq cannot even parse: each request finds out. */
	if (db_open(w->database, &db, &d))
		db = NULL;
	while ((x = next(w))) {
		atomic_fetch_sub(&w->metrics->queued, 1);
		atomic_fetch_add(&w->metrics->working, 1);
		exchange_work(x, db);
		atomic_fetch_sub(&w->metrics->working, 1);
	}
	return NULL;
}

enum err workers_start(struct workers *w, size_t n, size_t queue_max,
	const char *database, struct metrics *m, struct diag *d)
{
	enum err e = OK;

	memset(w, 0, sizeof(*w));
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->max = queue_max;
	w->database = database;
	w->metrics = m;
	w->thread = calloc(n, sizeof(*w->thread));
	if (!w->thread)
		return ERR_NOMEM;
	w->n = n;
	for (size_t i = 0; !e && i < n; i++)
		e = thread_start(&w->thread[i], run, w, d);
	return e;
}

void workers_stop(struct workers *w)
{
	if (!w->thread)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->wake);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->n; i++)
		thread_join(&w->thread[i]);
	free(w->thread);
	w->thread = NULL;
}

enum err workers_take(struct workers *w, struct exchange *x, struct diag *d)
{
	pthread_mutex_lock(&w->lock);
	if (w->queued >= w->max) {
		pthread_mutex_unlock(&w->lock);
		atomic_fetch_add(&w->metrics->turned_away, 1);
		return diag_fail(d, ERR_BUSY,
			"%zu requests wait for the database already", w->max);
	}
	/* Before anyone can resume it. */
	MHD_suspend_connection(x->mhd);
	x->phase = PHASE_QUEUED;
	x->next = NULL;
	if (w->last)
		w->last->next = x;
	else
		w->first = x;
	w->last = x;
	w->queued++;
	atomic_fetch_add(&w->metrics->queued, 1);
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	return OK;
}
