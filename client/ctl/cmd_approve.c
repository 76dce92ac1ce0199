/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ctl.h"
#include "client/ctl/decide.h"
#include "client/ctl/select.h"
#include "client/ctl/targets.h"
#include "common/clock.h"

static const char usage[] =
	"usage: varselctl approve [OPTION...] [ID|VALUE...]\n"
	"Signs that these are to be enforced, and hands that to the hub. A VALUE that "
	"nobody\n"
	"reported is taken too. What is flagged is refused, and left alone in the "
	"queue.\n"
	"Where two must sign, prints \"proposal ID\": see varselctl cosign.\n"
	"  --from FILE           ids and values from a file, one a line; -: stdin\n"
	"  --all                 everything pending that carries no flag\n"
	"  --org CODE, --tag TAG, --kind KIND\n"
	"                        everything pending of this municipality, tag, kind\n"
	"  --until 30d|TIME      until when (30d)\n"
	"  --action block|watch  instead of what was reported\n"
	"  --reason TEXT         stands in the bundle, for everyone to read\n"
	"  --override            also what is flagged, when it is named; needs --reason\n"
	"  --json                what was done, as one object\n";

struct options {
	struct targets targets;
	struct queue_filter filter;
	bool queue, json, override, has_action;
	enum action action;
	const char *until, *reason;
};

enum { ALL = 1000, FROM, ORG, TAG, KIND, UNTIL, ACTION, REASON, OVERRIDE, JSON };

static const struct option options[] = {
	{"all", no_argument, NULL, ALL},
	{"from", required_argument, NULL, FROM},
	{"org", required_argument, NULL, ORG},
	{"tag", required_argument, NULL, TAG},
	{"kind", required_argument, NULL, KIND},
	{"until", required_argument, NULL, UNTIL},
	{"action", required_argument, NULL, ACTION},
	{"reason", required_argument, NULL, REASON},
	{"override", no_argument, NULL, OVERRIDE},
	{"json", no_argument, NULL, JSON},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static enum err take_option(struct options *o, int opt, const char *arg, struct diag *d)
{
	switch (opt) {
	case FROM:
		return targets_read(&o->targets, arg, d);
	case ORG:
		o->filter.org = arg;
		break;
	case TAG:
		o->filter.tag = arg;
		break;
	case KIND:
		if (!kind_by_name(slice_of(arg)))
			return diag_fail(d, ERR_USAGE, "--kind %s: no such kind", arg);
		o->filter.kind = arg;
		break;
	case UNTIL:
		o->until = arg;
		break;
	case ACTION:
		o->has_action = true;
		return action_parse(slice_of(arg), &o->action, d) ? ERR_USAGE : OK;
	case REASON:
		o->reason = arg;
		break;
	case OVERRIDE:
		o->override = true;
		break;
	case JSON:
		o->json = true;
		break;
	default:
		break;
	}
	o->queue = o->queue || opt == ALL || opt == ORG || opt == TAG || opt == KIND;
	return OK;
}

static enum err check_options(struct options *o, struct diag *d)
{
	size_t n = o->reason ? strlen(o->reason) : 1;

	if (!o->queue && !o->targets.n)
		return diag_fail(d, ERR_USAGE, "approve: give an ID, a VALUE or --all");
	if (o->override && !o->reason)
		return diag_fail(d, ERR_USAGE, "approve: --override needs --reason");
	if (n == 0 || n > REASON_MAX)
		return diag_fail(d, ERR_USAGE, "--reason: 1 to %d bytes", REASON_MAX);
	if (!o->reason)
		o->reason = "Approved";
	return OK;
}

static enum err print_result(const struct options *o, const struct selection *s,
	const struct decisions *done, struct diag *d)
{
	CLEANUP_BUF struct buf out;
	char until[CLOCK_TEXT];
	struct json_out j;

	buf_init(&out, 64u << 20);
	clock_format(s->until, until);
	if (!o->json) {
		if (done->count || !done->proposals)
			buf_printf(&out, "approved %zu of %zu until %s\n", done->count,
				s->of, until);
		decisions_put_proposals(&out, done);
		if (s->flagged)
			buf_printf(&out, "left in the queue for their flags: %zu\n",
				s->flagged);
		return ctl_print(&out, d);
	}
	json_put_begin(&j, &out);
	json_put_object(&j, NULL);
	json_put_num(&j, "approved", (int64_t)done->count);
	json_put_num(&j, "proposed", (int64_t)done->proposed);
	json_put_num(&j, "of", (int64_t)s->of);
	json_put_num(&j, "flagged", (int64_t)s->flagged);
	json_put_time(&j, "until", s->until);
	decisions_put(&j, done);
	json_put_object_end(&j);
	buf_putc(&out, '\n');
	return ctl_print(&out, d);
}

static enum err collect(
	struct ctl *c, struct options *o, struct selection *s, struct diag *d)
{
	enum err e = OK;

	s->has_action = o->has_action;
	s->action = o->action;
	s->override = o->override;
	e = ctl_until(&c->feed->root, o->until, &s->until, d);
	if (!e && o->targets.n)
		e = select_targets(s, c->hub, o->targets.t, o->targets.n, d);
	if (!e && o->queue)
		e = select_queue(s, c->hub, &o->filter, d);
	if (e || !s->refused.len)
		return e;
	(void)fputs(buf_str(&s->refused), stderr);
	return diag_fail(d, ERR_VALUE, "nothing was approved: %s",
		o->override ? "these cannot be"
			    : "these need a closer look, and perhaps --override");
}

static enum err approve(struct ctl *c, struct options *o, struct diag *d)
{
	struct decisions done = {0};
	struct selection s;
	enum err e;

	selection_init(&s);
	e = ctl_follow(c, false, d);
	if (!e)
		e = collect(c, o, &s, d);
	if (!e && s.picks.n)
		e = ctl_signing(c, d);
	if (!e)
		e = decide(c, VERB_APPROVE, o->reason, &s.picks, &done, d);
	if (!e || done.n) {
		enum err printed = print_result(o, &s, &done, e ? NULL : d);

		e = e ? e : printed;
	}
	decisions_done(&done);
	selection_done(&s);
	return e;
}

enum err ctl_approve(struct ctl *c, int argc, char **argv, struct diag *d)
{
	struct options o = {0};
	enum err e = OK;
	int opt;

	targets_init(&o.targets);
	while (!e && (opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'h') {
			targets_done(&o.targets);
			return ctl_help(usage);
		}
		e = opt == '?' ? ERR_USAGE : take_option(&o, opt, optarg, d);
	}
	for (int i = optind; !e && i < argc; i++)
		e = targets_add(&o.targets, argv[i], d);
	if (!e)
		e = check_options(&o, d);
	if (!e)
		e = approve(c, &o, d);
	targets_done(&o.targets);
	return e;
}
