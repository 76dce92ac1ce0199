/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>

#include "client/ctl/ctl.h"
#include "client/ctl/listing.h"
#include "client/ctl/text.h"
#include "common/clock.h"

#define OUT_MAX ((size_t)2 << 30)

static const char usage[] =
	"usage: varselctl list [--expiring DURATION] [--kind KIND] [--json]\n"
	"What is in force, from the statements that this program verified itself.\n"
	"  --expiring 7d  only what lapses within that time\n";

static void put_json(struct json_out *j, const struct feed *f, const struct active *a,
	const struct line *l)
{
	const struct feed_statement *s = &f->st[a->by];
	const char *who[ROOT_KEYS];
	size_t n = feed_signers(f, s, who);
	char hex[HASH_HEX];

	hash_hex(&s->id, hex);
	json_put_object(j, NULL);
	json_put_str(j, "kind", kinds[a->kind].name);
	json_put_text(j, "value", a->value);
	json_put_str(j, "action", action_name((enum action)a->action));
	json_put_time(j, "since", a->since);
	json_put_time(j, "until", a->until);
	if (l->tlp != TLP_UNSET)
		json_put_str(j, "tlp", tlp_name(l->tlp));
	if (l->confidence >= 0)
		json_put_num(j, "confidence", l->confidence);
	json_put_num(j, "orgs", l->orgs);
	json_put_flag(j, "override", a->override);
	json_put_array(j, "tags");
	for (size_t i = 0; i < l->ntags; i++)
		json_put_text(j, NULL, l->tags[i]);
	json_put_array_end(j);
	if (s->index == INDEX_CARRIED)
		json_put_null(j, "index");
	else
		json_put_num(j, "index", (int64_t)s->index);
	json_put_str(j, "statement", hex);
	json_put_array(j, "signers");
	for (size_t i = 0; i < n; i++)
		json_put_str(j, NULL, who[i]);
	json_put_array_end(j);
	json_put_object_end(j);
}

static void put_row(struct table *t, struct arena *arena, const struct active *a,
	const struct line *l)
{
	char since[CLOCK_TEXT], until[CLOCK_TEXT], orgs[TEXT_NUM];
	const char *value = arena_dup(arena, a->value);

	clock_format(a->since, since);
	clock_format(a->until, until);
	table_row(t, (const char *[]){kinds[a->kind].name, value,
			     action_name((enum action)a->action), until, since,
			     l->tlp == TLP_UNSET ? "" : tlp_name(l->tlp),
			     text_num(l->orgs, orgs)});
}

static enum err print_list(
	struct ctl *c, const struct kind *kind, int64_t before, bool json, struct diag *d)
{
	static const char *const head[] = {
		"KIND", "VALUE", "ACTION", "UNTIL", "SINCE", "TLP", "ORGS", NULL};
	CLEANUP_LISTING struct listing out;

	listing_begin(&out, json, head, OUT_MAX);
	for (size_t i = 0; i < c->active.n; i++) {
		const struct active *a = &c->active.a[i];
		struct line l;

		if (a->until > before || (kind && kind->id != a->kind))
			continue;
		active_line(a, &l);
		if (json)
			put_json(&out.j, c->feed, a, &l);
		else
			put_row(&out.t, &out.arena, a, &l);
	}
	return listing_print(&out, d);
}

enum err ctl_list(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"expiring", required_argument, NULL, 'e'},
		{"kind", required_argument, NULL, 'k'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const struct kind *kind = NULL;
	int64_t before = INT64_MAX, within;
	bool json = false;
	enum err e;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'e') {
			if (clock_duration(slice_of(optarg), &within, d))
				return diag_at(d, ERR_USAGE, "--expiring: ");
			before = clock_now() + within;
		} else if (opt == 'k') {
			kind = kind_by_name(slice_of(optarg));
			if (!kind)
				return diag_fail(
					d, ERR_USAGE, "--kind %s: no such kind", optarg);
		} else if (opt == 'j') {
			json = true;
		} else {
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		}
	}
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "list: takes no argument");
	c->merges = true;
	e = ctl_follow(c, true, d);
	return e ? e : print_list(c, kind, before, json, d);
}
