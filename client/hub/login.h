/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens: a note signed by the login key is exchanged for a short-lived JWT, which may be
 * cached in a file. Used by hub.c alone.
 */
#ifndef VARSEL_LOGIN_H
#define VARSEL_LOGIN_H

#include "client/hub/hub.h"

struct login {
	char *hub_name; /* NULL: nobody logged in */
	char *scope;
	char *cache; /* NULL: no cache */
	const struct seckey *key;
	int64_t expires; /* of the token in use */
};

/* Copies the texts, borrows the key. ERR_NOMEM. */
enum err login_set(struct login *l, const char *hub_name, const struct seckey *k,
	const char *scope, const char *cache) CHECK_RESULT;
void login_done(struct login *l);

/* A token that the cache still holds: appended to *token, l->expires set. false when
 * there is none, when it lapses within a minute, or when it is for another key, hub or
 * scope. */
bool login_cached(struct login *l, struct buf *token);
/* The same from the hub, which stores it in the cache. */
enum err login_fetch(
	struct login *l, struct hub *h, struct buf *token, struct diag *d) CHECK_RESULT;
/* Within a minute of its end. */
bool login_lapses(const struct login *l);

#endif
