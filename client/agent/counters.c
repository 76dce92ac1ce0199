/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/counters.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "client/agent/memory.h"
#include "common/clock.h"
#include "common/file.h"

#define FILE_MAX (64u << 20)
#define HEAD     "varsel-counters 1 "
#define SLACK    2 /* seconds: ages come in whole ones */

static enum err add(struct counter_table *t, const struct counter *x)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		struct counter *more = reallocarray(t->row, cap, sizeof(*more));

		if (!more)
			return ERR_NOMEM;
		t->row = more;
		t->cap = cap;
	}
	t->row[t->n++] = *x;
	return OK;
}

void counters_empty(struct counter_table *t)
{
	free(t->row);
	t->row = NULL;
	t->n = t->cap = 0;
}

void counters_done(struct counters *c)
{
	for (size_t i = 0; i < c->n; i++) {
		counters_empty(&c->table[i]);
		free(c->table[i].title);
	}
	free(c->table);
	*c = (struct counters){0};
}

static struct counter_table *add_table(struct counters *c, struct slice title)
{
	struct counter_table *more = reallocarray(c->table, c->n + 1, sizeof(*more));

	if (!more)
		return NULL;
	c->table = more;
	more[c->n] =
		(struct counter_table){.title = strndup(title.p, title.n), .total = -1};
	return more[c->n].title ? &more[c->n++] : NULL;
}

struct counter_table *counters_table(struct counters *c, const char *title)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->table[i].title, title) == 0)
			return &c->table[i];
	return add_table(c, slice_of(title));
}

static bool word(struct slice *line, char *ret, size_t size)
{
	struct slice w;

	(void)slice_cut(line, ' ', &w);
	if (w.n == 0 || w.n >= size)
		return false;
	memcpy(ret, w.p, w.n);
	ret[w.n] = '\0';
	return true;
}

static bool number(struct slice *line, int64_t *ret)
{
	struct slice w;

	(void)slice_cut(line, ' ', &w);
	return number_parse(w, ret, NULL) == OK;
}

static enum err read_table(struct counters *c, struct slice line)
{
	struct counter_table *t;
	int64_t total, read;

	if (!number(&line, &total) || !number(&line, &read))
		return ERR_SYNTAX;
	t = add_table(c, line);
	if (!t)
		return ERR_NOMEM;
	t->total = total;
	t->read = read;
	return OK;
}

static enum err read_line(void *ctx, struct slice line)
{
	struct counters *c = ctx;
	struct counter x;
	struct slice first;

	if (slice_starts(line, "table ")) {
		(void)slice_cut(&line, ' ', &first);
		return read_table(c, line);
	}
	if (slice_starts(line, "boot ")) {
		(void)slice_cut(&line, ' ', &first);
		return word(&line, c->boot, sizeof(c->boot)) ? OK : ERR_SYNTAX;
	}
	if (c->n == 0 || !word(&line, x.set, sizeof(x.set)) ||
		!word(&line, x.first, sizeof(x.first)) ||
		!word(&line, x.last, sizeof(x.last)) || !number(&line, &x.packets) ||
		!number(&line, &x.timeout) || !number(&line, &x.born))
		return ERR_SYNTAX;
	return add(&c->table[c->n - 1], &x);
}

enum err counters_load(const char *path, struct counters *ret, struct diag *d)
{
	struct counters c = {0};
	enum err e = memory_load(path, FILE_MAX, HEAD, &c.run, read_line, &c, d);

	if (e) {
		counters_done(&c);
		if (e != ERR_SYNTAX)
			return e;
		(void)diag_fail(d, e, "%s: damaged; what was counted counts anew", path);
	}
	*ret = c;
	return OK;
}

enum err counters_save(const char *path, const struct counters *c, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = FILE_MAX};

	buf_printf(&b, HEAD "%" PRId64 "\n", c->run);
	if (c->boot[0])
		buf_printf(&b, "boot %s\n", c->boot);
	for (size_t i = 0; i < c->n; i++) {
		const struct counter_table *t = &c->table[i];

		if (t->total < 0)
			continue;
		buf_printf(&b, "table %" PRId64 " %" PRId64 " %s\n", t->total, t->read,
			t->title);
		for (size_t k = 0; k < t->n; k++) {
			const struct counter *x = &t->row[k];

			buf_printf(&b, "%s %s %s %" PRId64 " %" PRId64 " %" PRId64 "\n",
				x->set, x->first, x->last, x->packets, x->timeout,
				x->born);
		}
	}
	if (buf_err(&b))
		return diag_fail(d, buf_err(&b), "%s: %s", path, err_text(buf_err(&b)));
	return file_write(path, buf_view(&b), 0600, d);
}

static bool text_of(const json_t *j, char ret[IP_TEXT])
{
	const char *text = json_string_value(j);

	return text && snprintf(ret, IP_TEXT, "%s", text) < IP_TEXT && *text;
}

/* "a", {"range": ["a", "b"]} or {"prefix": {"addr": "a", "len": n}}. */
static bool addresses(const json_t *val, struct counter *ret)
{
	const json_t *range = json_object_get(val, "range");
	const json_t *prefix = json_object_get(val, "prefix");
	unsigned char a[16];
	json_int_t bits;
	int family;

	if (range)
		return text_of(json_array_get(range, 0), ret->first) &&
		       text_of(json_array_get(range, 1), ret->last);
	if (!text_of(prefix ? json_object_get(prefix, "addr") : val, ret->first))
		return false;
	memcpy(ret->last, ret->first, sizeof(ret->last));
	if (!prefix)
		return true;
	family = strchr(ret->first, ':') ? AF_INET6 : AF_INET;
	bits = json_integer_value(json_object_get(prefix, "len"));
	if (inet_pton(family, ret->first, a) != 1 || bits < 0)
		return false;
	for (json_int_t i = bits; i < (family == AF_INET ? 32 : 128); i++)
		a[i / 8] |= (unsigned char)(0x80 >> i % 8);
	return inet_ntop(family, a, ret->last, IP_TEXT) != NULL;
}

static int64_t number_of(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static enum err read_element(
	struct counter_table *t, const char *set, const json_t *elem, int64_t now)
{
	struct counter x = {.timeout = number_of(elem, "timeout")};

	x.packets = number_of(json_object_get(elem, "counter"), "packets");
	if (x.packets <= 0)
		return OK;
	t->total += x.packets;
	if (!addresses(json_object_get(elem, "val"), &x) ||
		(!strchr(x.first, '.') && !strchr(x.first, ':')))
		return OK;
	(void)snprintf(x.set, sizeof(x.set), "%s", set);
	if (x.timeout)
		x.born = now - (x.timeout - number_of(elem, "expires"));
	if (x.born < 0)
		x.born = 0;
	return add(t, &x);
}

/* One after the other: a large set as a tree would take a lot of memory, and most of its
 * elements have counted nothing. */
enum err counters_read(struct counter_table *t, const char *set, struct slice json,
	int64_t now, struct diag *d)
{
	static const char mark[] = "{\"elem\": {", none[] = "\"packets\": 0,";
	static const char key[] = "\"elem\"";
	const char *end = json.p + json.n, *at, *next;
	enum err e = OK;

	if (t->total < 0)
		t->total = 0;
	at = memmem(json.p, json.n, mark, strlen(mark));
	/* nothing read where there is something must not look like silence */
	if (!at && memmem(json.p, json.n, key, strlen(key)))
		return diag_fail(d, ERR_SYNTAX,
			"nft's list of set %s: in a form that is not known here", set);
	for (; e == OK && at; at = next) {
		json_error_t why;
		json_t *j;

		next = memmem(at + 1, (size_t)(end - at - 1), mark, strlen(mark));
		if (memmem(at, (size_t)((next ? next : end) - at), none, strlen(none)))
			continue;
		j = json_loadb(at, (size_t)(end - at), JSON_DISABLE_EOF_CHECK, &why);
		e = j ? read_element(t, set, json_object_get(j, "elem"), now)
		      : diag_fail(
				d, ERR_SYNTAX, "nft's list of set %s: %s", set, why.text);
		json_decref(j);
	}
	return e == ERR_NOMEM ? diag_fail(d, e, "out of memory") : e;
}

static int order(const void *pa, const void *pb)
{
	const struct counter *a = pa, *b = pb;
	int c = strcmp(a->set, b->set);

	if (!c)
		c = strcmp(a->first, b->first);
	return c ? c : strcmp(a->last, b->last);
}

void counters_sort(struct counter_table *t)
{
	if (t->n)
		qsort(t->row, t->n, sizeof(*t->row), order);
}

int64_t counter_since(const struct counter_table *then, const struct counter *now)
{
	const struct counter *x = NULL;

	if (then && then->n)
		x = bsearch(now, then->row, then->n, sizeof(*x), order);
	if (!x || x->timeout != now->timeout || llabs(x->born - now->born) > SLACK ||
		now->packets < x->packets)
		return now->packets;
	return now->packets - x->packets;
}
