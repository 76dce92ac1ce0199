/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/thread.h"

#include <string.h>
#include <time.h>

void halt_init(struct halt *h)
{
	pthread_condattr_t attr;

	atomic_init(&h->stopping, false);
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->wake, &attr);
	pthread_condattr_destroy(&attr);
}

bool halt_rest(struct halt *h, int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ms % 1000 * 1000000L;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&h->lock);
	while (!atomic_load(&h->stopping) &&
		pthread_cond_timedwait(&h->wake, &h->lock, &until) == 0)
		;
	pthread_mutex_unlock(&h->lock);
	return !atomic_load(&h->stopping);
}

void halt_raise(struct halt *h)
{
	pthread_mutex_lock(&h->lock);
	atomic_store(&h->stopping, true);
	pthread_cond_broadcast(&h->wake);
	pthread_mutex_unlock(&h->lock);
}

enum err thread_start(
	struct thread *t, void *(*run)(void *arg), void *arg, struct diag *d)
{
	int failed = pthread_create(&t->id, NULL, run, arg);

	if (failed)
		return diag_fail(d, ERR_INTERNAL, "no thread: %s", strerror(failed));
	t->started = true;
	return OK;
}

void thread_join(struct thread *t)
{
	if (t->started)
		pthread_join(t->id, NULL);
	t->started = false;
}
