/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/agent/session.h"
#include "common/json_in.h"

#define ANSWER_MAX (4u << 20)

/* What is shown of one indicator. */
struct indicator {
	char *kind, *value, *state, *action;
	char *first_seen, *last_seen, *until, *reason;
	int64_t orgs, sightings;
};

#define AT(field) offsetof(struct indicator, field)
static const struct json_field fields[] = {
	{"kind", JSON_TEXT, AT(kind), 32, true},
	{"value", JSON_TEXT, AT(value), VALUE_MAX, true},
	{"state", JSON_TEXT, AT(state), 32, true},
	{"action", JSON_TEXT, AT(action), 32, true},
	{"orgs", JSON_NUM, AT(orgs), INT64_MAX, true},
	{"first_seen", JSON_TEXT, AT(first_seen), 32, false},
	{"last_seen", JSON_TEXT, AT(last_seen), 32, false},
	{"sightings", JSON_NUM, AT(sightings), INT64_MAX, false},
	{"until", JSON_TEXT, AT(until), 32, false},
	{"reason", JSON_TEXT, AT(reason), 4 * REASON_MAX, false},
	{0},
};

/* One of this municipality's own reports of the value itself. */
struct report {
	int64_t id;
	char *received, *withdrawn;
};

#undef AT
#define AT(field) offsetof(struct report, field)
static const struct json_field report_fields[] = {
	{"id", JSON_NUM, AT(id), INT64_MAX, true},
	{"received", JSON_TEXT, AT(received), 32, true},
	{"withdrawn", JSON_TEXT, AT(withdrawn), 32, false},
	{0},
};

struct lookup {
	bool print;
	size_t n;
};

static enum err show(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct indicator *x = item;
	struct lookup *l = ctx;

	(void)i;
	(void)d;
	l->n++;
	if (!l->print)
		return OK;
	(void)printf("%s %s: %s, %s", x->kind, x->value, x->state, x->action);
	if (x->until)
		(void)printf(" until %s", x->until);
	(void)printf("; %lld %s", (long long)x->orgs,
		x->orgs == 1 ? "municipality" : "municipalities");
	if (x->sightings)
		(void)printf(", %lld sightings", (long long)x->sightings);
	if (x->first_seen)
		(void)printf(", first seen %s", x->first_seen);
	if (x->last_seen)
		(void)printf(", last seen %s", x->last_seen);
	if (x->reason)
		(void)printf("; %s", x->reason);
	(void)putchar('\n');
	return OK;
}

static enum err show_report(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct report *x = item;

	(void)ctx;
	(void)i;
	(void)d;
	(void)printf("  our report %lld of %s", (long long)x->id, x->received);
	if (x->withdrawn)
		(void)printf(", withdrawn %s", x->withdrawn);
	(void)putchar('\n');
	return OK;
}

static enum err lookup_one(
	struct cli *c, struct hub *h, const char *value, bool json, size_t *known)
{
	CLEANUP_BUF struct buf path, body;
	CLEANUP_ARENA struct arena a;
	struct lookup l = {.print = !json};
	enum err e;

	buf_init(&path, 4 * INPUT_LINE_MAX);
	buf_init(&body, ANSWER_MAX);
	arena_init(&a, 4 * ANSWER_MAX);
	buf_puts(&path, "/v1/lookup?value=");
	hub_query_put(&path, slice_of(value));
	if (buf_err(&path))
		return diag_fail(&c->d, ERR_LIMIT, "%.80s...: too long", value);
	e = hub_get(h, buf_str(&path), &body, &c->d);
	if (e == OK)
		e = json_read_array(buf_view(&body), "indicators", fields,
			sizeof(struct indicator), true, show, &l, &a, &c->d);
	if (e == OK && !json)
		e = json_read_array(buf_view(&body), "reports", report_fields,
			sizeof(struct report), true, show_report, NULL, &a, &c->d);
	if (e)
		return e;
	if (json)
		cli_print(buf_view(&body));
	else if (l.n == 0)
		(void)printf("%s: not known\n", value);
	*known += l.n;
	return OK;
}

enum err cmd_lookup(struct cli *c, int argc, char **argv)
{
	CLEANUP_SESSION struct session s = {0};
	size_t known = 0;
	bool json = false;
	enum err e = cli_json(c, argc, argv, &json);

	if (e == OK && optind == argc)
		e = cli_usage(c, "lookup", "lookup: which value?");
	if (e == OK)
		e = session_open(c, "read", &s);
	for (int i = optind; e == OK && i < argc; i++)
		e = lookup_one(c, s.hub, argv[i], json, &known);
	if (e)
		return e;
	return known ? OK : ERR_UNKNOWN;
}
