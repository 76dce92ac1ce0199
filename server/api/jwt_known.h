/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens that were found to hold, so that decoding one is not the greater part of each
 * request that comes with it. Known by their SHA-256: whoever has no token that holds
 * finds none here. A key that is switched off is looked up behind it (keysoff.h), each
 * time.
 */
#ifndef VARSEL_API_JWT_KNOWN_H
#define VARSEL_API_JWT_KNOWN_H

#include "common/hash.h"
#include "server/core/token.h"

struct jwt_known;

enum err jwt_known_new(struct jwt_known **ret) CHECK_RESULT; /* ERR_NOMEM */
void jwt_known_free(struct jwt_known *k);

/* Whether that token held when it was put, and still does; ret_who points into the arena.
 * Any thread. */
bool jwt_known_get(struct jwt_known *k, const struct hash *token, int64_t now,
	struct arena *a, struct caller *ret_who, unsigned *ret_scopes);
/* It held just now, and will until `until`. May drop another one. Any thread. */
void jwt_known_put(struct jwt_known *k, const struct hash *token, int64_t now,
	int64_t until, const struct caller *who, unsigned scopes);

#endif
