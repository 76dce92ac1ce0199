/* SPDX-License-Identifier: BSD-2-Clause */
/* Active indicators in the logs of this municipality. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/agent/cli.h"
#include "client/agent/hunt/hunt.h"
#include "client/agent/outbox.h"
#include "client/feed/feed.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json_out.h"

enum { OPT_SINCE = 256, OPT_JSON, OPT_COUNT, OPT_NO_REPORT, OPT_ALL };

static const struct option options[] = {
	{"since", required_argument, NULL, OPT_SINCE},
	{"json", no_argument, NULL, OPT_JSON},
	{"count", no_argument, NULL, OPT_COUNT},
	{"no-report", no_argument, NULL, OPT_NO_REPORT},
	{"all", no_argument, NULL, OPT_ALL},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

struct hunting {
	struct config conf;
	struct feed *feed;
	struct feed_decisions in;
	struct hunt hunt;
	struct buf line;
	char *memory; /* path of the positions */
	int lock;
	bool json, count, silent_hub;
};

static void show_text(void *ctx, const struct active *a, struct slice matched,
	const char *file, uint64_t line)
{
	(void)ctx;
	(void)printf("%s:%llu: %s %.*s", file, (unsigned long long)line,
		kinds[a->kind].name, SLICE_ARG(a->value));
	if (!slice_same(matched, a->value))
		(void)printf(" (%.*s)", SLICE_ARG(matched));
	(void)putchar('\n');
}

static void show_json(void *ctx, const struct active *a, struct slice matched,
	const char *file, uint64_t line)
{
	struct hunting *x = ctx;
	struct json_out j;

	buf_reset(&x->line);
	json_put_begin(&j, &x->line);
	json_put_object(&j, NULL);
	json_put_str(&j, "kind", kinds[a->kind].name);
	json_put_text(&j, "value", a->value);
	json_put_text(&j, "matched", matched);
	json_put_str(&j, "file", file);
	json_put_num(&j, "line", (int64_t)line);
	json_put_object_end(&j);
	(void)printf("%s\n", buf_str(&x->line));
}

static void print_counts(const struct tally *t)
{
	for (size_t i = 0, k; i < t->n; i = k) {
		const struct active *a = t->row[i].a;
		int64_t n = 0;

		for (k = i; k < t->n && t->row[k].a == a; k++)
			n += t->row[k].count;
		(void)printf("%lld %s %.*s\n", (long long)n, kinds[a->kind].name,
			SLICE_ARG(a->value));
	}
}

static enum err since(struct cli *c, int64_t now, int64_t *ret)
{
	int64_t back;

	if (clock_duration(slice_of(optarg), &back, NULL) == OK)
		*ret = back < now ? now - back : 1;
	else if (clock_until(slice_of(optarg), now, ret, NULL))
		return cli_usage(c, "hunt",
			"hunt: --since %s: neither a time nor a duration such as 7d",
			optarg);
	return OK;
}

static enum err read_options(struct cli *c, struct hunting *x, int argc, char **argv)
{
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		if (o == OPT_SINCE)
			e = since(c, x->hunt.now, &x->hunt.since);
		else if (o == OPT_JSON)
			x->json = true;
		else if (o == OPT_COUNT)
			x->count = true;
		else if (o == OPT_NO_REPORT)
			x->silent_hub = true;
		else if (o == OPT_ALL)
			x->hunt.all = true;
		else
			e = cli_option(c, "hunt", o);
	}
	if (e == OK && x->json && x->count)
		e = cli_usage(c, "hunt", "hunt: --json or --count, not both");
	if (e == OK && optind == argc)
		e = cli_usage(c, "hunt", "hunt: which logs?");
	return e;
}

static enum err prepare(struct cli *c, struct hunting *x)
{
	char *dir, *lock;
	enum err e = config_load(c->config, &x->conf, &c->d);

	if (e)
		return e;
	dir = config_state(&x->conf, "feed");
	lock = config_state(&x->conf, "hunt.lock");
	x->memory = config_state(&x->conf, "hunt");
	e = dir && lock && x->memory ? OK : diag_fail(&c->d, ERR_NOMEM, "out of memory");
	if (e == OK)
		e = file_mkdir(x->conf.state_dir, 0755, &c->d);
	if (e == OK)
		e = file_lock(lock, &x->lock, &c->d);
	if (e == OK)
		e = positions_load(x->memory, &x->hunt.positions, &c->d);
	if (e == OK && c->d.text[0])
		cli_warn("%s", c->d.text);
	c->d.text[0] = '\0';
	if (e == OK)
		e = outbox_take_back(&x->conf, "hunt", x->hunt.positions.run, &c->d);
	if (e == OK)
		e = feed_open(dir, x->conf.root, x->conf.channel, &x->feed, &c->d);
	if (e == OK)
		e = feed_decisions(x->feed, x->hunt.now, &x->in, &c->d);
	if (e == OK && hunt_init(&x->hunt, x->in.in, x->in.n))
		e = diag_fail(&c->d, ERR_NOMEM, "out of memory");
	x->hunt.rpz_log = x->conf.rpz_log.n > 0;
	free(dir);
	free(lock);
	return e;
}

/* What was counted goes to the outbox first, then how far the logs were read is stored:
 * nothing is counted twice, whenever this is killed. */
static enum err keep(struct cli *c, struct hunting *x)
{
	struct positions *p = &x->hunt.positions;
	enum err e = OK;

	p->run++;
	tally_limit(&x->hunt.tally, x->hunt.now - SIGHTING_AGE_MAX + 86400);
	tally_leave(&x->hunt.tally, HUNT_LEFT);
	if (!x->silent_hub)
		e = outbox_put(&x->conf, "hunt", p->run, &x->hunt.tally, &c->d);
	return e ? e : positions_save(x->memory, p, x->hunt.now, &c->d);
}

static enum err hunt(struct cli *c, struct hunting *x, char **files)
{
	enum err e = prepare(c, x), first = OK;
	struct diag d = {""};

	if (e)
		return e;
	x->hunt.show = x->count ? NULL : x->json ? show_json : show_text;
	x->hunt.ctx = x;
	for (; *files; files++) {
		e = hunt_file(&x->hunt, *files, &c->d);
		if (e && first)
			cli_warn("%s", d.text);
		if (e) {
			first = e;
			d = c->d;
		}
	}
	tally_sort(&x->hunt.tally);
	if (x->count)
		print_counts(&x->hunt.tally);
	cli_say(c, "%llu hits, %zu indicators known", (unsigned long long)x->hunt.hits,
		x->hunt.needles.count);
	e = cli_flush(c);
	if (e == OK)
		e = keep(c, x);
	if (e == OK && !x->silent_hub)
		e = outbox_send(c, &x->conf);
	if (e == OK && first)
		c->d = d;
	return e ? e : first;
}

enum err cmd_hunt(struct cli *c, int argc, char **argv)
{
	struct hunting x = {.lock = -1};
	enum err e;

	x.hunt.now = clock_now();
	buf_init(&x.line, SCAN_LINE_MAX * 8);
	e = read_options(c, &x, argc, argv);
	if (e == OK)
		e = hunt(c, &x, argv + optind);
	hunt_done(&x.hunt);
	feed_decisions_done(&x.in);
	feed_close(&x.feed);
	file_close(&x.lock);
	free(x.memory);
	buf_done(&x.line);
	config_free(&x.conf);
	return e;
}
