/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened, told to those who follow GET /v1/events and to alerts. An event is put
 *in the transaction that causes it: it is told when, and only when, that commits.
 *
 *	struct event CLEANUP_EVENT ev;
 *
 *	event_begin(&ev, EVENT_QUEUE, false, now);
 *	json_put_num(&ev.j, "report", id);
 *	e = events_put(db, &ev, d);
 */
#ifndef VARSEL_EVENTS_H
#define VARSEL_EVENTS_H

#include "common/json_out.h"
#include "server/core/core.h"

enum event_kind {
	EVENT_CAMPAIGN, /* one opened, grew or closed */
	EVENT_QUEUE,    /* a report came */
	EVENT_LOG,      /* a statement was logged */
	EVENT_RECEIPT,  /* what a member enforces changed */
	EVENT_SIGHTING, /* a member saw something */
	EVENT_NOTICE,
	EVENT_KINDS,
};

/* "campaign"...; and back: EVENT_KINDS when there is no such word. */
const char *event_kind_name(enum event_kind k);
enum event_kind event_kind_by_name(struct slice name);

struct event {
	struct json_out j; /* the body, an object: more fields go here */
	struct buf b;
	enum event_kind kind;
	bool members;
	int64_t at;
};

/* `members`: members may know, too, not coordinators alone. The body begins with the
 * time, `at`. Freed by events_put(), or by event_done(). */
void event_begin(struct event *ev, enum event_kind kind, bool members, int64_t now);
void event_done(struct event *ev); /* safe twice */
#define CLEANUP_EVENT __attribute__((cleanup(event_done)))

/* In a transaction. Completes the body. */
enum err events_put(struct db *db, struct event *ev, struct diag *d) CHECK_RESULT;

/* Behind `after` in the form that is sent ("id: 7\nevent: log\ndata: {...}\n\n"), at most
 * `limit` of them. *ret_last: where to go on; *ret_more: there may be more. `all`: also
 * those that are for coordinators alone. after < 0: none, and *ret_last is the newest. */
enum err events_since(struct db *db, int64_t after, bool all, size_t limit,
	struct arena *a, struct buf *out, int64_t *ret_last, bool *ret_more,
	struct diag *d) CHECK_RESULT;

#endif
