/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/ctl.h"
#include "client/ctl/decide.h"
#include "client/ctl/targets.h"
#include "common/clock.h"

static const char usage[] =
	"usage: varselctl renew --until 30d|TIME [--reason TEXT] [--json] VALUE...\n"
	"Approves again what is in force, with a later end and all else as it is.\n"
	"Where two must sign, prints \"proposal ID\": see varselctl cosign.\n";

/* The line that is in force, with the later end. */
static enum err add(struct ctl *c, const struct target *t, int64_t until,
	struct picks *picks, struct diag *d)
{
	const struct active *a =
		t->kind ? activeset_find(&c->active, t->kind, slice_of(t->text)) : NULL;
	char text[CLOCK_TEXT];
	struct line l;

	if (!t->kind)
		return diag_fail(
			d, ERR_USAGE, "renew: \"%s\": a value, not an id", t->text);
	if (!a)
		return diag_fail(
			d, ERR_VALUE, "%s %s: not in force", t->kind->name, t->text);
	clock_format(a->until, text);
	if (a->until >= until)
		return diag_fail(d, ERR_VALUE,
			"%s %s: runs until %s already (to shorten it, revoke and "
			"approve)",
			t->kind->name, t->text, text);
	active_line(a, &l);
	l.until = until;
	return picks_add(picks, LINE_BUNDLE, &l, d);
}

static enum err print_result(
	const struct decisions *done, int64_t until, bool json, struct diag *d)
{
	CLEANUP_BUF struct buf out;
	char text[CLOCK_TEXT];
	struct json_out j;

	buf_init(&out, 1u << 20);
	clock_format(until, text);
	if (json) {
		json_put_begin(&j, &out);
		json_put_object(&j, NULL);
		json_put_num(&j, "renewed", (int64_t)done->count);
		json_put_num(&j, "proposed", (int64_t)done->proposed);
		json_put_time(&j, "until", until);
		decisions_put(&j, done);
		json_put_object_end(&j);
		buf_putc(&out, '\n');
	} else {
		if (done->count || !done->proposals)
			buf_printf(&out, "renewed %zu until %s\n", done->count, text);
		decisions_put_proposals(&out, done);
	}
	return ctl_print(&out, d);
}

struct options {
	struct targets targets;
	const char *until, *reason;
	bool json;
};

static enum err renew(struct ctl *c, struct options *o, struct diag *d)
{
	struct decisions done = {0};
	struct picks picks;
	int64_t until;
	enum err e;

	picks_init(&picks);
	c->merges = true;
	e = ctl_follow(c, false, d);
	if (!e)
		e = ctl_until(&c->feed->root, o->until, &until, d);
	for (size_t i = 0; !e && i < o->targets.n; i++)
		e = add(c, &o->targets.t[i], until, &picks, d);
	if (!e)
		e = ctl_signing(c, d);
	if (!e)
		e = decide(c, VERB_APPROVE, o->reason ? o->reason : "Renewed", &picks,
			&done, d);
	if (!e)
		e = print_result(&done, until, o->json, d);
	decisions_done(&done);
	picks_done(&picks);
	return e;
}

enum err ctl_renew(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"until", required_argument, NULL, 'u'},
		{"reason", required_argument, NULL, 'r'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct options o = {0};
	enum err e = OK;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'u')
			o.until = optarg;
		else if (opt == 'r')
			o.reason = optarg;
		else if (opt == 'j')
			o.json = true;
		else
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
	}
	if (!o.until || optind == argc)
		return diag_fail(d, ERR_USAGE, "renew: give --until and a VALUE");
	if (o.reason && (!*o.reason || strlen(o.reason) > REASON_MAX))
		return diag_fail(d, ERR_USAGE, "--reason: 1 to %d bytes", REASON_MAX);
	targets_init(&o.targets);
	for (int i = optind; !e && i < argc; i++)
		e = targets_add(&o.targets, argv[i], d);
	if (!e)
		e = renew(c, &o, d);
	targets_done(&o.targets);
	return e;
}
