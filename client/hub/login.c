/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/hub/login.h"

#include <sodium.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/json_in.h"
#include "common/request.h"

#define CACHE_MAGIC "varsel/token-cache/v1"
#define CACHE_MAX   16384
#define MARGIN      60 /* seconds before its end from which a token is not used */

enum err login_set(struct login *l, const char *hub_name, const struct seckey *k,
	const char *scope, const char *cache)
{
	struct login new = {.hub_name = strdup(hub_name),
		.scope = strdup(scope),
		.cache = cache ? strdup(cache) : NULL,
		.key = k};

	if (!new.hub_name || !new.scope || (cache && !new.cache)) {
		login_done(&new);
		return ERR_NOMEM;
	}
	login_done(l);
	*l = new;
	return OK;
}

void login_done(struct login *l)
{
	free(l->hub_name);
	free(l->scope);
	free(l->cache);
	*l = (struct login){0};
}

bool login_lapses(const struct login *l)
{
	return l->expires - MARGIN <= clock_now();
}

/* What must stand at the cache's head for its token to be ours. */
static void cache_head(const struct login *l, struct buf *b)
{
	buf_printf(b, CACHE_MAGIC "\nhub %s\nkey %s ", l->hub_name, l->key->pub.name);
	buf_hex(b, l->key->pub.pk, sizeof(l->key->pub.pk));
	buf_printf(b, "\nscope %s\nexpires ", l->scope);
}

bool login_cached(struct login *l, struct buf *token)
{
	CLEANUP_BUF struct buf file, head;
	struct slice rest, expires;
	int64_t until;

	buf_init(&file, CACHE_MAX);
	buf_init(&head, CACHE_MAX);
	if (!l->cache || file_read(l->cache, &file, NULL))
		return false;
	cache_head(l, &head);
	rest = buf_view(&file);
	if (buf_err(&head) || !slice_starts(rest, buf_str(&head)))
		return false;
	rest.p += head.len;
	rest.n -= head.len;
	if (!slice_cut(&rest, '\n', &expires) || clock_parse(expires, &until, NULL) ||
		rest.n < 2 || memchr(rest.p, '\n', rest.n) != rest.p + rest.n - 1 ||
		until - MARGIN <= clock_now())
		return false;
	l->expires = until;
	buf_put(token, rest.p, rest.n - 1);
	return buf_err(token) == OK;
}

static void cache_store(const struct login *l, const char *token)
{
	CLEANUP_BUF struct buf b;

	buf_init(&b, CACHE_MAX);
	cache_head(l, &b);
	clock_put(&b, l->expires);
	buf_printf(&b, "\n%s\n", token);
	/* a token that cannot be kept costs a login next time, nothing more */
	if (!buf_err(&b) && file_write(l->cache, buf_view(&b), 0600, NULL))
		return;
}

static enum err request_note(const struct login *l, struct buf *note, struct diag *d)
{
	unsigned char nonce[NONCE_HEX / 2];
	char hex[NONCE_HEX + 1];
	struct token_request r = {.hub = slice_of(l->hub_name),
		.aud = slice_of(l->hub_name),
		.scope = slice_of(l->scope),
		.issued = clock_now()};
	CLEANUP_BUF struct buf text;

	buf_init(&text, REQUEST_NOTE_MAX);
	randombytes_buf(nonce, sizeof(nonce));
	r.nonce = slice_of(sodium_bin2hex(hex, sizeof(hex), nonce, sizeof(nonce)));
	token_request_put(&text, &r);
	if (buf_err(&text))
		return diag_fail(d, buf_err(&text), "token request: too long");
	note_begin(note, buf_view(&text));
	return note_sign(note, buf_view(&text), l->key, 0, d);
}

enum err login_fetch(struct login *l, struct hub *h, struct buf *token, struct diag *d)
{
	struct answer {
		char *token, *expires;
	} x = {0};
	static const struct json_field fields[] = {
		{"token", JSON_TEXT, offsetof(struct answer, token), 8192, true},
		{"expires", JSON_TEXT, offsetof(struct answer, expires), 32, true},
		{0},
	};
	CLEANUP_BUF struct buf note, body;
	CLEANUP_ARENA struct arena a;
	enum err e;

	buf_init(&note, REQUEST_NOTE_MAX);
	buf_init(&body, CACHE_MAX);
	arena_init(&a, 1u << 20);
	e = request_note(l, &note, d);
	if (!e)
		e = hub_post(h, "/v1/token", "text/plain; charset=utf-8", buf_view(&note),
			&body, d);
	if (!e)
		e = json_read_answer(buf_view(&body), fields, &x, &a, d);
	if (!e)
		e = clock_parse(slice_of(x.expires), &l->expires, d);
	if (e)
		return e;
	/* it becomes a header line */
	if (strspn(x.token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789-_.=") != strlen(x.token) ||
		!*x.token)
		return diag_fail(d, ERR_SYNTAX, "the hub's token is not one");
	if (l->cache)
		cache_store(l, x.token);
	buf_puts(token, x.token);
	return buf_err(token);
}
