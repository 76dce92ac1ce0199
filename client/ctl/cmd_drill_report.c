/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/cmd_drill.h"
#include "client/ctl/table.h"
#include "client/ctl/took.h"
#include "common/clock.h"
#include "common/json_in.h"

#define ANSWER_MAX (16u << 20)

struct org {
	char *code, *name, *state, *hold, *last_seen, *enforced;
	int64_t seconds;
};

#define AT(field) offsetof(struct org, field)
static const struct json_field org_fields[] = {
	{"code", JSON_TEXT, AT(code), 64, true},
	{"name", JSON_TEXT, AT(name), 1024, true},
	{"state", JSON_TEXT, AT(state), 32, true},
	{"hold", JSON_TEXT, AT(hold), 4096, false},
	{"last_seen", JSON_TEXT, AT(last_seen), 32, false},
	{"enforced", JSON_TEXT, AT(enforced), 32, false},
	{"seconds", JSON_NUM, AT(seconds), INT64_MAX, false},
	{0},
};

struct orgs {
	struct org *item;
	size_t n, cap, done;
};

static enum err on_org(void *ctx, size_t i, void *item, struct diag *d)
{
	struct orgs *all = ctx;

	(void)i;
	if (all->n == all->cap) {
		size_t cap = all->cap ? 2 * all->cap : 128;
		struct org *more = realloc(all->item, cap * sizeof(*more));

		if (!more)
			return diag_fail(d, ERR_NOMEM, "out of memory");
		all->item = more;
		all->cap = cap;
	}
	all->item[all->n] = *(struct org *)item;
	all->done += all->item[all->n++].enforced != NULL;
	return OK;
}

/* The fastest first, who did not last. */
static int by_time(const void *x, const void *y)
{
	const struct org *a = x, *b = y;

	if (!a->enforced != !b->enforced)
		return a->enforced ? -1 : 1;
	if (a->enforced && a->seconds != b->seconds)
		return a->seconds < b->seconds ? -1 : 1;
	return strcmp(a->code, b->code);
}

/* Why it may not have, as far as the hub knows. */
static const char *why(const struct org *o)
{
	if (o->enforced)
		return "";
	if (o->hold)
		return o->hold;
	if (strcmp(o->state, "never") == 0)
		return o->last_seen ? "has sent no receipt" : "was never heard of";
	if (strcmp(o->state, "suspended") == 0)
		return "its keys are off";
	return "has not pulled it, or an output fails: varselctl coverage";
}

static void put_table(struct buf *b, struct orgs *all, struct arena *a)
{
	static const char *const head[] = {
		"CODE", "TOOK", "ENFORCED", "LAST SEEN", "WHY NOT", "NAME", NULL};
	struct table t;

	table_init(&t, head, a);
	for (size_t i = 0; i < all->n; i++) {
		const struct org *o = &all->item[i];
		char took[TOOK_TEXT] = "-";

		if (o->enforced)
			took_format(o->seconds, took);
		table_row(&t,
			(const char *[]){o->code, took, o->enforced,
				o->last_seen ? o->last_seen : "never", why(o), o->name});
	}
	table_put(&t, b);
}

/* The middle one, and the one that 95 of 100 are no slower than. */
static void put_summary(struct buf *b, const struct orgs *all)
{
	char median[TOOK_TEXT], p95[TOOK_TEXT], most[TOOK_TEXT];
	const char *gap = ": ";
	size_t n = all->done;

	buf_printf(b, "\n%zu of %zu municipalities enforced it", n, all->n);
	if (n) {
		took_format(all->item[(n - 1) / 2].seconds, median);
		took_format(all->item[(n * 95 + 99) / 100 - 1].seconds, p95);
		took_format(all->item[n - 1].seconds, most);
		buf_printf(
			b, ": median %s, 95 %% within %s, at most %s", median, p95, most);
	}
	if (n < all->n)
		buf_puts(b, "\ndid not");
	for (size_t i = n; i < all->n; i++) {
		buf_printf(b, "%s%s (%s)", gap, all->item[i].name, all->item[i].code);
		gap = ", ";
	}
	buf_putc(b, '\n');
}

static enum err print_report(struct slice answer, int64_t id, struct diag *d)
{
	CLEANUP_BUF struct buf out;
	CLEANUP_ARENA struct arena a;
	struct orgs all = {0};
	enum err e;

	buf_init(&out, ANSWER_MAX);
	arena_init(&a, 8 * (size_t)ANSWER_MAX);
	e = json_read_array(answer, "orgs", org_fields, sizeof(struct org), true, on_org,
		&all, &a, d);
	if (!e) {
		if (all.n)
			qsort(all.item, all.n, sizeof(*all.item), by_time);
		buf_printf(&out, "drill %" PRId64 "\n", id);
		put_table(&out, &all, &a);
		put_summary(&out, &all);
		e = ctl_print(&out, d);
	}
	free(all.item);
	return e;
}

/* An approval all of whose lines carry the tag; its bundle is mapped. */
static bool is_drill(const struct feed_statement *s)
{
	struct slice body = s->bundle;
	struct line l;
	bool all = body.n > 0;

	if (!s->valid || s->st.verb != VERB_APPROVE || s->index == INDEX_CARRIED)
		return false;
	while (all && body.n && bundle_next(LINE_BUNDLE, &body, &l)) {
		bool tagged = false;

		for (size_t i = 0; i < l.ntags; i++)
			tagged |= slice_is(l.tags[i], DRILL_TAG);
		all = tagged;
	}
	return all;
}

static enum err find_newest(struct ctl *c, int64_t *ret, struct diag *d)
{
	enum err e = ctl_follow(c, true, d);

	if (!e) /* it is known by the tags of its list */
		e = feed_map(c->feed, clock_now(), 0, d);
	if (e)
		return e;
	for (size_t i = c->feed->n; i-- > 0;)
		if (is_drill(&c->feed->st[i])) {
			*ret = (int64_t)c->feed->st[i].index;
			return OK;
		}
	return diag_fail(d, ERR_NOT_FOUND,
		"no drill is in force: give the number that drill start printed");
}

enum err drill_report(struct ctl *c, int64_t id, bool json, struct diag *d)
{
	CLEANUP_BUF struct buf answer;
	char path[64];
	enum err e = id < 0 ? find_newest(c, &id, d) : OK;

	buf_init(&answer, ANSWER_MAX);
	if (!e)
		e = ctl_login(c, d);
	(void)snprintf(path, sizeof(path), "/v1/drills/%" PRId64, id);
	if (!e)
		e = hub_get(c->hub, path, &answer, d);
	if (e)
		return e;
	if (!json)
		return print_report(buf_view(&answer), id, d);
	buf_putc(&answer, '\n');
	return ctl_print(&answer, d);
}
