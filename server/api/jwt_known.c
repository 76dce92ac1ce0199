/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/api/jwt_known.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/limits.h"

#define ROWS 1024 /* some 300 KiB; two tokens of one row push each other out */

struct row {
	struct hash token;
	int64_t from, until; /* until 0: empty */
	unsigned scopes;
	bool member;
	char key[KEY_NAME_MAX + 1];
	char org[ORG_CODE_MAX + 1];
};

struct jwt_known {
	pthread_mutex_t lock;
	struct row row[ROWS];
};

enum err jwt_known_new(struct jwt_known **ret)
{
	struct jwt_known *k = calloc(1, sizeof(*k));

	if (!k)
		return ERR_NOMEM;
	pthread_mutex_init(&k->lock, NULL);
	*ret = k;
	return OK;
}

void jwt_known_free(struct jwt_known *k)
{
	if (!k)
		return;
	pthread_mutex_destroy(&k->lock);
	free(k);
}

static struct row *row_of(struct jwt_known *k, const struct hash *token)
{
	uint32_t n;

	memcpy(&n, token->b, sizeof(n));
	return &k->row[n % ROWS];
}

bool jwt_known_get(struct jwt_known *k, const struct hash *token, int64_t now,
	struct arena *a, struct caller *ret_who, unsigned *ret_scopes)
{
	struct caller who = {NULL, NULL};
	struct row *r = row_of(k, token);
	bool holds;

	pthread_mutex_lock(&k->lock);
	/* A clock that went back may stand before the token's begin. */
	holds = hash_same(&r->token, token) && r->from <= now && now < r->until;
	if (holds) {
		who.key = arena_dup(a, slice_of(r->key));
		who.org = r->member ? arena_dup(a, slice_of(r->org)) : NULL;
		holds = who.key && (who.org || !r->member);
	}
	if (holds) {
		*ret_who = who;
		*ret_scopes = r->scopes;
	}
	pthread_mutex_unlock(&k->lock);
	return holds;
}

void jwt_known_put(struct jwt_known *k, const struct hash *token, int64_t now,
	int64_t until, const struct caller *who, unsigned scopes)
{
	struct row *r = row_of(k, token);
	struct row fresh = {.token = *token,
		.from = now,
		.until = until,
		.scopes = scopes,
		.member = who->org != NULL};

	if (strlen(who->key) >= sizeof(fresh.key) ||
		(who->org && strlen(who->org) >= sizeof(fresh.org)))
		return; /* no name of ours; it is decoded each time */
	memcpy(fresh.key, who->key, strlen(who->key));
	if (who->org)
		memcpy(fresh.org, who->org, strlen(who->org));
	pthread_mutex_lock(&k->lock);
	*r = fresh;
	pthread_mutex_unlock(&k->lock);
}
