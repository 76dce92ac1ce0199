/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/api/handlers.h"
#include "server/api/service.h"

enum err api_token(struct service *s, struct request *q, struct diag *d)
{
	struct buf CLEANUP_BUF scope;
	const char *token;
	struct grant grant;
	struct json_out j;
	enum err e;

	buf_init(&scope, 256);
	e = token_take(&s->core, q->db, q->body, q->now, &q->arena, &grant, d);
	if (!e)
		e = jwt_make(&s->jwt, &grant, q->now, &q->arena, &token, d);
	if (e)
		return e;
	scopes_put(&scope, grant.scopes);
	answer_begin(q, &j, 200);
	json_put_str(&j, "token", token);
	json_put_time(&j, "expires", q->now + grant.lifetime);
	json_put_text(&j, "scope", buf_view(&scope));
	return answer_end(q, &j, d);
}
