/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/auth.h"

#include <string.h>
#include <strings.h>

#define BEARER "Bearer "

/* The value of the one cookie of that name; false when there is none. */
static bool find_cookie(const char *header, const char *name, struct slice *ret)
{
	struct slice rest = slice_of(header), pair, key;
	bool more = true;

	while (more) {
		more = slice_cut(&rest, ';', &pair);
		while (pair.n && *pair.p == ' ')
			pair = (struct slice){pair.p + 1, pair.n - 1};
		if (slice_cut(&pair, '=', &key) && slice_is(key, name)) {
			*ret = pair;
			return true;
		}
	}
	return false;
}

static enum err check_session(struct service *s, const struct route *r,
	const char *cookie, struct request *q, struct diag *d)
{
	struct slice secret;
	enum err e;

	if (!(r->scopes & SCOPES_PAGE) || strcmp(r->method, "GET") != 0 || !cookie ||
		!find_cookie(cookie, page_cookie(&s->core), &secret))
		return diag_fail(d, ERR_UNAUTHORIZED, "no Authorization: Bearer header");
	e = sessions_find(
		&s->sessions, secret, q->now, &q->arena, &q->who, &q->session_ends, d);
	if (!e)
		q->scopes = q->who.org ? SCOPE_PAGE : SCOPES_PAGE;
	return e;
}

static enum err check_token(
	struct service *s, const char *header, struct request *q, struct diag *d)
{
	if (strncasecmp(header, BEARER, strlen(BEARER)) != 0)
		return diag_fail(d, ERR_UNAUTHORIZED, "Authorization is not Bearer");
	return jwt_check(&s->jwt, slice_of(header + strlen(BEARER)), q->now, &q->arena,
		&q->who, &q->scopes, d);
}

enum err auth_check(struct service *s, const struct route *r, const char *header,
	const char *cookie, struct request *q, struct diag *d)
{
	struct buf CLEANUP_BUF needs;
	enum err e;

	buf_init(&needs, 256);
	if (r->scopes == 0)
		return OK;
	e = header ? check_token(s, header, q, d) : check_session(s, r, cookie, q, d);
	if (!e)
		e = keysoff_check(&s->off, q->who.key, d);
	if (e)
		return e;
	if (q->scopes & r->scopes)
		return OK;
	scopes_put(&needs, r->scopes);
	return diag_fail(
		d, ERR_FORBIDDEN, "the token lacks the scope: %s", buf_str(&needs));
}
