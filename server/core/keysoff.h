/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of the keys that are off: suspended organisations' and removed coordinators'.
 * Kept in memory so that a token given before dies at once, and stays dead while
 * PostgreSQL is down.
 */
#ifndef VARSEL_KEYSOFF_H
#define VARSEL_KEYSOFF_H

#include <pthread.h>

#include "server/core/core.h"

struct keysoff {
	pthread_mutex_t loading; /* one reader of the database at a time: the last wins */
	pthread_rwlock_t lock;
	struct arena text;
	struct texts names; /* sorted */
	bool loaded;
};

void keysoff_init(struct keysoff *k);
void keysoff_done(struct keysoff *k);
/* Reads the names anew. On an error the old ones stand. Any thread that owns `db`. */
enum err keysoff_load(struct keysoff *k, struct db *db, struct diag *d) CHECK_RESULT;
/* OK: not off. ERR_UNAUTHORIZED: off. ERR_BUSY: not loaded yet, so nobody knows. */
enum err keysoff_check(struct keysoff *k, const char *key, struct diag *d) CHECK_RESULT;

#endif
