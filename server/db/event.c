/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/event.h"

#include <assert.h>

#include "server/db/conn.h"

enum err db_event_add(struct db *db, int64_t at, const char *kind, bool members,
	struct slice body, struct diag *d)
{
	struct event_pending *p = &db->event;

	assert(db->in_tx);
	if (p->n++ == 0) {
		array_init(&p->at, ARRAY_NUM);
		array_init(&p->kind, ARRAY_TEXT);
		array_init(&p->audience, ARRAY_TEXT);
		array_init(&p->body, ARRAY_TEXT);
	}
	array_num(&p->at, at);
	array_slice(&p->kind, slice_of(kind));
	array_slice(&p->audience, slice_of(members ? "member" : "coordinator"));
	array_slice(&p->body, body);
	if (buf_err(&p->body.b))
		return diag_fail(d, ERR_NOMEM, "event: out of memory");
	return OK;
}

void event_forget(struct db *db)
{
	struct event_pending *p = &db->event;

	if (p->n) {
		array_done(&p->at);
		array_done(&p->kind);
		array_done(&p->audience);
		array_done(&p->body);
	}
	p->n = 0;
}

bool event_waits(struct db *db, const struct query **ret, struct args *a)
{
	static const struct query q = {"event-append",
		"SELECT event_append($1::bigint[], $2::text[], $3::text[], $4::text[])"};
	struct event_pending *p = &db->event;

	if (p->n == 0)
		return false;
	args_array(a, &p->at);
	args_array(a, &p->kind);
	args_array(a, &p->audience);
	args_array(a, &p->body);
	*ret = &q;
	return true;
}

enum err db_event_newest(struct db *db, int64_t *ret, struct diag *d)
{
	static const struct query q = {
		"event-newest", "SELECT coalesce(max(id), 0) FROM event"};
	struct args none = {0};

	return db_run_num(db, &q, &none, 0, ret, d);
}

enum err db_event_list(struct db *db, int64_t after, bool all, size_t limit,
	struct arena *a, struct event_row **ret, size_t *ret_n, struct diag *d)
{
	static const struct query q = {"event-list",
		"SELECT id, kind, audience = 'member', body::text FROM event"
		" WHERE id > $1::bigint AND ($2::bigint > 0 OR audience = 'member')"
		" ORDER BY id LIMIT $3::bigint"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct event_row *item;
	enum err e;

	args_num(&x, after);
	args_num(&x, all);
	args_num(&x, (int64_t)limit);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return diag_fail(d, ERR_NOMEM, "events: out of memory");
	for (int i = 0; i < r.n; i++)
		item[i] = (struct event_row){
			.id = row_num(&r, i, 0),
			.kind = row_str(&r, i, 1, a),
			.members = row_flag(&r, i, 2),
			.body = row_copy(&r, i, 3, a),
		};
	e = rows_err(&r, d);
	if (!e) {
		*ret = item;
		*ret_n = (size_t)r.n;
	}
	return e;
}
