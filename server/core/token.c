/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/token.h"

#include <string.h>

#include "common/request.h"
#include "server/core/signer.h"
#include "server/core/window.h"
#include "server/db/db.h"
#include "server/db/token_nonce.h"

#define LIFETIME_API  900
#define LIFETIME_FEED 86400 /* so that revocations flow while the database is down */

static const struct {
	const char *word;
	enum scope scope;
} scopes[] = {
	{"feed", SCOPE_FEED},
	{"report", SCOPE_REPORT},
	{"read", SCOPE_READ},
	{"coordinate", SCOPE_COORDINATE},
};

#define NSCOPES (sizeof(scopes) / sizeof(*scopes))

enum err scopes_parse(struct slice text, unsigned *ret, struct diag *d)
{
	unsigned bits = 0;
	struct slice word;
	bool more;

	do {
		unsigned bit = 0;

		more = slice_cut(&text, ' ', &word);
		for (size_t i = 0; i < NSCOPES; i++)
			if (slice_is(word, scopes[i].word))
				bit = scopes[i].scope;
		if (bit == 0)
			return diag_value(
				d, ERR_VALUE, "scope", word, "there is no such");
		if (bits & bit)
			return diag_value(d, ERR_VALUE, "scope", word, "asked for twice");
		bits |= bit;
	} while (more);
	*ret = bits;
	return OK;
}

void scopes_put(struct buf *b, unsigned bits)
{
	const char *gap = "";

	for (size_t i = 0; i < NSCOPES; i++)
		if (bits & scopes[i].scope) {
			buf_puts(b, gap);
			buf_puts(b, scopes[i].word);
			gap = " ";
		}
}

struct nonce {
	const char *key;
	struct slice nonce;
	int64_t now;
};

static enum err nonce_body(struct db *db, void *ctx, struct diag *d)
{
	const struct nonce *x = ctx;
	bool new = false;
	enum err e = db_token_nonce_add(db, x->key, x->nonce, x->now, &new, d);

	if (!e && !new)
		return diag_fail(d, ERR_CONFLICT,
			"token: this request was answered before; ask with a new nonce");
	return e;
}

/* What the key's holder may have. */
static enum err check_grant(
	const struct key_record *k, unsigned asked, struct grant *ret, struct diag *d)
{
	unsigned may = k->org ? SCOPES_MEMBER : SCOPES_COORDINATOR;
	struct buf over = {.max = 64};

	if (k->off)
		return diag_fail(d, ERR_FORBIDDEN, "key %s is switched off", k->key.name);
	ret->org = k->org;
	ret->role = k->org ? "member" : "coordinator";
	ret->scopes = asked;
	ret->lifetime = asked == SCOPE_FEED ? LIFETIME_FEED : LIFETIME_API;
	if ((asked & ~may) == 0)
		return OK;
	scopes_put(&over, asked & ~may);
	(void)diag_fail(d, ERR_FORBIDDEN, "scope \"%s\" is not for a %s", buf_str(&over),
		ret->role);
	buf_done(&over);
	return ERR_FORBIDDEN;
}

enum err token_take(const struct core *c, struct db *db, struct slice bytes, int64_t now,
	struct arena *a, struct grant *ret, struct diag *d)
{
	struct token_request req = {0};
	struct key_record key;
	struct grant grant = {0};
	struct nonce nonce;
	struct note note;
	unsigned asked;
	enum err e = note_parse(bytes, &note, d);

	if (!e)
		e = token_request_parse(note.text, &req, d);
	if (!e)
		e = window_check(
			c, "token", req.hub, req.issued, now, &window_request, d);
	if (!e && !slice_is(req.aud, c->hub))
		return diag_fail(d, ERR_WRONG_HUB, "token: for %.*s, this is %s",
			SLICE_ARG(req.aud), c->hub);
	if (!e)
		e = scopes_parse(req.scope, &asked, d);
	if (!e)
		e = signer_find(db, &note, true, NULL, a, &key, d);
	if (!e)
		e = check_grant(&key, asked, &grant, d);
	if (e)
		return e;
	grant.key = arena_dup(a, slice_of(key.key.name));
	if (!grant.key)
		return diag_fail(d, ERR_NOMEM, "token: out of memory");
	nonce = (struct nonce){grant.key, req.nonce, now};
	e = db_tx(db, nonce_body, &nonce, d);
	if (!e)
		*ret = grant;
	return e;
}
