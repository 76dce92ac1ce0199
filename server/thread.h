/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that work in the background, and the sleep from which all of them are woken
 * when the hub stops. */
#ifndef VARSEL_SERVER_THREAD_H
#define VARSEL_SERVER_THREAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/diag.h"

struct halt {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stopping;
};

void halt_init(struct halt *h);
/* Sleeps so long; false when it is time to stop. */
bool halt_rest(struct halt *h, int ms);
void halt_raise(struct halt *h);

/* Zeroed before it is started. */
struct thread {
	pthread_t id;
	bool started;
};

enum err thread_start(struct thread *t, void *(*run)(void *arg), void *arg,
	struct diag *d) CHECK_RESULT;
void thread_join(struct thread *t); /* safe when it was not started */

#endif
