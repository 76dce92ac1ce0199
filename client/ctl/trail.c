/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/trail.h"

#include <inttypes.h>

#include "common/clock.h"
#include "common/file.h"

#define PAGE     10000
#define BODY_MAX ((size_t)64 << 20)

struct wire {
	int64_t id;
	char *at, *actor, *action, *subject, *detail, *hash;
};

#define AT(field) offsetof(struct wire, field)
static const struct json_field row_fields[] = {
	{"id", JSON_NUM, AT(id), INT64_MAX, true},
	{"at", JSON_TEXT, AT(at), 64, true},
	{"actor", JSON_TEXT, AT(actor), 0, true},
	{"action", JSON_TEXT, AT(action), 0, true},
	{"subject", JSON_TEXT, AT(subject), 0, true},
	{"detail", JSON_TEXT, AT(detail), 0, true},
	{"hash", JSON_TEXT, AT(hash), 64, true},
	{0},
};

static enum err on_row(void *ctx, size_t i, void *item, struct diag *d)
{
	struct trail_page *p = ctx;
	const struct wire *w = item;
	struct audit_row *r = &p->row[p->n];
	enum err e;

	(void)i;
	if (p->n == p->cap)
		return diag_fail(d, ERR_LIMIT, "audit: over %zu rows in a page", p->cap);
	*r = (struct audit_row){.id = w->id,
		.actor = w->actor,
		.action = w->action,
		.subject = w->subject,
		.detail = w->detail};
	e = clock_parse(slice_of(w->at), &r->at, d);
	if (!e)
		e = hash_parse(slice_of(w->hash), &r->hash, d);
	if (e)
		return diag_at(d, e, "audit: row %" PRId64 ": ", w->id);
	p->n++;
	return OK;
}

static enum err on_cut(const char *hash, struct trail_page *p, struct diag *d)
{
	if (p->cut.id == 0)
		return OK;
	if (!hash)
		return diag_fail(d, ERR_SYNTAX, "audit: cut without a hash");
	return hash_parse(slice_of(hash), &p->cut.hash, d);
}

/* One page; *ret_next is 0 at the end. */
static enum err one_page(struct hub *h, const char *path, struct trail_page *p,
	struct arena *a, int64_t *ret_next, struct diag *d)
{
	struct head {
		char *next, *cut_hash;
		int64_t cut;
	} head = {0};
	static const struct json_field fields[] = {
		{"next", JSON_TEXT, offsetof(struct head, next), 32, false},
		{"cut", JSON_NUM, offsetof(struct head, cut), INT64_MAX, false},
		{"cut_hash", JSON_TEXT, offsetof(struct head, cut_hash), 64, false},
		{0},
	};
	CLEANUP_BUF struct buf body = {.max = BODY_MAX};
	enum err e = hub_get(h, path, &body, d);

	if (!e)
		e = json_read_answer(buf_view(&body), fields, &head, a, d);
	p->cut.id = head.cut;
	if (!e)
		e = on_cut(head.cut_hash, p, d);
	p->cap = PAGE;
	p->row = arena_alloc(a, PAGE * sizeof(*p->row));
	if (!e && !p->row)
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	if (!e)
		e = json_read_array(buf_view(&body), "audit", row_fields,
			sizeof(struct wire), true, on_row, p, a, d);
	*ret_next = 0;
	if (!e && head.next)
		e = number_parse(slice_of(head.next), ret_next, d);
	return e;
}

enum err trail_walk(struct hub *h, int64_t since,
	enum err (*each)(void *ctx, const struct trail_page *p, struct diag *d),
	void *ctx, struct diag *d)
{
	char path[128], from[CLOCK_TEXT];
	int64_t after = 0, next = 0;
	enum err e = OK;

	clock_format(since, from);
	do {
		CLEANUP_ARENA struct arena a;
		struct trail_page p = {.first = after == 0};

		arena_init(&a, 8 * BODY_MAX);
		(void)snprintf(path, sizeof(path),
			"/v1/audit?limit=%d&since=%s&cursor=%" PRId64, PAGE, from, after);
		e = one_page(h, path, &p, &a, &next, d);
		if (!e && next && next <= after)
			e = diag_fail(d, ERR_SYNTAX, "the hub's pages do not end");
		if (!e)
			e = each(ctx, &p, d);
		after = next;
	} while (!e && next);
	return e;
}

/* Whether some row further on is the one that belongs behind *prev with number `id`. */
static const struct audit_row *moved_from(const struct hash *prev, int64_t id,
	const struct audit_row *row, const struct audit_row *end)
{
	for (const struct audit_row *r = row; r < end; r++) {
		struct audit_row there = *r;
		struct hash h;

		there.id = id;
		if (audit_hash(prev, &there, &h))
			return NULL;
		/* Its hash may have moved with it, or stayed. */
		if (hash_same(&h, &r->hash) || hash_same(&h, &row->hash))
			return r;
	}
	return NULL;
}

static enum err wrong(const struct trail *t, const struct audit_row *row,
	const struct audit_row *end, struct diag *d)
{
	const struct audit_row *moved =
		moved_from(&t->last.hash, t->last.id + 1, row, end);

	if (moved && moved->id != row->id)
		return diag_fail(d, ERR_SIGNATURE,
			"audit: row %" PRId64
			": out of order: its place is taken; it stands as row %" PRId64,
			row->id, moved->id);
	return diag_fail(d, ERR_SIGNATURE,
		"audit: row %" PRId64 ": changed: its hash does not fit its text and the "
		"row before",
		row->id);
}

static enum err seen_before(const struct trail *t, struct diag *d)
{
	char at[CLOCK_TEXT];

	if (t->head.id == 0 || t->last.id != t->head.id ||
		hash_same(&t->last.hash, &t->head.hash))
		return OK;
	clock_format(t->head_at, at);
	return diag_fail(d, ERR_SIGNATURE,
		"audit: row %" PRId64
		": changed: not the one that was verified at %s, nor need those before "
		"it be",
		t->last.id, at);
}

enum err trail_check(struct trail *t, const struct trail_page *p, struct diag *d)
{
	const struct audit_row *end = p->row + p->n;
	enum err e = OK;

	if (p->first) {
		t->last = p->cut;
		e = seen_before(t, d);
	}
	for (const struct audit_row *r = p->row; !e && r < end; r++) {
		struct hash h;

		if (r->id != t->last.id + 1)
			return diag_fail(d, ERR_SIGNATURE,
				"audit: row %" PRId64 ": missing: row %" PRId64
				" comes behind row %" PRId64,
				t->last.id + 1, r->id, t->last.id);
		e = audit_hash(&t->last.hash, r, &h);
		if (e)
			return diag_fail(d, e, "audit: %s", err_text(e));
		if (!hash_same(&h, &r->hash))
			return wrong(t, r, end, d);
		t->last = *r;
		t->rows++;
		e = seen_before(t, d);
	}
	return e;
}

enum err trail_end(const struct trail *t, struct diag *d)
{
	char at[CLOCK_TEXT];

	if (t->last.id >= t->head.id)
		return OK;
	clock_format(t->head_at, at);
	return diag_fail(d, ERR_SIGNATURE,
		"audit: row %" PRId64 ": missing: the end was cut off; row %" PRId64
		" was the last at %s",
		t->last.id + 1, t->head.id, at);
}

enum err trail_head_load(const char *path, struct trail *ret, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = 256};
	struct slice rest, id, hash, at;
	enum err e = file_read(path, &text, d);

	if (e == ERR_NOT_FOUND)
		return OK;
	if (e)
		return e;
	rest = buf_view(&text);
	if (rest.n && rest.p[rest.n - 1] == '\n')
		rest.n--;
	if (!slice_cut(&rest, ' ', &id) || !slice_cut(&rest, ' ', &hash))
		return diag_fail(d, ERR_SYNTAX, "%s: not \"ID HASH TIME\"", path);
	at = rest;
	e = number_parse(id, &ret->head.id, d);
	if (!e)
		e = hash_parse(hash, &ret->head.hash, d);
	if (!e)
		e = clock_parse(at, &ret->head_at, d);
	return e ? diag_at(d, e, "%s: ", path) : OK;
}

enum err trail_head_save(
	const char *path, const struct trail *t, int64_t now, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = 256};
	char hex[HASH_HEX];

	hash_hex(&t->last.hash, hex);
	buf_printf(&text, "%" PRId64 " %s ", t->last.id, hex);
	clock_put(&text, now);
	buf_putc(&text, '\n');
	if (buf_err(&text))
		return diag_fail(d, buf_err(&text), "audit: out of memory");
	return file_write(path, buf_view(&text), 0600, d);
}
