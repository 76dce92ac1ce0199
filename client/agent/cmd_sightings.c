/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/agent/cli.h"
#include "client/agent/outbox.h"
#include "client/agent/sightings.h"
#include "common/file.h"
#include "common/json_out.h"

#define PATIENCE 120 /* seconds; a pull may be loading a large set */
#define SECONDS  300 /* for a set of a million entries */

static void show_text(void *ctx, const struct tally *t)
{
	(void)ctx;
	for (size_t i = 0; i < t->n; i++) {
		const struct tally_row *r = &t->row[i];

		(void)printf("%lld %s %.*s (%s)\n", (long long)r->count,
			kinds[r->a->kind].name, SLICE_ARG(r->a->value), r->source);
	}
}

static void show_json(void *ctx, const struct tally *t)
{
	CLEANUP_BUF struct buf b;
	struct json_out j;

	(void)ctx;
	buf_init(&b, VALUE_MAX * 8);
	for (size_t i = 0; i < t->n; i++) {
		buf_reset(&b);
		json_put_begin(&j, &b);
		outbox_row(&j, NULL, &t->row[i]);
		(void)printf("%s\n", buf_str(&b));
	}
}

static enum err collect(struct cli *c, const struct config *conf, bool json)
{
	CLEANUP_FD int lock = -1;
	struct standing s = {0};
	enum err e = file_mkdir(conf->state_dir, 0755, &c->d);

	if (e == OK)
		e = standing_lock(conf, PATIENCE, &lock, &c->d);
	if (e == OK)
		e = standing_open(conf, &s, &c->d);
	if (e == OK)
		e = sightings_collect(
			conf, &s, SECONDS, json ? show_json : show_text, NULL, &c->d);
	standing_done(&s);
	return e;
}

enum err cmd_sightings(struct cli *c, int argc, char **argv)
{
	CLEANUP_CONFIG struct config conf = {0};
	struct diag d = {""};
	bool json = false;
	enum err sent, e = cli_json(c, argc, argv, &json);

	if (e == OK && optind != argc)
		e = cli_usage(c, "sightings", "sightings: takes no argument");
	if (e == OK)
		e = config_load(c->config, &conf, &c->d);
	if (e)
		return e;
	e = collect(c, &conf, json);
	d = c->d;
	sent = outbox_send(c, &conf);
	if (e)
		c->d = d;
	return e ? e : sent;
}
