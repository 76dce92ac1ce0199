/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/waiters.h"

#include <string.h>

#include "server/core/feed.h"

void waiters_init(struct waiters *w, struct feed *feed, struct metrics *m)
{
	memset(w, 0, sizeof(*w));
	pthread_mutex_init(&w->lock, NULL);
	w->feed = feed;
	w->metrics = m;
}

/* Under the lock. */
static void release(struct waiters *w, struct exchange *x, bool last_call)
{
	if (x->prev)
		x->prev->next = x->next;
	else
		w->first = x->next;
	if (x->next)
		x->next->prev = x->prev;
	x->q.last_call = last_call;
	atomic_fetch_sub(&w->metrics->waiting, 1);
	MHD_resume_connection(x->mhd);
}

void waiters_take(struct waiters *w, struct exchange *x, uint64_t seen)
{
	/* News is told after the size has changed, and telling takes the lock: either the
	 * new size is seen here, or the news finds x in the list. */
	pthread_mutex_lock(&w->lock);
	MHD_suspend_connection(x->mhd);
	x->phase = PHASE_WAITING;
	x->prev = NULL;
	x->next = w->first;
	if (x->next)
		x->next->prev = x;
	w->first = x;
	atomic_fetch_add(&w->metrics->waiting, 1);
	if (w->stopping || feed_size(w->feed) != seen)
		release(w, x, w->stopping);
	pthread_mutex_unlock(&w->lock);
}

void waiters_news(void *ctx, uint64_t size)
{
	struct waiters *w = ctx;

	(void)size;
	pthread_mutex_lock(&w->lock);
	while (w->first)
		release(w, w->first, w->stopping);
	pthread_mutex_unlock(&w->lock);
}

void waiters_expire(struct waiters *w, int64_t now)
{
	struct exchange *x, *next;

	pthread_mutex_lock(&w->lock);
	for (x = w->first; x; x = next) {
		next = x->next;
		if (x->due <= now)
			release(w, x, true);
	}
	pthread_mutex_unlock(&w->lock);
}

void waiters_stop(struct waiters *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	while (w->first)
		release(w, w->first, true);
	pthread_mutex_unlock(&w->lock);
}
