/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/ctl.h"
#include "client/ctl/decide.h"
#include "client/ctl/expand.h"

static const char usage[] =
	"usage: varselctl revoke --reason TEXT [--from FILE] [--json] [ID|VALUE...]\n"
	"Out of every firewall at the next pull: each VALUE and all that is in force "
	"inside\n"
	"it (addresses of a prefix, subdomains). URLs under it are named and not "
	"touched.\n"
	"Exit status 65 after revoking when something wider still covers a VALUE.\n"
	"  --reason TEXT  stands in the bundle, for everyone to read\n"
	"  --from FILE    ids and values from a file, one a line; -: stdin\n"
	"  --json         what was done, as one object\n";

struct options {
	struct targets targets;
	const char *reason;
	bool json;
};

static void put_keys(struct json_out *j, const struct picks *picks)
{
	json_put_array(j, "keys");
	for (size_t i = 0; i < picks->n; i++) {
		json_put_object(j, NULL);
		json_put_str(j, "kind", picks->p[i].kind->name);
		json_put_text(j, "value", picks->p[i].value);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

/* Lines of text as an array of strings. */
static void put_lines(struct json_out *j, const char *name, struct slice lines)
{
	struct slice line;

	json_put_array(j, name);
	while (lines.n) {
		(void)slice_cut(&lines, '\n', &line);
		json_put_text(j, NULL, line);
	}
	json_put_array_end(j);
}

static enum err print_result(const struct expansion *x, const struct decisions *done,
	bool json, struct diag *d)
{
	CLEANUP_BUF struct buf out;
	struct json_out j;

	buf_init(&out, (size_t)1 << 30);
	if (!json) {
		for (size_t i = 0; i < x->picks.n; i++)
			buf_printf(&out, "%.*s", SLICE_ARG(x->picks.p[i].line));
		buf_printf(&out, "revoked %zu\n", done->count);
		return ctl_print(&out, d);
	}
	json_put_begin(&j, &out);
	json_put_object(&j, NULL);
	json_put_num(&j, "revoked", (int64_t)done->count);
	put_keys(&j, &x->picks);
	put_lines(&j, "wider", buf_view(&x->wider));
	put_lines(&j, "urls", buf_view(&x->urls));
	decisions_put(&j, done);
	json_put_object_end(&j);
	buf_putc(&out, '\n');
	return ctl_print(&out, d);
}

/* Said on stderr whatever the output: what the command did not do. */
static enum err complain(struct expansion *x, struct diag *d)
{
	(void)fputs(buf_str(&x->absent), stderr);
	if (x->urls.len)
		(void)fprintf(stderr, "URLs under what is revoked, not touched:\n%s",
			buf_str(&x->urls));
	(void)fputs(buf_str(&x->wider), stderr);
	if (x->nwider)
		return diag_fail(d, ERR_VALUE, "something wider still covers %zu of them",
			x->nwider);
	if (x->nabsent)
		return diag_fail(d, ERR_VALUE, "%zu were not in force", x->nabsent);
	return OK;
}

static enum err revoke(struct ctl *c, struct options *o, struct diag *d)
{
	struct decisions done = {0};
	struct expansion x = {0};
	enum err e;

	c->merges = true;
	/* to take something out must be possible when trust in the hub is in doubt */
	e = ctl_follow(c, true, d);
	if (!e)
		e = targets_resolve(&o->targets, c->hub, d);
	if (!e)
		e = expand(&c->active, &o->targets, &x, d);
	if (!e && x.picks.n)
		e = ctl_signing(c, d);
	if (!e)
		e = decide(c, VERB_REVOKE, o->reason, &x.picks, &done, d);
	if (!e && (x.picks.n || o->json))
		e = print_result(&x, &done, o->json, d);
	if (!e)
		e = complain(&x, d);
	decisions_done(&done);
	expansion_done(&x);
	return e;
}

enum err ctl_revoke(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"reason", required_argument, NULL, 'r'},
		{"from", required_argument, NULL, 'f'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct options o = {0};
	enum err e = OK;
	int opt;

	targets_init(&o.targets);
	while (!e && (opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'r')
			o.reason = optarg;
		else if (opt == 'j')
			o.json = true;
		else if (opt == 'f')
			e = targets_read(&o.targets, optarg, d);
		else {
			targets_done(&o.targets);
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		}
	}
	for (int i = optind; !e && i < argc; i++)
		e = targets_add(&o.targets, argv[i], d);
	if (!e && (!o.reason || !*o.reason || strlen(o.reason) > REASON_MAX))
		e = diag_fail(
			d, ERR_USAGE, "revoke: give --reason, 1 to %d bytes", REASON_MAX);
	if (!e && !o.targets.n)
		e = diag_fail(d, ERR_USAGE, "revoke: give a VALUE or an ID");
	if (!e)
		e = revoke(c, &o, d);
	targets_done(&o.targets);
	return e;
}
