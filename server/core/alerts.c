/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/alerts.h"

#include <string.h>

#include "common/json_out.h"
#include "common/limits.h"
#include "server/core/events.h"
#include "server/db/db.h"

#define BODY_MAX (EVENT_MAX + 4096)

bool alerts_is_word(const char *word)
{
	return strcmp(word, "campaign-growth") == 0 ||
	       event_kind_by_name(slice_of(word)) != EVENT_KINDS;
}

struct configuring {
	const struct receiver *r;
	size_t n;
	int64_t now;
};

static enum err configure_body(struct db *db, void *ctx, struct diag *d)
{
	const struct configuring *x = ctx;
	enum err e = db_receiver_keep(db, x->r, x->n, d);

	for (size_t i = 0; !e && i < x->n; i++)
		e = db_receiver_put(db, &x->r[i], x->now, d);
	return e;
}

enum err alerts_configure(
	struct db *db, const struct receiver *r, size_t n, int64_t now, struct diag *d)
{
	struct configuring x = {r, n, now};

	return db_tx(db, configure_body, &x, d);
}

/* 1, 2, 4 seconds... */
static int64_t pause_after(int64_t attempt)
{
	return attempt > 12 ? ALERT_PAUSE : (int64_t)1 << (attempt - 1);
}

static enum err write_body(const struct core *c, const struct outbox_row *row,
	struct arena *a, struct slice *ret, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = BODY_MAX};
	struct json_out j;

	json_put_begin(&j, &b);
	json_put_object(&j, NULL);
	json_put_str(&j, "delivery", row->delivery);
	json_put_str(&j, "hub", c->hub);
	json_put_str(&j, "channel", c->channel);
	json_put_num(&j, "event", row->event);
	json_put_str(&j, "kind", row->kind);
	json_put_raw(&j, "data", row->body);
	json_put_object_end(&j);
	ret->p = buf_err(&b) ? NULL : arena_dup(a, buf_view(&b));
	ret->n = b.len;
	return ret->p ? OK : diag_fail(d, ERR_NOMEM, "alert: out of memory");
}

struct picking {
	const char *receiver;
	int64_t now;
	struct arena *a;
	struct outbox_row row;
	bool found;
};

static enum err pick_body(struct db *db, void *ctx, struct diag *d)
{
	struct picking *x = ctx;
	enum err e = db_outbox_due(db, x->receiver, x->now, x->a, &x->row, &x->found, d);

	if (e || !x->found)
		return e;
	x->row.attempts++;
	return db_outbox_tried(db, x->row.id, x->now + pause_after(x->row.attempts), d);
}

enum err alerts_next(const struct core *c, struct db *db, const char *receiver,
	int64_t now, struct arena *a, struct alert *ret, bool *ret_found, struct diag *d)
{
	struct picking x = {.receiver = receiver, .now = now, .a = a};
	struct slice body;
	enum err e = db_tx(db, pick_body, &x, d);

	*ret_found = false;
	if (e || !x.found)
		return e;
	e = write_body(c, &x.row, a, &body, d);
	if (e)
		return e;
	*ret = (struct alert){.id = x.row.id,
		.delivery = x.row.delivery,
		.kind = x.row.kind,
		.body = body,
		.attempt = x.row.attempts,
		.at = x.row.at,
		.again = now + pause_after(x.row.attempts)};
	*ret_found = true;
	return OK;
}

enum err alerts_taken(struct db *db, const struct alert *x, int64_t now, struct diag *d)
{
	return db_outbox_delivered(db, x->id, now, d);
}

enum err alerts_refused(struct db *db, const struct alert *x, const char *why,
	int64_t now, bool *ret_over, struct diag *d)
{
	*ret_over = now - x->at >= ALERT_GIVE_UP;
	return db_outbox_refused(db, x->id, why, *ret_over ? now : 0, d);
}
