/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "client/ctl/ctl.h"
#include "client/ctl/table.h"
#include "client/ctl/text.h"
#include "client/ctl/took.h"
#include "common/json_in.h"

#define ANSWER_MAX (32u << 20)

static const char usage[] =
	"usage: varselctl coverage [--json]\n"
	"Who enforces what: code, state, last seen, entries of the log that were\n"
	"followed, the set, outputs that work, why not, name. Then how long it takes\n"
	"from an approval until it is enforced. States:\n"
	"  current    follows, and enforces what the others do\n"
	"  late       has not followed a decision for 15 minutes, or was not heard of\n"
	"             for an hour\n"
	"  differs    its set is not that of others who followed the same\n"
	"  hold       takes no new approvals, and says why\n"
	"  never      no receipt has come yet\n"
	"  suspended  its keys are off\n";

struct org {
	char *code, *name, *state, *last_seen, *active, *hold, *outputs;
	int64_t size;
};

#define AT(field) offsetof(struct org, field)
static const struct json_field org_fields[] = {
	{"code", JSON_TEXT, AT(code), 64, true},
	{"name", JSON_TEXT, AT(name), 1024, true},
	{"state", JSON_TEXT, AT(state), 32, true},
	{"last_seen", JSON_TEXT, AT(last_seen), 32, false},
	{"size", JSON_NUM, AT(size), INT64_MAX, false},
	{"active_sha256", JSON_TEXT, AT(active), 64, false},
	{"hold", JSON_TEXT, AT(hold), 4096, false},
	{"outputs", JSON_INNER, AT(outputs), 0, true},
	{0},
};

struct output {
	char *name, *error;
};

static const struct json_field output_fields[] = {
	{"name", JSON_TEXT, offsetof(struct output, name), 256, true},
	{"error", JSON_TEXT, offsetof(struct output, error), 4096, false},
	{0},
};

struct answer {
	char *enforcement;
};

static const struct json_field answer_fields[] = {
	{"enforcement", JSON_INNER, offsetof(struct answer, enforcement), 0, true},
	{0},
};

struct times {
	int64_t median, p95, max, n;
};

static const struct json_field times_fields[] = {
	{"median", JSON_NUM, offsetof(struct times, median), INT64_MAX, false},
	{"p95", JSON_NUM, offsetof(struct times, p95), INT64_MAX, false},
	{"max", JSON_NUM, offsetof(struct times, max), INT64_MAX, false},
	{"n", JSON_NUM, offsetof(struct times, n), INT64_MAX, true},
	{0},
};

/* In the order in which they are summed up. */
static const char *const states[] = {
	"current", "late", "differs", "hold", "never", "suspended"};
#define STATES (sizeof(states) / sizeof(*states))

struct listing {
	struct table t;
	struct arena a;
	int64_t count[STATES], total;
};

struct outputs {
	int n, working;
	struct buf why;
};

static enum err on_output(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct output *o = item;
	struct outputs *all = ctx;

	(void)i;
	(void)d;
	all->n++;
	all->working += !o->error;
	if (o->error)
		buf_printf(&all->why, "%s%s: %s", all->why.len ? "; " : "", o->name,
			o->error);
	return OK;
}

static void put_row(struct table *t, const struct org *o, struct outputs *outputs)
{
	char size[TEXT_NUM] = "", set[13] = "", works[32] = "";

	if (o->active) {
		(void)text_num(o->size, size);
		(void)snprintf(set, sizeof(set), "%.12s", o->active);
		(void)snprintf(
			works, sizeof(works), "%d of %d", outputs->working, outputs->n);
	}
	table_row(t, (const char *[]){o->code, o->state,
			     o->last_seen ? o->last_seen : "never", size, set, works,
			     o->hold ? o->hold : buf_str(&outputs->why), o->name});
}

static enum err on_org(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct org *o = item;
	struct listing *l = ctx;
	struct outputs outputs = {.why = {.max = 65536}};
	enum err e = json_read_array(slice_of(o->outputs), NULL, output_fields,
		sizeof(struct output), true, on_output, &outputs, &l->a, d);

	(void)i;
	if (!e) {
		for (size_t k = 0; k < STATES; k++)
			l->count[k] += strcmp(states[k], o->state) == 0;
		l->total++;
		put_row(&l->t, o, &outputs);
	}
	buf_done(&outputs.why);
	return e;
}

static void put_summary(struct buf *b, const struct listing *l, const struct times *t)
{
	char median[TOOK_TEXT], p95[TOOK_TEXT], most[TOOK_TEXT];
	const char *gap = ": ";

	buf_printf(b, "\n%" PRId64 " municipalities", l->total);
	for (size_t k = 0; k < STATES; k++)
		if (l->count[k]) {
			buf_printf(b, "%s%" PRId64 " %s", gap, l->count[k], states[k]);
			gap = ", ";
		}
	took_format(t->median, median);
	took_format(t->p95, p95);
	took_format(t->max, most);
	if (t->n)
		buf_printf(b,
			"\nfrom approval to enforcement, in the last 30 days: median %s, "
			"95 %% within %s, at most %s (%" PRId64 " measured)\n",
			median, p95, most, t->n);
	else
		buf_puts(b, "\nfrom approval to enforcement: nothing was measured yet\n");
}

static enum err print_table(struct slice answer, struct diag *d)
{
	static const char *const head[] = {"CODE", "STATE", "LAST SEEN", "SIZE", "SET",
		"OUTPUTS", "WHY", "NAME", NULL};
	CLEANUP_BUF struct buf out;
	struct answer whole = {0};
	struct times times = {0};
	struct listing l = {0};
	enum err e;

	buf_init(&out, ANSWER_MAX);
	arena_init(&l.a, 8 * (size_t)ANSWER_MAX);
	table_init(&l.t, head, &l.a);
	e = json_read_array(answer, "orgs", org_fields, sizeof(struct org), true, on_org,
		&l, &l.a, d);
	if (!e)
		e = json_read_answer(answer, answer_fields, &whole, &l.a, d);
	if (!e)
		e = json_read_answer(
			slice_of(whole.enforcement), times_fields, &times, &l.a, d);
	if (!e) {
		table_put(&l.t, &out);
		put_summary(&out, &l, &times);
		e = ctl_print(&out, d);
	}
	arena_done(&l.a);
	return e;
}

enum err ctl_coverage(struct ctl *c, int argc, char **argv, struct diag *d)
{
	CLEANUP_BUF struct buf answer;
	bool json = false;
	enum err e;

	buf_init(&answer, ANSWER_MAX);
	if (!ctl_json(argc, argv, usage, &json, &e))
		return e;
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "coverage: takes no argument");
	e = ctl_login(c, d);
	if (!e)
		e = hub_get(c->hub, "/v1/coverage", &answer, d);
	if (e)
		return e;
	if (!json)
		return print_table(buf_view(&answer), d);
	buf_putc(&answer, '\n');
	return ctl_print(&answer, d);
}
