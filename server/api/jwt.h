/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tokens that open the API: JWT, HS256 and nothing else (docs/formats.md, JWT). A
 * token is never in the feed's path of trust.
 */
#ifndef VARSEL_API_JWT_H
#define VARSEL_API_JWT_H

#include "server/api/jwt_known.h"

#define JWT_KEY_BYTES 32
#define JWT_MAX       2048 /* a token's length */

struct jwt_key {
	const char *hub; /* both iss and aud */
	unsigned char
		*key; /* JWT_KEY_BYTES of sodium_malloc; NULL: every token is refused */
	struct jwt_known *known; /* what held before; NULL: all are decoded */
};

/* Reads state-dir's jwt.key: 64 hex digits, alone. `hub` is borrowed. ERR_CONFIG,
 * ERR_NOPERM, ERR_NOT_FOUND. */
enum err jwt_key_load(const char *path, const char *hub, struct jwt_key *ret,
	struct diag *d) CHECK_RESULT;
void jwt_key_done(struct jwt_key *k);

/* A token for the grant, good from now for its lifetime; into the arena. */
enum err jwt_make(const struct jwt_key *k, const struct grant *g, int64_t now,
	struct arena *a, const char **ret, struct diag *d) CHECK_RESULT;

/* What a token says, once it holds: ret_who points into the arena. Everything wrong with
 * it is ERR_UNAUTHORIZED, and the diag says what. */
enum err jwt_check(const struct jwt_key *k, struct slice token, int64_t now,
	struct arena *a, struct caller *ret_who, unsigned *ret_scopes,
	struct diag *d) CHECK_RESULT;

#endif
