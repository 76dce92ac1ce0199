/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may have a token, and for what. Making the JWT is the HTTP side's work. */
#ifndef VARSEL_TOKEN_H
#define VARSEL_TOKEN_H

#include "server/core/core.h"

enum scope {
	SCOPE_FEED = 1,
	SCOPE_REPORT = 2,
	SCOPE_READ = 4,
	SCOPE_COORDINATE = 8,
	/* not for tokens: what a session of the situation page may see, a member's and a
	 * coordinator's */
	SCOPE_PAGE = 16,
	SCOPE_PAGE_ALL = 32
};
#define SCOPES_MEMBER      (SCOPE_FEED | SCOPE_REPORT | SCOPE_READ)
#define SCOPES_PAGE        (SCOPE_PAGE | SCOPE_PAGE_ALL)
#define SCOPES_COORDINATOR (SCOPE_FEED | SCOPE_READ | SCOPE_COORDINATE)

struct grant {
	const char *key;  /* sub */
	const char *org;  /* code; NULL for a coordinator */
	const char *role; /* "member" or "coordinator" */
	unsigned scopes;  /* bits of enum scope: what was asked for */
	int64_t lifetime; /* seconds: 900, or 86400 for feed alone */
};

/* "feed read" to bits; ERR_VALUE names an unknown or repeated word. */
enum err scopes_parse(struct slice text, unsigned *ret, struct diag *d) CHECK_RESULT;
void scopes_put(struct buf *b, unsigned scopes); /* "feed read" */

/* Verifies a token note. ERR_UNAUTHORIZED: unknown key; ERR_SIGNATURE; ERR_FORBIDDEN: a
 * key that is off, or a scope that its role cannot have; ERR_CONFLICT: the nonce was used
 * before; ERR_SYNTAX, ERR_WRONG_HUB, ERR_STALE, ERR_FUTURE. */
enum err token_take(const struct core *c, struct db *db, struct slice note, int64_t now,
	struct arena *a, struct grant *ret, struct diag *d) CHECK_RESULT;

#endif
