/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/indicator.h"

#include <pthread.h>
#include <stdio.h>

#define PAGE       10000
#define PAGE_MAX   (64u << 20)
#define LOOKUP_MAX (4u << 20)
#define ID_DIGITS  18 /* fewer digits than any hash has */

#define AT(field) offsetof(struct indicator, field)
const struct json_field indicator_fields[] = {
	{"id", JSON_NUM, AT(id), INT64_MAX, true},
	{"kind", JSON_TEXT, AT(kind), 32, true},
	{"value", JSON_TEXT, AT(value), VALUE_MAX, true},
	{"state", JSON_TEXT, AT(state), 32, true},
	{"action", JSON_TEXT, AT(action), 32, true},
	{"tlp", JSON_TEXT, AT(tlp), 32, true},
	{"confidence", JSON_NUM, AT(confidence), 100, true},
	{"orgs", JSON_NUM, AT(orgs), INT64_MAX, true},
	{"first_seen", JSON_TEXT, AT(first_seen), 32, false},
	{"last_seen", JSON_TEXT, AT(last_seen), 32, false},
	{"sightings", JSON_NUM, AT(sightings), INT64_MAX, true},
	{"open_campaigns", JSON_NUM, AT(campaigns), INT64_MAX, false},
	{"until", JSON_TEXT, AT(until), 32, false},
	{"reason", JSON_TEXT, AT(reason), 4096, false},
	{"flags", JSON_TEXTS, AT(flags), 64, true},
	{"tags", JSON_TEXTS, AT(tags), 256, true},
	{0},
};

bool indicator_flagged(const struct indicator *x)
{
	return x->flags.n > 0;
}

bool indicator_needs_override(const struct indicator *x)
{
	for (size_t i = 0; i < x->flags.n; i++)
		if (strcmp(x->flags.item[i], "disputed") != 0 &&
			strcmp(x->flags.item[i], "withdrawn") != 0)
			return true;
	return false;
}

bool indicator_is_red(const struct indicator *x)
{
	for (size_t i = 0; i < x->flags.n; i++)
		if (strcmp(x->flags.item[i], "tlp-red") == 0)
			return true;
	return strcmp(x->tlp, "red") == 0;
}

static void put_texts(struct json_out *j, const char *name, const struct json_texts *t)
{
	json_put_array(j, name);
	for (size_t i = 0; i < t->n; i++)
		json_put_str(j, NULL, t->item[i]);
	json_put_array_end(j);
}

void indicator_put(struct json_out *j, const char *name, const struct indicator *x)
{
	json_put_object(j, name);
	json_put_num(j, "id", x->id);
	json_put_str(j, "kind", x->kind);
	json_put_str(j, "value", x->value);
	json_put_str(j, "state", x->state);
	json_put_str(j, "action", x->action);
	json_put_str(j, "tlp", x->tlp);
	json_put_num(j, "confidence", x->confidence);
	json_put_num(j, "orgs", x->orgs);
	json_put_str(j, "first_seen", x->first_seen);
	json_put_str(j, "last_seen", x->last_seen);
	json_put_num(j, "sightings", x->sightings);
	json_put_num(j, "open_campaigns", x->campaigns);
	json_put_str(j, "until", x->until);
	put_texts(j, "flags", &x->flags);
	put_texts(j, "tags", &x->tags);
	if (x->reason)
		json_put_str(j, "reason", x->reason);
	json_put_object_end(j);
}

struct walk {
	enum err (*each)(void *ctx, const struct indicator *x, struct diag *d);
	void *ctx;
};

static enum err on_item(void *ctx, size_t i, void *item, struct diag *d)
{
	struct walk *w = ctx;

	(void)i;
	return w->each(w->ctx, item, d);
}

static void put_param(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(b, "&%s=", name);
	hub_query_put(b, slice_of(value));
}

static void queue_path(
	struct buf *b, const struct queue_filter *filter, const char *cursor)
{
	buf_reset(b);
	buf_printf(b, "/v1/queue?limit=%d", PAGE);
	put_param(b, "kind", filter->kind);
	put_param(b, "org", filter->org);
	put_param(b, "tag", filter->tag);
	if (filter->min_orgs)
		buf_printf(b, "&min_orgs=%lld", (long long)filter->min_orgs);
	put_param(b, "cursor", cursor);
}

/* A page on its way: the hub makes the next one while this program reads the one before.
 */
struct fetch {
	struct hub *h;
	struct buf path, body;
	struct diag d;
	enum err e;
	pthread_t thread;
	bool running;
};

static void *fetch_run(void *arg)
{
	struct fetch *f = arg;

	f->e = hub_get(f->h, buf_str(&f->path), &f->body, &f->d);
	return NULL;
}

static enum err fetch_begin(struct fetch *f, const struct queue_filter *filter,
	const char *cursor, struct diag *d)
{
	queue_path(&f->path, filter, cursor);
	buf_reset(&f->body);
	if (buf_err(&f->path))
		return diag_fail(d, ERR_LIMIT, "the filter is too long");
	if (pthread_create(&f->thread, NULL, fetch_run, f))
		return diag_fail(d, ERR_NOMEM, "no thread can be started");
	f->running = true;
	return OK;
}

static enum err fetch_end(struct fetch *f, struct diag *d)
{
	if (!f->running)
		return OK;
	(void)pthread_join(f->thread, NULL);
	f->running = false;
	return f->e ? diag_fail(d, f->e, "%s", f->d.text) : OK;
}

/* The cursor behind a page, before the page is parsed: a guess, good for asking early. In
 * a string its quotes would have backslashes. */
static const char *peek_next(const struct buf *body, char *out, size_t size)
{
	static const char word[] = "\"next\":\"";
	size_t tail = body->len < size ? body->len : size;
	const char *p =
		memmem(body->data + body->len - tail, tail, word, sizeof(word) - 1);
	const char *end = p ? strchr(p + sizeof(word) - 1, '"') : NULL;

	if (!end)
		return NULL;
	p += sizeof(word) - 1;
	memcpy(out, p, (size_t)(end - p));
	out[end - p] = '\0';
	return out;
}

/* Hands over the page that `at` brings, while `behind` is asked for the next one. */
static enum err one_page(struct fetch *at, struct fetch *behind,
	const struct queue_filter *filter, struct walk *w, bool *ret_more, struct diag *d)
{
	struct page {
		char *next;
	} p = {0};
	static const struct json_field fields[] = {
		{"next", JSON_TEXT, offsetof(struct page, next), 4096, false},
		{0},
	};
	CLEANUP_ARENA struct arena a;
	char room[4096];
	const char *guess = NULL;
	enum err e = fetch_end(at, d);

	arena_init(&a, 4 * PAGE_MAX);
	if (!e && (guess = peek_next(&at->body, room, sizeof(room))))
		e = fetch_begin(behind, filter, guess, d);
	if (!e)
		e = json_read_page(buf_view(&at->body), fields, &p, "indicators",
			indicator_fields, sizeof(struct indicator), true, on_item, w, &a,
			d);
	*ret_more = p.next != NULL;
	if (!e && p.next && (!guess || strcmp(guess, p.next) != 0)) {
		(void)!fetch_end(behind, NULL);
		e = fetch_begin(behind, filter, p.next, d);
	}
	if (!e && p.next && slice_is(buf_view(&at->path), buf_str(&behind->path)))
		return diag_fail(d, ERR_SYNTAX, "the hub's pages do not end");
	return e;
}

enum err queue_walk(struct hub *h, const struct queue_filter *filter,
	enum err (*each)(void *ctx, const struct indicator *x, struct diag *d), void *ctx,
	struct diag *d)
{
	struct walk w = {each, ctx};
	struct fetch f[2] = {{.h = h}, {.h = h}};
	bool more = true;
	enum err e;

	for (int i = 0; i < 2; i++) {
		buf_init(&f[i].path, 16384);
		buf_init(&f[i].body, PAGE_MAX);
	}
	e = fetch_begin(&f[0], filter, NULL, d);
	for (int i = 0; !e && more; i = !i)
		e = one_page(&f[i], &f[!i], filter, &w, &more, d);
	for (int i = 0; i < 2; i++) {
		(void)!fetch_end(&f[i], NULL);
		buf_done(&f[i].path);
		buf_done(&f[i].body);
	}
	return e;
}

enum err target_parse(
	struct slice arg, struct arena *a, struct target *ret, struct diag *d)
{
	CLEANUP_BUF struct buf value;
	struct target t = {0};
	int64_t id;
	enum err e;

	buf_init(&value, INPUT_LINE_MAX);
	if (arg.n > ID_DIGITS || number_parse(arg, &id, NULL)) {
		e = kind_recognise(arg, &t.kind, &value, d);
		if (e)
			return e;
		arg = buf_view(&value);
	}
	t.text = arena_dup(a, arg);
	if (!t.text)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	*ret = t;
	return OK;
}

struct search {
	const struct target *t;
	struct indicator *found;
	bool known;
};

static enum err on_match(void *ctx, size_t i, void *item, struct diag *d)
{
	struct search *s = ctx;
	const struct indicator *x = item;

	(void)i;
	(void)d;
	if (strcmp(x->kind, s->t->kind->name) == 0 && strcmp(x->value, s->t->text) == 0) {
		*s->found = *x;
		s->known = true;
	}
	return OK;
}

enum err indicator_get(struct hub *h, const struct target *t, struct arena *a,
	struct indicator *ret, bool *ret_known, struct diag *d)
{
	struct search s = {.t = t, .found = ret};
	CLEANUP_BUF struct buf path, body;
	enum err e;

	buf_init(&path, 16384);
	buf_init(&body, LOOKUP_MAX);
	if (!t->kind) {
		buf_printf(&path, "/v1/indicators/%s", t->text);
		e = hub_get(h, buf_str(&path), &body, d);
		if (e == ERR_NOT_FOUND)
			return diag_fail(d, e, "%s: no such indicator", t->text);
		if (!e)
			e = json_read_answer(
				buf_view(&body), indicator_fields, ret, a, d);
		*ret_known = !e;
		return e;
	}
	buf_puts(&path, "/v1/lookup?value=");
	hub_query_put(&path, slice_of(t->text));
	e = hub_get(h, buf_str(&path), &body, d);
	if (!e)
		e = json_read_array(buf_view(&body), "indicators", indicator_fields,
			sizeof(struct indicator), true, on_match, &s, a, d);
	if (!e)
		*ret_known = s.known;
	return e;
}
