/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/events.h"

#include "server/core/tail.h"
#include "server/db/event.h"

static const char *const names[EVENT_KINDS] = {
	[EVENT_CAMPAIGN] = "campaign",
	[EVENT_QUEUE] = "queue",
	[EVENT_LOG] = "log",
	[EVENT_RECEIPT] = "receipt",
	[EVENT_SIGHTING] = "sighting",
	[EVENT_NOTICE] = "notice",
};

const char *event_kind_name(enum event_kind k)
{
	return names[k];
}

enum event_kind event_kind_by_name(struct slice name)
{
	enum event_kind k = 0;

	while (k < EVENT_KINDS && !slice_is(name, names[k]))
		k++;
	return k;
}

void event_begin(struct event *ev, enum event_kind kind, bool members, int64_t now)
{
	*ev = (struct event){.kind = kind, .members = members, .at = now};
	buf_init(&ev->b, EVENT_MAX);
	json_put_begin(&ev->j, &ev->b);
	json_put_object(&ev->j, NULL);
	json_put_time(&ev->j, "at", now);
}

void event_done(struct event *ev)
{
	buf_done(&ev->b);
}

enum err events_put(struct db *db, struct event *ev, struct diag *d)
{
	enum err e;

	json_put_object_end(&ev->j);
	e = buf_err(&ev->b);
	if (e)
		e = diag_fail(d, e, "event: %s", err_text(e));
	else
		e = db_event_add(
			db, ev->at, names[ev->kind], ev->members, buf_view(&ev->b), d);
	event_done(ev);
	return e;
}

enum err events_since(struct db *db, int64_t after, bool all, size_t limit,
	struct arena *a, struct buf *out, int64_t *ret_last, bool *ret_more,
	struct diag *d)
{
	struct event_row *row;
	size_t n = 0;
	enum err e;

	*ret_more = false;
	if (after < 0)
		return db_event_newest(db, ret_last, d);
	e = db_event_list(db, after, all, limit, a, &row, &n, d);
	if (e)
		return e;
	for (size_t i = 0; i < n; i++)
		event_put_text(out, row[i].id, row[i].kind, row[i].body);
	*ret_last = n ? row[n - 1].id : after;
	*ret_more = n == limit;
	return buf_err(out);
}
