/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libjwt 1.10.2 trusts a token's own header to choose the algorithm, takes a missing key
 * as "do not check", and looks at neither exp nor any other claim. So the algorithm is
 * pinned from the raw header before it decodes and from its own answer after, the key is
 * never empty, and every claim is read here.
 */
#include "server/api/jwt.h"

#include <errno.h>
#include <inttypes.h>
#include <jwt.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/json_in.h"

#define JWT_ID_BYTES 16

static void free_jwt(jwt_t **jwt)
{
	if (*jwt)
		jwt_free(*jwt);
}
#define CLEANUP_JWT __attribute__((cleanup(free_jwt)))

static enum err check_mode(const char *path, struct diag *d)
{
	struct stat st;

	if (stat(path, &st))
		return diag_fail(d, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s",
			path, strerror(errno));
	if (st.st_mode & 077)
		return diag_fail(d, ERR_NOPERM,
			"%s: others may read this key; chmod 600 %s", path, path);
	return OK;
}

enum err jwt_key_load(
	const char *path, const char *hub, struct jwt_key *ret, struct diag *d)
{
	struct buf CLEANUP_BUF text;
	struct jwt_known *known;
	unsigned char *key;
	struct slice hex;
	size_t n = 0;
	enum err e = check_mode(path, d);

	buf_init(&text, 256);
	if (!e)
		e = file_read(path, &text, d);
	if (e)
		return e;
	key = sodium_malloc(JWT_KEY_BYTES);
	if (!key)
		return ERR_NOMEM;
	hex = buf_view(&text);
	if (hex.n && hex.p[hex.n - 1] == '\n')
		hex.n--;
	if (hex.n != JWT_KEY_BYTES * 2 ||
		sodium_hex2bin(key, JWT_KEY_BYTES, hex.p, hex.n, NULL, &n, NULL) ||
		n != JWT_KEY_BYTES) {
		e = diag_fail(
			d, ERR_CONFIG, "%s: not %d hex digits", path, JWT_KEY_BYTES * 2);
		sodium_free(key);
	} else {
		(void)sodium_mprotect_readonly(key);
		e = jwt_known_new(&known);
		if (!e)
			*ret = (struct jwt_key){.hub = hub, .key = key, .known = known};
		else
			sodium_free(key);
	}
	sodium_memzero(text.data, text.cap);
	return e;
}

void jwt_key_done(struct jwt_key *k)
{
	sodium_free(k->key);
	jwt_known_free(k->known);
	k->key = NULL;
	k->known = NULL;
}

/* Whether all were added; libjwt answers 0 for success. */
static bool add_claims(jwt_t *jwt, const struct jwt_key *k, const struct grant *g,
	const char *scope, const char *id, int64_t now)
{
	int bad = jwt_add_grant(jwt, "iss", k->hub);

	bad |= jwt_add_grant(jwt, "aud", k->hub);
	bad |= jwt_add_grant(jwt, "sub", g->key);
	if (g->org)
		bad |= jwt_add_grant(jwt, "org", g->org);
	bad |= jwt_add_grant(jwt, "role", g->role);
	bad |= jwt_add_grant(jwt, "scope", scope);
	bad |= jwt_add_grant_int(jwt, "iat", (long)now);
	bad |= jwt_add_grant_int(jwt, "nbf", (long)now);
	bad |= jwt_add_grant_int(jwt, "exp", (long)(now + g->lifetime));
	bad |= jwt_add_grant(jwt, "jti", id);
	return !bad;
}

enum err jwt_make(const struct jwt_key *k, const struct grant *g, int64_t now,
	struct arena *a, const char **ret, struct diag *d)
{
	jwt_t CLEANUP_JWT *jwt = NULL;
	struct buf CLEANUP_BUF scope;
	char id[JWT_ID_BYTES * 2 + 1];
	unsigned char random[JWT_ID_BYTES];
	char *text, *copy;

	buf_init(&scope, 256);
	if (!k->key)
		return diag_fail(d, ERR_INTERNAL, "no key to sign tokens with");
	scopes_put(&scope, g->scopes);
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(id, sizeof(id), random, sizeof(random));
	if (buf_err(&scope) || jwt_new(&jwt) ||
		!add_claims(jwt, k, g, buf_str(&scope), id, now) ||
		jwt_set_alg(jwt, JWT_ALG_HS256, k->key, JWT_KEY_BYTES))
		return diag_fail(d, ERR_NOMEM, "the token could not be made");
	text = jwt_encode_str(jwt);
	copy = text ? arena_dup(a, slice_of(text)) : NULL;
	free(text);
	if (!copy)
		return diag_fail(d, ERR_NOMEM, "the token could not be made");
	*ret = copy;
	return OK;
}

static enum err refuse(struct diag *d, const char *why)
{
	return diag_fail(d, ERR_UNAUTHORIZED, "the token does not hold: %s", why);
}

/* Three non-empty parts of base64url, nothing else: libjwt's decoder is lenient. */
static bool well_formed(struct slice token)
{
	size_t dots = 0, part = 0;

	if (token.n == 0 || token.n > JWT_MAX)
		return false;
	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i];

		if (c == '.') {
			if (part == 0)
				return false;
			dots++;
			part = 0;
			continue;
		}
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
		part++;
	}
	return dots == 2 && part > 0;
}

struct head {
	char *alg;
	char *typ;
};

static const struct json_field head_fields[] = {
	{"alg", JSON_TEXT, offsetof(struct head, alg), 16, true},
	{"typ", JSON_TEXT, offsetof(struct head, typ), 16, false},
	{NULL, JSON_TEXT, 0, 0, false},
};

/* The raw header: HS256, and no word (kid, jku, crit ...) that could ask for more. */
static enum err check_head(struct slice token, struct arena *a, struct diag *d)
{
	struct head head = {NULL, NULL};
	struct slice part, rest = token;
	char json[256];
	size_t n;

	slice_cut(&rest, '.', &part);
	if (sodium_base642bin((unsigned char *)json, sizeof(json), part.p, part.n, NULL,
		    &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING))
		return refuse(d, "its header is no base64url of at most 256 bytes");
	if (json_read_object(slice_mem(json, n), head_fields, &head, a, NULL))
		return refuse(d, "its header is not {\"alg\", \"typ\"}");
	if (strcmp(head.alg, "HS256") != 0)
		return refuse(d, "its algorithm is not HS256");
	if (head.typ && strcmp(head.typ, "JWT") != 0)
		return refuse(d, "its type is not JWT");
	return OK;
}

static bool claim_is(jwt_t *jwt, const char *name, const char *value)
{
	const char *got = jwt_get_grant(jwt, name);

	return got && strcmp(got, value) == 0;
}

/* A claim that is no integer is read as 0. */
static int64_t claim_time(jwt_t *jwt, const char *name)
{
	long n;

	errno = 0;
	n = jwt_get_grant_int(jwt, name);
	return errno || n < 0 ? 0 : n;
}

static enum err check_claims(
	jwt_t *jwt, const struct jwt_key *k, int64_t now, struct diag *d)
{
	int64_t nbf = claim_time(jwt, "nbf");

	if (!claim_is(jwt, "iss", k->hub))
		return refuse(d, "another hub made it");
	if (!claim_is(jwt, "aud", k->hub))
		return refuse(d, "it was made for another hub");
	if (claim_time(jwt, "exp") <= now)
		return refuse(d, "it has expired");
	if (nbf == 0 || nbf > now)
		return refuse(d, "it is not valid yet");
	return OK;
}

static enum err read_caller(jwt_t *jwt, struct arena *a, struct caller *ret_who,
	unsigned *ret_scopes, struct diag *d)
{
	const char *sub = jwt_get_grant(jwt, "sub"), *org = jwt_get_grant(jwt, "org"),
		   *scope = jwt_get_grant(jwt, "scope");
	bool member = claim_is(jwt, "role", "member");
	struct caller who = {NULL, NULL};

	if (!sub || !*sub || !scope || scopes_parse(slice_of(scope), ret_scopes, NULL))
		return refuse(d, "sub or scope is missing");
	if (member != (org != NULL) || (!member && !claim_is(jwt, "role", "coordinator")))
		return refuse(d, "its role is unknown");
	who.key = arena_dup(a, slice_of(sub));
	who.org = org ? arena_dup(a, slice_of(org)) : NULL;
	if (!who.key || (org && !who.org))
		return ERR_NOMEM;
	*ret_who = who;
	return OK;
}

/* What it says, and when it ends. */
static enum err decode(const struct jwt_key *k, struct slice token, int64_t now,
	struct arena *a, struct caller *ret_who, unsigned *ret_scopes, int64_t *ret_exp,
	struct diag *d)
{
	jwt_t CLEANUP_JWT *jwt = NULL;
	char *text;
	enum err e;

	if (!k->key)
		return refuse(d, "the hub has no key to check it with");
	if (!well_formed(token))
		return refuse(d, "it is not three parts of base64url");
	e = check_head(token, a, d);
	if (e)
		return e;
	text = arena_dup(a, token);
	if (!text)
		return ERR_NOMEM;
	if (jwt_decode(&jwt, text, k->key, JWT_KEY_BYTES) || !jwt)
		return refuse(d, "its signature is not this hub's");
	if (jwt_get_alg(jwt) != JWT_ALG_HS256)
		return refuse(d, "its algorithm is not HS256");
	e = check_claims(jwt, k, now, d);
	*ret_exp = claim_time(jwt, "exp");
	return e ? e : read_caller(jwt, a, ret_who, ret_scopes, d);
}

enum err jwt_check(const struct jwt_key *k, struct slice token, int64_t now,
	struct arena *a, struct caller *ret_who, unsigned *ret_scopes, struct diag *d)
{
	struct hash id = hash_of(token);
	int64_t exp = 0;
	enum err e;

	if (k->known && jwt_known_get(k->known, &id, now, a, ret_who, ret_scopes))
		return OK;
	e = decode(k, token, now, a, ret_who, ret_scopes, &exp, d);
	if (!e && k->known)
		jwt_known_put(k->known, &id, now, exp, ret_who, *ret_scopes);
	return e;
}
