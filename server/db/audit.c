/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/audit.h"

#include <assert.h>
#include <string.h>

#include "server/db/conn.h"

#define TEXT_MAX (1u << 20) /* of one text */

/* One line, whatever a peer wrote. */
static void put(struct array *x, struct slice text)
{
	CLEANUP_BUF struct buf line = {.max = TEXT_MAX};

	buf_slice(&line, text);
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.data[i] < 0x20 || line.data[i] == 0x7f)
			line.data[i] = '?';
	if (buf_err(&line))
		x->b.err = buf_err(&line);
	array_slice(x, buf_view(&line));
}

enum err db_audit_add(struct db *db, int64_t at, const char *actor, const char *action,
	struct slice subject, const char *detail, struct diag *d)
{
	struct audit_pending *p = &db->audit;

	assert(db->in_tx);
	if (p->n++ == 0) {
		array_init(&p->at, ARRAY_NUM);
		array_init(&p->actor, ARRAY_TEXT);
		array_init(&p->action, ARRAY_TEXT);
		array_init(&p->subject, ARRAY_TEXT);
		array_init(&p->detail, ARRAY_TEXT);
	}
	array_num(&p->at, at);
	put(&p->actor, slice_of(actor));
	put(&p->action, slice_of(action));
	put(&p->subject, subject.n ? subject : slice_of("-"));
	put(&p->detail, slice_of(detail ? detail : ""));
	if (buf_err(&p->detail.b) || buf_err(&p->subject.b) || buf_err(&p->actor.b))
		return diag_fail(d, ERR_NOMEM, "audit: out of memory");
	return OK;
}

void audit_forget(struct db *db)
{
	struct audit_pending *p = &db->audit;

	if (p->n) {
		array_done(&p->at);
		array_done(&p->actor);
		array_done(&p->action);
		array_done(&p->subject);
		array_done(&p->detail);
	}
	p->n = 0;
}

bool audit_waits(struct db *db, const struct query **ret, struct args *a)
{
	static const struct query q = {"audit-append",
		"SELECT audit_append($1::bigint[], $2::text[],"
		" $3::text[], $4::text[], $5::text[])"};
	struct audit_pending *p = &db->audit;

	if (p->n == 0)
		return false;
	args_array(a, &p->at);
	args_array(a, &p->actor);
	args_array(a, &p->action);
	args_array(a, &p->subject);
	args_array(a, &p->detail);
	*ret = &q;
	return true;
}

static enum err cut_read(struct db *db, struct audit_row *ret, struct diag *d)
{
	static const struct query q = {
		"audit-cut", "SELECT id, hash FROM audit_cut ORDER BY id DESC LIMIT 1"};
	CLEANUP_ROWS struct rows r = {0};
	struct args none = {0};
	enum err e = db_run(db, &q, &none, &r, d);

	if (!e && r.n) {
		ret->id = row_num(&r, 0, 0);
		ret->hash = row_hash(&r, 0, 1);
	}
	return e;
}

enum err db_audit_list(struct db *db, int64_t after, int64_t since, size_t limit,
	struct arena *a, struct audit_page *ret, struct diag *d)
{
	/* Numbers rise with time but for a clock that was set back, so `since` is looked
	 * for once, and from the next page on it costs nothing. */
	static const struct query q = {"audit-list",
		"SELECT id, extract(epoch FROM at)::bigint, actor, action, subject, "
		"detail,"
		" hash FROM audit WHERE id > $1::bigint"
		" AND ($1::bigint > 0 OR id >= coalesce((SELECT min(id) FROM audit"
		"  WHERE at >= to_timestamp($2::bigint)), 0))"
		" AND at >= to_timestamp($2::bigint) ORDER BY id LIMIT $3::bigint + 1"};
	CLEANUP_ROWS struct rows r = {0};
	struct audit_page page = {0};
	struct args x = {0};
	enum err e;

	args_num(&x, after);
	args_num(&x, since);
	args_num(&x, (int64_t)limit);
	e = db_run(db, &q, &x, &r, d);
	if (!e)
		e = cut_read(db, &page.cut, d);
	if (e)
		return e;
	page.more = (size_t)r.n > limit;
	page.n = page.more ? limit : (size_t)r.n;
	page.item = rows_items(&r, sizeof(*page.item), a);
	if (!page.item)
		return rows_err(&r, d);
	for (size_t i = 0; i < page.n; i++)
		page.item[i] = (struct audit_row){
			.id = row_num(&r, (int)i, 0),
			.at = row_num(&r, (int)i, 1),
			.actor = row_str(&r, (int)i, 2, a),
			.action = row_str(&r, (int)i, 3, a),
			.subject = row_str(&r, (int)i, 4, a),
			.detail = row_str(&r, (int)i, 5, a),
			.hash = row_hash(&r, (int)i, 6),
		};
	e = rows_err(&r, d);
	if (!e)
		*ret = page;
	return e;
}
