/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened since, from the database; what happens from now on, the stream adds. */
#include "server/core/events.h"

#include "common/clock.h"
#include "server/api/handlers.h"
#include "server/core/token.h"

#define BACKLOG ((size_t)1000) /* events at once: who lacks more comes again */

/* Where to begin: behind Last-Event-ID or ?after=; -1: with what comes. */
static enum err begin_at(const struct request *q, int64_t *ret, struct diag *d)
{
	*ret = -1;
	if (!q->last_event)
		return request_number(q, "after", 0, INT64_MAX, ret, d);
	if (number_parse(slice_of(q->last_event), ret, NULL))
		return diag_value(d, ERR_VALUE, "Last-Event-ID", slice_of(q->last_event),
			"not a number");
	return OK;
}

enum err api_events(struct service *s, struct request *q, struct diag *d)
{
	struct response *r = &q->res;
	int64_t after;
	enum err e = begin_at(q, &after, d);

	(void)s;
	r->stream.all = q->scopes & (SCOPE_COORDINATE | SCOPE_PAGE_ALL);
	if (!e)
		e = events_since(q->db, after, r->stream.all, BACKLOG, &q->arena,
			&r->body, &r->stream.at, &r->stream.end, d);
	if (e)
		return e;
	r->stream.on = true;
	r->type = "text/event-stream";
	return OK;
}
