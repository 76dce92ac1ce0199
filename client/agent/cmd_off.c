/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Break glass. Lifting must work when little else does: without the hub, on a full disk,
 * with a state that cannot be read, beside a pull that hangs. So each step that fails is
 * told, and the next one is tried all the same.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/agent/apply.h"
#include "client/agent/cli.h"
#include "client/agent/enforce.h"
#include "client/agent/gather.h"
#include "client/agent/pull.h"
#include "client/agent/receipt.h"
#include "client/agent/sightings.h"
#include "common/file.h"

#define COUNT_SECONDS 5 /* for what the firewall has counted: then it is lost */
#define PATIENCE      5 /* seconds; then a pull at work will find what we did and follow */

enum { OPT_FOR = 256 };

static const struct option off_options[] = {
	{"for", required_argument, NULL, OPT_FOR},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static const struct option on_options[] = {
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static enum err parse_for(struct cli *c, int64_t *ret)
{
	if (clock_duration(slice_of(optarg), ret, &c->d))
		return diag_at(&c->d, ERR_USAGE, "off: --for: ");
	if (*ret < 1 || *ret > OFF_MAX)
		return cli_usage(c, "off", "off: --for %s: not from 1s to %dh", optarg,
			OFF_MAX / 3600);
	return OK;
}

/* Keeps the first failure and tells the others. */
static void note(struct cli *c, enum err *first, enum err e, const struct diag *d)
{
	if (e && *first == OK)
		*first = diag_fail(&c->d, e, "%s", d->text);
	else if (e)
		cli_warn("%s", d->text);
}

/* For the hub to know: it is told when everything is lifted already. */
static void note_receipt(struct cli *c, const struct config *conf, const struct state *s)
{
	char *dir = config_state(conf, "feed");
	struct followed followed = {0};
	struct feed *f = NULL;
	struct diag d = {""};

	if (dir && feed_open(dir, conf->root, conf->channel, &f, &d) == OK) {
		followed_note(f, &followed);
		receipt_note(c, conf, &followed, s);
	}
	feed_close(&f);
	free(dir);
}

static enum err lift(struct cli *c, const struct config *conf, const struct off *off)
{
	CLEANUP_FD int lock = -1;
	struct standing s = {0};
	struct apply a = {.config = conf, .off = off, .now = off->since};
	struct diag d = {""};
	enum err first = OK;

	note(c, &first, file_mkdir(conf->state_dir, 0755, &d), &d);
	note(c, &first, off_write(conf, off, &d), &d);
	if (standing_lock(conf, PATIENCE, &lock, &d))
		cli_warn("%s; gone on all the same", d.text);
	note(c, &first, standing_open(conf, &s, &d), &d);
	if (lock >= 0)
		sightings_note(conf, &s, COUNT_SECONDS);
	note(c, &first, apply_all(&a, &s.state, &d), &d);
	note_receipt(c, conf, &s.state);
	note(c, &first, state_save(conf, &s.state, &d), &d);
	standing_done(&s);
	file_close(&lock);
	lock = -1;
	receipt_send(c, conf);
	return first;
}

static enum err off(struct cli *c, int64_t seconds)
{
	CLEANUP_CONFIG struct config conf = {0};
	struct off x = {.since = clock_now()};
	char text[OFF_TEXT];
	enum err e = config_load(c->config, &conf, &c->d);

	if (e)
		return e;
	x.until = x.since + seconds;
	e = lift(c, &conf, &x);
	off_text(&x, text);
	(void)printf("%s%s; varsel on restores everything at once\n", text,
		e ? ", but not all of it" : ": nothing is enforced here");
	notify(&conf, text);
	return e;
}

enum err cmd_off(struct cli *c, int argc, char **argv)
{
	int64_t seconds = 3600;
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", off_options, NULL)) != -1) {
		if (o == OPT_FOR)
			e = parse_for(c, &seconds);
		else
			e = cli_option(c, "off", o);
	}
	if (e == OK && optind != argc)
		e = cli_usage(c, "off", "off: takes no argument");
	return e ? e : off(c, seconds);
}

enum err cmd_on(struct cli *c, int argc, char **argv)
{
	CLEANUP_CONFIG struct config conf = {0};
	const struct pull_options opt = {.offline = true};
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", on_options, NULL)) != -1)
		e = cli_option(c, "on", o);
	if (e == OK && optind != argc)
		e = cli_usage(c, "on", "on: takes no argument");
	if (e == OK)
		e = config_load(c->config, &conf, &c->d);
	if (e == OK)
		e = off_remove(&conf, &c->d);
	return e ? e : pull(c, &conf, &opt);
}
