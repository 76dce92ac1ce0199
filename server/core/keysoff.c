/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/keysoff.h"

#include <stdlib.h>

#include "server/core/orgs.h"

#define KEYSOFF_MEMORY ((size_t)64 << 20)

void keysoff_init(struct keysoff *k)
{
	memset(k, 0, sizeof(*k));
	pthread_mutex_init(&k->loading, NULL);
	pthread_rwlock_init(&k->lock, NULL);
	arena_init(&k->text, KEYSOFF_MEMORY);
}

void keysoff_done(struct keysoff *k)
{
	arena_done(&k->text);
	pthread_rwlock_destroy(&k->lock);
	pthread_mutex_destroy(&k->loading);
}

enum err keysoff_load(struct keysoff *k, struct db *db, struct diag *d)
{
	struct arena fresh, old;
	struct texts names = {NULL, 0};
	enum err e;

	arena_init(&fresh, KEYSOFF_MEMORY);
	pthread_mutex_lock(&k->loading);
	e = orgs_keys_off(db, &fresh, &names, d);
	old = fresh;
	if (!e) {
		pthread_rwlock_wrlock(&k->lock);
		old = k->text;
		k->text = fresh;
		k->names = names;
		k->loaded = true;
		pthread_rwlock_unlock(&k->lock);
	}
	pthread_mutex_unlock(&k->loading);
	arena_done(&old);
	return e;
}

static int by_name(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

enum err keysoff_check(struct keysoff *k, const char *key, struct diag *d)
{
	bool loaded, off;

	pthread_rwlock_rdlock(&k->lock);
	loaded = k->loaded;
	off = k->names.n &&
	      bsearch(key, k->names.item, k->names.n, sizeof(*k->names.item), by_name);
	pthread_rwlock_unlock(&k->lock);
	if (!loaded)
		return diag_fail(d, ERR_BUSY, "the hub is starting");
	if (off)
		return diag_fail(d, ERR_UNAUTHORIZED, "the key %s is off", key);
	return OK;
}
