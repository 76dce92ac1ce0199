/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/tail.h"

#include <inttypes.h>
#include <string.h>

#include "server/db/event.h"

#define FETCH_MAX ((size_t)256) /* at once */

void tail_init(struct tail *t)
{
	memset(t, 0, sizeof(*t));
	pthread_mutex_init(&t->lock, NULL);
	t->newest = -1;
}

void tail_done(struct tail *t)
{
	for (size_t i = 0; i < EVENT_TAIL; i++)
		blob_unref(t->ring[i].text);
	pthread_mutex_destroy(&t->lock);
}

void event_put_text(struct buf *b, int64_t id, const char *kind, struct slice body)
{
	buf_printf(b, "id: %" PRId64 "\nevent: %s\ndata: ", id, kind);
	buf_slice(b, body);
	buf_puts(b, "\n\n");
}

static uint64_t forgotten(struct tail *t)
{
	uint64_t n;

	pthread_mutex_lock(&t->lock);
	n = t->forgotten;
	pthread_mutex_unlock(&t->lock);
	return n;
}

/* Unless all was forgotten since it was read: `as_of`. Then it is read again. */
static enum err add(struct tail *t, const struct event_row *row, uint64_t as_of)
{
	CLEANUP_BUF struct buf text = {.max = EVENT_MAX + 128};
	struct tail_item *x;
	struct blob *blob;

	event_put_text(&text, row->id, row->kind, row->body);
	blob = buf_err(&text) ? NULL : blob_new(buf_view(&text));
	if (!blob)
		return ERR_NOMEM;
	pthread_mutex_lock(&t->lock);
	if (t->forgotten != as_of) {
		pthread_mutex_unlock(&t->lock);
		blob_unref(blob);
		return ERR_STALE;
	}
	x = &t->ring[t->n % EVENT_TAIL];
	if (x->text)
		t->base = x->id;
	blob_unref(x->text);
	*x = (struct tail_item){row->id, row->members, blob};
	t->n++;
	t->newest = row->id;
	pthread_mutex_unlock(&t->lock);
	return OK;
}

void tail_forget(struct tail *t)
{
	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < EVENT_TAIL; i++) {
		blob_unref(t->ring[i].text);
		t->ring[i] = (struct tail_item){0, false, NULL};
	}
	t->n = 0;
	if (t->newest > t->base)
		t->base = t->newest;
	t->forgotten++;
	pthread_mutex_unlock(&t->lock);
}

static enum err begin(struct tail *t, struct db *db, struct diag *d)
{
	int64_t newest;
	enum err e = db_event_newest(db, &newest, d);

	if (e)
		return e;
	pthread_mutex_lock(&t->lock);
	t->base = t->newest = newest;
	pthread_mutex_unlock(&t->lock);
	return OK;
}

enum err tail_fetch(struct tail *t, struct db *db, size_t *ret_n, struct diag *d)
{
	CLEANUP_ARENA struct arena a;
	struct event_row *row;
	uint64_t as_of = forgotten(t);
	enum err e;

	*ret_n = 0;
	arena_init(&a, FETCH_MAX * 2 * EVENT_MAX);
	if (t->newest < 0)
		return begin(t, db, d);
	e = db_event_list(db, t->newest, true, FETCH_MAX, &a, &row, ret_n, d);
	for (size_t i = 0; !e && i < *ret_n; i++)
		e = add(t, &row[i], as_of);
	return e == ERR_STALE ? OK : e;
}

enum err tail_read(struct tail *t, int64_t *at, bool all, size_t max, struct buf *out)
{
	size_t from = out->len;
	uint64_t i;
	enum err e = OK;

	pthread_mutex_lock(&t->lock);
	/* Followers are near the end: the walk back to a place is short. */
	for (i = t->n; i > 0 && i + EVENT_TAIL > t->n; i--)
		if (t->ring[(i - 1) % EVENT_TAIL].id <= *at)
			break;
	if (t->newest >= 0 && *at < t->base)
		e = ERR_STALE;
	for (; !e && i < t->n && out->len - from < max; i++) {
		const struct tail_item *x = &t->ring[i % EVENT_TAIL];

		if (all || x->members)
			buf_slice(out, blob_view(x->text));
		*at = x->id;
	}
	pthread_mutex_unlock(&t->lock);
	return e ? e : buf_err(out);
}
