/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/auth.h"

#include <strings.h>

#define BEARER "Bearer "

enum err auth_check(struct service *s, const struct route *r, const char *header,
	struct request *q, struct diag *d)
{
	struct buf CLEANUP_BUF needs;
	enum err e;

	buf_init(&needs, 256);
	if (r->scopes == 0)
		return OK;
	if (!header)
		return diag_fail(d, ERR_UNAUTHORIZED, "no Authorization: Bearer header");
	if (strncasecmp(header, BEARER, strlen(BEARER)) != 0)
		return diag_fail(d, ERR_UNAUTHORIZED, "Authorization is not Bearer");
	e = jwt_check(&s->jwt, slice_of(header + strlen(BEARER)), q->now, &q->arena,
		&q->who, &q->scopes, d);
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
