/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <unistd.h>

#include "client/agent/cli.h"
#include "client/agent/pull.h"
#include "common/clock.h"

#define WAIT_MAX   50
#define JITTER_MAX 3600

enum { OPT_WAIT = 256, OPT_JITTER, OPT_CONFIRM };

static const struct option options[] = {
	{"wait", required_argument, NULL, OPT_WAIT},
	{"jitter", required_argument, NULL, OPT_JITTER},
	{"confirm", no_argument, NULL, OPT_CONFIRM},
	{"dry-run", no_argument, NULL, 'n'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static enum err seconds(struct cli *c, const char *what, int64_t max, int *ret)
{
	int64_t v;

	if (number_parse(slice_of(optarg), &v, NULL) || v > max)
		return cli_usage(c, "pull", "--%s %s: not seconds from 0 to %lld", what,
			optarg, (long long)max);
	*ret = (int)v;
	return OK;
}

/* A part of `most` seconds that depends on the key alone, so that the hub sees 98
 * municipalities' crons spread out, and each at its own regular time. */
static enum err jitter(struct cli *c, const struct config *conf, int most)
{
	CLEANUP_SECKEY struct seckey k = {0};
	unsigned v = 0;
	struct hash h;
	enum err e = config_key(conf, &k, &c->d);

	if (e || most == 0)
		return e;
	h = hash_of(slice_mem(k.pub.pk, sizeof(k.pub.pk)));
	for (size_t i = 0; i < 4; i++)
		v = v << 8 | h.b[i];
	v %= (unsigned)most;
	cli_say(c, "waiting %u seconds (--jitter)", v);
	while (v > 0)
		v = sleep(v);
	return OK;
}

enum err cmd_pull(struct cli *c, int argc, char **argv)
{
	CLEANUP_CONFIG struct config conf = {0};
	struct pull_options opt = {0};
	int o, delay = 0;
	enum err e = OK;

	while (e == OK && (o = getopt_long(argc, argv, "nvh", options, NULL)) != -1) {
		if (o == OPT_WAIT)
			e = seconds(c, "wait", WAIT_MAX, &opt.wait);
		else if (o == OPT_JITTER)
			e = seconds(c, "jitter", JITTER_MAX, &delay);
		else if (o == OPT_CONFIRM)
			opt.confirm = true;
		else if (o == 'n')
			opt.dry = true;
		else
			e = cli_option(c, "pull", o);
	}
	if (e == OK && optind != argc)
		e = cli_usage(c, "pull", "pull: takes no argument");
	if (e == OK)
		e = config_load(c->config, &conf, &c->d);
	if (e == OK && delay)
		e = jitter(c, &conf, delay);
	return e ? e : pull(c, &conf, &opt);
}
