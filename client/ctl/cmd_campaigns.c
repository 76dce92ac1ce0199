/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/campaign.h"
#include "client/ctl/ctl.h"
#include "client/ctl/table.h"
#include "client/ctl/text.h"
#include "common/clock.h"
#include "common/json_out.h"

#define ANSWER_MAX ((size_t)8 << 20)

static const char usage[] =
	"usage: varselctl campaigns [--all] [--json]\n"
	"       varselctl campaigns --close ID [--reason S]\n"
	"What spreads from one municipality to others: indicators that several of them\n"
	"reported or saw within hours. Newest first.\n"
	"  --all       those that are closed, too\n"
	"  --close ID  it is over: its indicators are no longer urgent for it\n"
	"  --reason S  why, for those who look later\n"
	"  --json      the hub's answer\n";

static enum err on_campaign(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct campaign *c = item;
	struct table *t = ctx;
	char id[TEXT_NUM], orgs[TEXT_NUM], size[TEXT_NUM], what[VALUE_MAX + 40];

	(void)i;
	(void)d;
	table_row(t, (const char *[]){text_num(c->id, id), c->state,
			     text_num(c->orgs, orgs), text_num(c->size, size), c->opened,
			     c->last, campaign_what(c, what, sizeof(what)), c->reason});
	return OK;
}

/* One page: what is older than a hundred campaigns is no news. */
static enum err print_campaigns(struct ctl *c, bool all, bool json, struct diag *d)
{
	static const char *const head[] = {"ID", "STATE", "ORGS", "INDICATORS", "OPENED",
		"LAST", "JOINED BY", "REASON", NULL};
	CLEANUP_BUF struct buf out = {.max = 4 * ANSWER_MAX},
			       answer = {.max = ANSWER_MAX};
	CLEANUP_ARENA struct arena a;
	struct table t;
	enum err e = hub_get(
		c->hub, all ? "/v1/campaigns" : "/v1/campaigns?state=open", &answer, d);

	arena_init(&a, 8 * ANSWER_MAX);
	if (!e && json) {
		buf_putc(&answer, '\n');
		return ctl_print(&answer, d);
	}
	table_init(&t, head, &a);
	if (!e)
		e = json_read_array(buf_view(&answer), "campaigns", campaign_fields,
			sizeof(struct campaign), true, on_campaign, &t, &a, d);
	if (e)
		return e;
	table_put(&t, &out);
	return ctl_print(&out, d);
}

static enum err close_campaign(
	struct ctl *c, int64_t id, const char *reason, struct diag *d)
{
	CLEANUP_BUF struct buf body = {.max = 8192}, answer = {.max = ANSWER_MAX};
	char path[64];
	struct json_out j;

	(void)snprintf(path, sizeof(path), "/v1/campaigns/%lld/close", (long long)id);
	json_put_begin(&j, &body);
	json_put_object(&j, NULL);
	if (reason)
		json_put_str(&j, "reason", reason);
	json_put_object_end(&j);
	if (buf_err(&body))
		return diag_fail(d, ERR_LIMIT, "--reason: too long");
	return hub_post(c->hub, path, "application/json", buf_view(&body), &answer, d);
}

enum err ctl_campaigns(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'a'},
		{"json", no_argument, NULL, 'j'},
		{"close", required_argument, NULL, 'c'},
		{"reason", required_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *reason = NULL;
	bool all = false, json = false;
	int64_t id = 0;
	enum err e;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'a')
			all = true;
		else if (opt == 'j')
			json = true;
		else if (opt == 'r')
			reason = optarg;
		else if (opt != 'c')
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		else if (number_parse(slice_of(optarg), &id, d) || id == 0)
			return diag_fail(
				d, ERR_USAGE, "--close: the number of a campaign");
	}
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "campaigns: takes no argument");
	if (id ? all || json : reason != NULL)
		return diag_fail(d, ERR_USAGE,
			"--reason goes with --close, and nothing else does");
	e = ctl_login(c, d);
	if (e)
		return e;
	return id ? close_campaign(c, id, reason, d) : print_campaigns(c, all, json, d);
}
