/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/ctl.h"
#include "client/ctl/indicator.h"
#include "client/ctl/listing.h"
#include "client/ctl/text.h"
#include "common/clock.h"

#define OUT_MAX ((size_t)1 << 30)

static const char usage[] =
	"usage: varselctl queue [OPTION...]\n"
	"What awaits a decision, most urgent first: what is disputed, then what is in a\n"
	"campaign, then what most municipalities reported.\n"
	"  --kind K      only this kind: ip domain url email md5 sha1 sha256\n"
	"  --min-orgs N  only what at least N municipalities reported\n"
	"  --org CODE    only what this one reported\n"
	"  --tag TAG     only what carries this tag\n"
	"  --json        one array of indicators\n";

/* The flags, and before them whether it is in a campaign, which is none: it forbids
 * nothing. */
static const char *noteworthy(const struct indicator *x, char *out, size_t size)
{
	size_t n = 0;

	if (x->campaigns)
		n = (size_t)snprintf(out, size, "campaign%s", x->flags.n ? "," : "");
	(void)text_list(&x->flags, ",", out + n, size - n);
	return out;
}

static enum err on_indicator(void *ctx, const struct indicator *x, struct diag *d)
{
	struct listing *l = ctx;
	char id[TEXT_NUM], orgs[TEXT_NUM], sightings[TEXT_NUM], flags[128], tags[256];

	(void)d;
	if (l->json) {
		indicator_put(&l->j, NULL, x);
		return OK;
	}
	table_row(&l->t, (const char *[]){text_num(x->id, id), text_num(x->orgs, orgs),
				 text_num(x->sightings, sightings), x->first_seen,
				 x->kind, x->value, x->state, x->action, x->tlp,
				 noteworthy(x, flags, sizeof(flags)),
				 text_list(&x->tags, ",", tags, sizeof(tags))});
	return OK;
}

static enum err print_queue(
	struct ctl *c, const struct queue_filter *filter, bool json, struct diag *d)
{
	static const char *const head[] = {"ID", "ORGS", "SIGHTINGS", "FIRST SEEN",
		"KIND", "VALUE", "STATE", "ACTION", "TLP", "FLAGS", "TAGS", NULL};
	CLEANUP_LISTING struct listing l;
	enum err e;

	listing_begin(&l, json, head, OUT_MAX);
	e = queue_walk(c->hub, filter, on_indicator, &l, d);
	return e ? e : listing_print(&l, d);
}

enum err ctl_queue(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"kind", required_argument, NULL, 'k'},
		{"min-orgs", required_argument, NULL, 'm'},
		{"org", required_argument, NULL, 'o'},
		{"tag", required_argument, NULL, 't'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct queue_filter filter = {0};
	bool json = false;
	enum err e;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'k')
			filter.kind = optarg;
		else if (opt == 'o')
			filter.org = optarg;
		else if (opt == 't')
			filter.tag = optarg;
		else if (opt == 'j')
			json = true;
		else if (opt != 'm')
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		else if (number_parse(slice_of(optarg), &filter.min_orgs, d))
			return diag_at(d, ERR_USAGE, "--min-orgs: ");
	}
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "queue: takes no argument");
	if (filter.kind && !kind_by_name(slice_of(filter.kind)))
		return diag_fail(d, ERR_USAGE, "--kind %s: no such kind", filter.kind);
	e = ctl_login(c, d);
	return e ? e : print_queue(c, &filter, json, d);
}
