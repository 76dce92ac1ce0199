/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/sessions.h"

#include <stdlib.h>

#include <sodium.h>

#include "common/base64.h"
#include "common/limits.h"
#include "server/db/audit.h"

#define MEMORY ((size_t)16 << 20)
#define SECRET 32

void sessions_init(struct sessions *s)
{
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->loading, NULL);
	pthread_rwlock_init(&s->lock, NULL);
	arena_init(&s->memory, MEMORY);
}

void sessions_done(struct sessions *s)
{
	arena_done(&s->memory);
	pthread_rwlock_destroy(&s->lock);
	pthread_mutex_destroy(&s->loading);
}

enum err sessions_load(struct sessions *s, struct db *db, int64_t now, struct diag *d)
{
	struct page_sessions live = {NULL, 0};
	struct arena fresh, old;
	enum err e;

	arena_init(&fresh, MEMORY);
	pthread_mutex_lock(&s->loading);
	e = db_page_session_list(db, now, &fresh, &live, d);
	old = fresh;
	if (!e) {
		pthread_rwlock_wrlock(&s->lock);
		old = s->memory;
		s->memory = fresh;
		s->live = live;
		s->loaded = true;
		pthread_rwlock_unlock(&s->lock);
	}
	pthread_mutex_unlock(&s->loading);
	arena_done(&old);
	return e;
}

static int by_hash(const void *key, const void *item)
{
	const struct page_session *p = item;

	return memcmp(key, p->hash.b, sizeof(p->hash.b));
}

/* The secret's hash; false when it is not the form of one. */
static bool hash_secret(struct slice secret, struct hash *ret)
{
	unsigned char bytes[SECRET];
	size_t n;

	if (secret.n != SESSION_SECRET ||
		!base64_parse_url(secret, bytes, sizeof(bytes), &n) || n != sizeof(bytes))
		return false;
	*ret = hash_of(slice_mem(bytes, sizeof(bytes)));
	sodium_memzero(bytes, sizeof(bytes));
	return true;
}

enum err sessions_find(struct sessions *s, struct slice secret, int64_t now,
	struct arena *a, struct caller *ret, int64_t *ret_expires, struct diag *d)
{
	const struct page_session *p = NULL;
	struct caller who = {NULL, NULL};
	bool loaded, nomem = false;
	int64_t expires = 0;
	struct hash hash;

	if (!hash_secret(secret, &hash))
		return diag_fail(d, ERR_UNAUTHORIZED, "the cookie is no session's");
	pthread_rwlock_rdlock(&s->lock);
	loaded = s->loaded;
	if (s->live.n)
		p = bsearch(hash.b, s->live.item, s->live.n, sizeof(*p), by_hash);
	if (p && p->expires > now) {
		who.key = arena_dup(a, slice_of(p->key));
		who.org = p->org ? arena_dup(a, slice_of(p->org)) : NULL;
		nomem = !who.key || (p->org && !who.org);
		expires = p->expires;
	}
	pthread_rwlock_unlock(&s->lock);
	if (!loaded)
		return diag_fail(d, ERR_BUSY, "the hub is starting");
	if (nomem)
		return diag_fail(d, ERR_NOMEM, "session: out of memory");
	if (!who.key)
		return diag_fail(
			d, ERR_UNAUTHORIZED, "the session has ended: ask for a new link");
	*ret = who;
	*ret_expires = expires;
	return OK;
}

/* A new secret: its text in the arena, and its hash. */
static enum err make_secret(
	struct arena *a, const char **ret_text, struct hash *ret_hash, struct diag *d)
{
	char text[SESSION_SECRET + 1];
	unsigned char bytes[SECRET];

	randombytes_buf(bytes, sizeof(bytes));
	*ret_hash = hash_of(slice_mem(bytes, sizeof(bytes)));
	sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes),
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	*ret_text = arena_dup(a, slice_of(text));
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
	return *ret_text ? OK : diag_fail(d, ERR_NOMEM, "link: out of memory");
}

struct change {
	const struct caller *by;
	struct hash link, session;
	int64_t now;
	struct arena *a;
	const char *key; /* whose the link was */
};

static enum err link_body(struct db *db, void *ctx, struct diag *d)
{
	const struct change *x = ctx;
	enum err e = db_page_link_add(db, &x->link, x->by->key, x->by->org, x->now,
		x->now + PAGE_LINK_LIFETIME, d);

	return e ? e
		 : db_audit_add(db, x->now, x->by->key, "page-link",
			   slice_of(x->by->org ? x->by->org : x->by->key), NULL, d);
}

enum err sessions_link(const struct core *c, struct db *db, const struct caller *by,
	int64_t now, struct arena *a, const char **ret_url, int64_t *ret_expires,
	struct diag *d)
{
	struct change x = {.by = by, .now = now, .a = a};
	const char *secret, *url = NULL;
	enum err e = make_secret(a, &secret, &x.link, d);

	if (!e)
		url = arena_printf(a, "%s/page/%s", c->public_url, secret);
	if (!e && !url)
		e = diag_fail(d, ERR_NOMEM, "link: out of memory");
	if (!e)
		e = db_tx(db, link_body, &x, d);
	if (e)
		return e;
	*ret_url = url;
	*ret_expires = now + PAGE_LINK_LIFETIME;
	return OK;
}

static enum err open_body(struct db *db, void *ctx, struct diag *d)
{
	struct change *x = ctx;
	enum err e = db_page_link_use(db, &x->link, &x->session, x->now,
		x->now + PAGE_SESSION_LIFETIME, x->a, &x->key, d);

	if (!e && !x->key)
		return diag_fail(d, ERR_NOT_FOUND,
			"the link was used, or is too old: ask for a new one");
	/* or one of them could push out everybody else's */
	if (!e)
		e = db_page_session_trim(db, &x->link, PAGE_SESSIONS, x->now, d);
	return e ? e
		 : db_audit_add(
			   db, x->now, x->key, "page-open", slice_of(x->key), NULL, d);
}

enum err sessions_open(struct sessions *s, struct db *db, struct slice secret,
	int64_t now, struct arena *a, const char **ret_cookie, struct diag *d)
{
	struct change x = {.now = now, .a = a};
	const char *cookie;
	enum err e;

	if (!hash_secret(secret, &x.link))
		return diag_fail(d, ERR_NOT_FOUND, "this is no link to the page");
	e = make_secret(a, &cookie, &x.session, d);
	if (!e)
		e = db_tx(db, open_body, &x, d);
	/* the browser comes again at once, and must be known by then */
	if (!e)
		e = sessions_load(s, db, now, d);
	if (!e)
		*ret_cookie = cookie;
	return e;
}
