/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sign-in to the situation page. Who has a token asks for a link; the link, opened once
 * and within minutes, gives a browser a cookie. Of both secrets the database has hashes
 * alone. Sessions are kept in memory, so that a request is judged without the database;
 * the key that asked is looked at each time, so one that is switched off ends them.
 */
#ifndef VARSEL_SESSIONS_H
#define VARSEL_SESSIONS_H

#include <pthread.h>

#include "server/core/core.h"
#include "server/db/page_session.h"

#define SESSION_SECRET 43 /* characters of a link's and of a cookie's: 32 bytes */

struct sessions {
	pthread_mutex_t loading;
	pthread_rwlock_t lock;
	struct arena memory;
	struct page_sessions live;
	bool loaded;
};

void sessions_init(struct sessions *s);
void sessions_done(struct sessions *s);
/* Reads them anew. On an error the old ones stand. Any thread that owns `db`. */
enum err sessions_load(
	struct sessions *s, struct db *db, int64_t now, struct diag *d) CHECK_RESULT;

/* Whose session the cookie's secret is, copied into the arena. ERR_UNAUTHORIZED:
 * nobody's; ERR_BUSY: not loaded yet. */
enum err sessions_find(struct sessions *s, struct slice secret, int64_t now,
	struct arena *a, struct caller *ret, int64_t *ret_expires,
	struct diag *d) CHECK_RESULT;

/* A link for the caller. */
enum err sessions_link(const struct core *c, struct db *db, const struct caller *by,
	int64_t now, struct arena *a, const char **ret_url, int64_t *ret_expires,
	struct diag *d) CHECK_RESULT;
/* Opens it: *ret_cookie is the session's secret. The oldest sessions of the same
 * organisation or coordinator beyond PAGE_SESSIONS end. ERR_NOT_FOUND: used, too old, or
 * never given. */
enum err sessions_open(struct sessions *s, struct db *db, struct slice secret,
	int64_t now, struct arena *a, const char **ret_cookie,
	struct diag *d) CHECK_RESULT;

#endif
