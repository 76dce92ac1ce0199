/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/roots.h"

#include "server/api/handlers.h"
#include "server/api/service.h"

enum err api_root(struct service *s, struct request *q, struct diag *d)
{
	int64_t version;
	enum err e = request_id(q, 0, &version, d);

	if (e)
		return e;
	q->res.blob = feed_root(s->feed, version);
	if (!q->res.blob)
		return ERR_UNKNOWN;
	q->res.type = "text/plain; charset=utf-8";
	q->res.cache = CACHE_FOR_EVER;
	return OK;
}

/* Added a moment ago by `varseld root add`, which is another process. */
enum err api_root_stored(struct service *s, struct request *q, struct diag *d)
{
	struct slice note;
	int64_t version;
	enum err e = request_id(q, 0, &version, d);

	(void)s;
	if (!e)
		e = roots_get(q->db, version, &q->arena, &note, d);
	if (e)
		return e;
	buf_slice(&q->res.body, note);
	q->res.type = "text/plain; charset=utf-8";
	q->res.cache = CACHE_FOR_EVER;
	return buf_err(&q->res.body);
}
