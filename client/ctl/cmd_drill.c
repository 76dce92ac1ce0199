/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/cmd_drill.h"

#include <getopt.h>
#include <stdio.h>

#include <sodium.h>

#include "client/ctl/decide.h"
#include "common/clock.h"

#define LASTS "24h"

static const char usage[] =
	"usage: varselctl drill start [--until TIME] [--json]\n"
	"       varselctl drill report [--json] [ID]\n"
	"A drill shows how fast a decision arrives. start signs that a harmless address\n"
	"and a harmless name are to be enforced, and prints the drill's number: nothing\n"
	"real is at the one, of the ranges for documentation, or at the other, below\n"
	".invalid. report prints how long each municipality took, and names those that\n"
	"did not; without ID of the newest drill in force.\n"
	"  --until 2h|TIME  until when it is enforced (" LASTS ")\n"
	"  --json           as one object\n";

/* RFC 5737 and RFC 6761: never anybody's. */
static const char *const ranges[] = {"192.0.2", "198.51.100", "203.0.113"};

static enum err add(struct picks *p, enum kind_id kind, const char *value, int64_t until,
	struct diag *d)
{
	struct line l = {.kind = &kinds[kind],
		.value = slice_of(value),
		.action = ACTION_BLOCK,
		.tlp = TLP_CLEAR,
		.confidence = -1,
		.until = until,
		.tags = {slice_of(DRILL_TAG)},
		.ntags = 1};

	return picks_add(p, LINE_BUNDLE, &l, d);
}

/* An address that is not in force yet: each drill must be news. */
static enum err choose(
	const struct ctl *c, struct picks *p, int64_t until, struct diag *d)
{
	char ip[24], name[48];
	int tries = 0;
	enum err e;

	do {
		(void)snprintf(ip, sizeof(ip), "%s.%u", ranges[randombytes_uniform(3)],
			1 + randombytes_uniform(254));
		if (++tries > 10000)
			return diag_fail(d, ERR_CONFLICT,
				"the ranges for documentation are all in force: revoke "
				"some");
	} while (activeset_find(&c->active, &kinds[KIND_IP], slice_of(ip)));
	(void)snprintf(name, sizeof(name), "varsel-drill-%08x.invalid",
		(unsigned)randombytes_random());
	e = add(p, KIND_IP, ip, until, d);
	return e ? e : add(p, KIND_DOMAIN, name, until, d);
}

static enum err print_started(const struct picks *p, const struct decisions *done,
	int64_t until, bool json, struct diag *d)
{
	CLEANUP_BUF struct buf out;
	char text[CLOCK_TEXT];
	struct json_out j;

	buf_init(&out, 65536);
	clock_format(until, text);
	if (!json) {
		if (done->proposals)
			decisions_put_proposals(&out, done);
		else
			buf_printf(&out, "drill %lld\n", (long long)done->d[0].index);
		for (size_t i = 0; i < p->n; i++)
			buf_printf(&out, "%s %.*s until %s\n", p->p[i].kind->name,
				SLICE_ARG(p->p[i].value), text);
		return ctl_print(&out, d);
	}
	json_put_begin(&j, &out);
	json_put_object(&j, NULL);
	if (done->proposals)
		json_put_num(&j, "proposal", done->d[0].proposal);
	else
		json_put_num(&j, "id", done->d[0].index);
	json_put_str(&j, "until", text);
	json_put_array(&j, "indicators");
	for (size_t i = 0; i < p->n; i++) {
		json_put_object(&j, NULL);
		json_put_str(&j, "kind", p->p[i].kind->name);
		json_put_text(&j, "value", p->p[i].value);
		json_put_object_end(&j);
	}
	json_put_array_end(&j);
	json_put_object_end(&j);
	buf_putc(&out, '\n');
	return ctl_print(&out, d);
}

static enum err start(struct ctl *c, const char *until_text, bool json, struct diag *d)
{
	struct decisions done = {0};
	struct picks picks;
	int64_t until = 0;
	enum err e;

	picks_init(&picks);
	c->merges = true;
	e = ctl_follow(c, false, d);
	if (!e)
		e = ctl_until(&c->feed->root, until_text, &until, d);
	if (!e)
		e = choose(c, &picks, until, d);
	if (!e)
		e = ctl_signing(c, d);
	if (!e)
		e = decide(c, VERB_APPROVE, "Drill: harmless, only to be timed", &picks,
			&done, d);
	if (!e)
		e = print_started(&picks, &done, until, json, d);
	decisions_done(&done);
	picks_done(&picks);
	return e;
}

enum err ctl_drill(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"until", required_argument, NULL, 'u'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *until = NULL, *what;
	bool json = false;
	int64_t id = 0;
	int opt, more;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'u')
			until = optarg;
		else if (opt == 'j')
			json = true;
		else
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
	}
	what = optind < argc ? argv[optind] : "";
	more = argc - optind - 1;
	if (strcmp(what, "start") == 0 && more == 0)
		return start(c, until ? until : LASTS, json, d);
	if (strcmp(what, "report") != 0 || more > 1 || until)
		return diag_fail(
			d, ERR_USAGE, "drill: start [--until TIME] or report [ID]");
	if (more && number_parse(slice_of(argv[optind + 1]), &id, d))
		return diag_at(d, ERR_USAGE, "drill report: ");
	return drill_report(c, more ? id : -1, json, d);
}
