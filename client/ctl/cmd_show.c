/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/campaign.h"
#include "client/ctl/ctl.h"
#include "client/ctl/indicator.h"
#include "client/ctl/table.h"
#include "client/ctl/text.h"

#define ANSWER_MAX (16u << 20)

static const char usage[] = "usage: varselctl show [--json] ID|VALUE\n"
			    "Everything that the hub knows of one indicator, with the\n"
			    "reports that it stands on, the campaigns that it is in and\n"
			    "the disputes about it.\n";

struct report {
	int64_t id, confidence;
	char *org, *received, *action, *tlp, *seen, *comment, *withdrawn;
};

struct dispute {
	char *org, *created, *closed, *reason;
};

#define AT(field) offsetof(struct report, field)
static const struct json_field report_fields[] = {
	{"id", JSON_NUM, AT(id), INT64_MAX, true},
	{"org", JSON_TEXT, AT(org), 64, true},
	{"received", JSON_TEXT, AT(received), 32, true},
	{"action", JSON_TEXT, AT(action), 32, false},
	{"tlp", JSON_TEXT, AT(tlp), 32, false},
	{"confidence", JSON_NUM, AT(confidence), 100, false},
	{"seen", JSON_TEXT, AT(seen), 32, false},
	{"comment", JSON_TEXT, AT(comment), 4096, false},
	{"withdrawn", JSON_TEXT, AT(withdrawn), 32, false},
	{0},
};

#undef AT
#define AT(field) offsetof(struct dispute, field)
static const struct json_field dispute_fields[] = {
	{"org", JSON_TEXT, AT(org), 64, true},
	{"created", JSON_TEXT, AT(created), 32, true},
	{"closed", JSON_TEXT, AT(closed), 32, false},
	{"reason", JSON_TEXT, AT(reason), 4096, true},
	{0},
};

static enum err on_report(void *ctx, size_t i, void *item, struct diag *d)
{
	struct table *t = ctx;
	const struct report *r = item;
	char id[TEXT_NUM], confidence[TEXT_NUM];

	(void)i;
	(void)d;
	table_row(t, (const char *[]){text_num(r->id, id), r->org, r->received, r->action,
			     r->tlp, text_num(r->confidence, confidence), r->seen,
			     r->withdrawn, r->comment});
	return OK;
}

static void put_line(struct buf *b, const char *name, const char *value)
{
	if (value && *value)
		buf_printf(b, "%-11s %s\n", name, value);
}

static void put_texts(struct buf *b, const char *name, const struct json_texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		put_line(b, i ? "" : name, t->item[i]);
}

static void put_indicator(struct buf *b, const struct indicator *x)
{
	char number[TEXT_NUM];

	buf_printf(b, "%s %s\n", x->kind, x->value);
	put_line(b, "id", text_num(x->id, number));
	put_line(b, "state", x->state);
	put_line(b, "until", x->until);
	put_line(b, "reason", x->reason);
	put_texts(b, "flags", &x->flags);
	put_line(b, "action", x->action);
	put_line(b, "tlp", x->tlp);
	put_line(b, "confidence", text_num(x->confidence, number));
	put_line(b, "orgs", text_num(x->orgs, number));
	put_line(b, "sightings", text_num(x->sightings, number));
	put_line(b, "first seen", x->first_seen);
	put_line(b, "last seen", x->last_seen);
	put_texts(b, "tags", &x->tags);
}

static enum err on_dispute(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct dispute *x = item;
	struct buf *b = ctx;

	(void)d;
	buf_printf(b, "%-11s %s, %s, ", i ? "" : "disputed", x->org, x->created);
	if (x->closed)
		buf_printf(b, "closed %s: %s\n", x->closed, x->reason);
	else
		buf_printf(b, "open: %s\n", x->reason);
	return OK;
}

static enum err on_campaign(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct campaign *x = item;
	struct buf *b = ctx;

	(void)d;
	buf_printf(b, "%-11s %lld, %s, %s %s: %lld municipalities, %lld indicators\n",
		i ? "" : "campaigns", (long long)x->id, x->state, x->joined_by, x->key,
		(long long)x->orgs, (long long)x->size);
	return OK;
}

/* The indicator's own document, which has its reports. */
static enum err fetch(struct ctl *c, const struct target *t, struct arena *a,
	struct buf *ret, struct indicator *x, struct diag *d)
{
	char path[64];
	bool known;
	enum err e = indicator_get(c->hub, t, a, x, &known, d);

	if (e)
		return e;
	if (!known)
		return diag_fail(d, ERR_UNKNOWN, "%s %s: the hub does not know it",
			t->kind->name, t->text);
	(void)snprintf(path, sizeof(path), "/v1/indicators/%lld", (long long)x->id);
	return hub_get(c->hub, path, ret, d);
}

static enum err show(struct ctl *c, const char *arg, bool json, struct diag *d)
{
	static const char *const head[] = {"REPORT", "ORG", "RECEIVED", "ACTION", "TLP",
		"CONFIDENCE", "SEEN", "WITHDRAWN", "COMMENT", NULL};
	CLEANUP_BUF struct buf answer, out;
	CLEANUP_ARENA struct arena a;
	struct indicator x = {0};
	struct target t;
	struct table table;
	enum err e;

	buf_init(&answer, ANSWER_MAX);
	buf_init(&out, 2 * ANSWER_MAX);
	arena_init(&a, 8 * ANSWER_MAX);
	e = target_parse(slice_of(arg), &a, &t, d);
	if (!e)
		e = ctl_login(c, d);
	if (!e)
		e = fetch(c, &t, &a, &answer, &x, d);
	if (!e && json) {
		if (answer.len && answer.data[answer.len - 1] != '\n')
			buf_putc(&answer, '\n');
		return ctl_print(&answer, d);
	}
	table_init(&table, head, &a);
	if (!e)
		e = json_read_array(buf_view(&answer), "reports", report_fields,
			sizeof(struct report), true, on_report, &table, &a, d);
	if (e)
		return e;
	put_indicator(&out, &x);
	e = json_read_array(buf_view(&answer), "campaigns", campaign_fields,
		sizeof(struct campaign), true, on_campaign, &out, &a, d);
	if (e)
		return e;
	e = json_read_array(buf_view(&answer), "disputes", dispute_fields,
		sizeof(struct dispute), true, on_dispute, &out, &a, d);
	if (e)
		return e;
	buf_putc(&out, '\n');
	table_put(&table, &out);
	return ctl_print(&out, d);
}

enum err ctl_show(struct ctl *c, int argc, char **argv, struct diag *d)
{
	bool json = false;
	enum err e;

	if (!ctl_json(argc, argv, usage, &json, &e))
		return e;
	if (argc - optind != 1)
		return diag_fail(d, ERR_USAGE, "show: give one ID or VALUE");
	return show(c, argv[optind], json, d);
}
