/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pull for ever. A signal ends it at once while it only waits, and after the outputs are
 * whole while they are brought up to date; killed at any other point it is as a pull that
 * was killed: the next one goes on from there.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/agent/cli.h"
#include "client/agent/post.h"
#include "client/agent/pull.h"
#include "common/file.h"

#define WAIT      50 /* seconds that the hub may keep us; its own limit */
#define PAUSE_MAX 15 /* seconds between two tries: 98 such ask a hub little */
#define LONG      10 /* a round of so many seconds asks nobody too often */
#define AT_ONCE   3  /* rounds without a pause, when each ends at once */

static volatile sig_atomic_t busy, asked;

static void on_signal(int number)
{
	(void)number;
	if (!busy)
		_exit(0);
	asked = 1;
}

static void set_busy(bool now)
{
	busy = now;
	if (!now && asked)
		_exit(0);
}

static enum err listen_to_signals(struct diag *d)
{
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	if (sigaction(SIGTERM, &act, NULL) != 0 || sigaction(SIGINT, &act, NULL) != 0 ||
		sigaction(SIGHUP, &act, NULL) != 0)
		return diag_fail(d, ERR_INTERNAL, "sigaction: %s", strerror(errno));
	return OK;
}

static int64_t seconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Twice as long after each failure, up to a maximum, and never all at the same time. */
static void rest(unsigned failures)
{
	uint32_t most = 1000u << (failures < 5 ? failures - 1 : 4);
	struct timespec ts;
	uint32_t ms;

	if (most > PAUSE_MAX * 1000u)
		most = PAUSE_MAX * 1000u;
	ms = most / 2 + randombytes_uniform(most / 2 + 1);
	ts = (struct timespec){ms / 1000, (long)(ms % 1000) * 1000000};
	while (nanosleep(&ts, &ts) != 0 && errno == EINTR)
		;
}

struct following {
	struct cli *cli;
	struct config conf;
	bool away; /* the hub did not answer last time: whether it does is asked at once
		    */
	unsigned failures, quick; /* in a row */
	struct diag told;         /* the last trouble; said once */
};

/* A configuration that cannot be read any more leaves the one that could. */
static enum err reload(struct following *x, struct diag *d)
{
	struct config fresh = {0};
	enum err e = config_load(x->cli->config, &fresh, d);

	if (e)
		return e;
	config_free(&x->conf);
	x->conf = fresh;
	return OK;
}

static void tell(struct following *x, enum err e, const struct diag *d)
{
	const char *text = d->text[0] ? d->text : err_text(e);

	if (e && strcmp(text, x->told.text) != 0)
		cli_warn("%s", text);
	if (!e && x->told.text[0])
		cli_warn("all is well again");
	if (e)
		(void)snprintf(x->told.text, sizeof(x->told.text), "%s", text);
	else
		x->told.text[0] = '\0';
}

/* One round, and the pause that it asks for. */
static void follow_once(struct following *x, int wait)
{
	const struct pull_options opt = {
		.wait = x->away ? 0 : wait, .beside = true, .busy = set_busy};
	struct diag *d = &x->cli->d;
	int64_t begun = seconds(), took;
	enum err e, read;

	d->text[0] = '\0';
	read = reload(x, d);
	if (read)
		tell(x, read, d);
	d->text[0] = '\0';
	e = pull(x->cli, &x->conf, &opt);
	took = seconds() - begun;
	if (!read)
		tell(x, e, d);
	x->away = post_is_temporary(e);
	x->failures = e ? (took < LONG ? x->failures + 1 : 1) : 0;
	x->quick = took < 1 ? x->quick + 1 : 0;
	/* news may come thick and fast, or something before the hub may not wait */
	if (x->failures || x->quick > AT_ONCE)
		rest(x->failures ? x->failures : 1);
}

static enum err follow(struct cli *c)
{
	CLEANUP_FD int lock = -1;
	struct following x = {.cli = c};
	char *path = NULL;
	enum err e = reload(&x, &c->d);

	if (e == OK && !(path = config_state(&x.conf, "follow.lock")))
		e = diag_fail(&c->d, ERR_NOMEM, "out of memory");
	if (e == OK)
		e = file_mkdir(x.conf.state_dir, 0755, &c->d);
	if (e == OK)
		e = file_lock(path, &lock, &c->d);
	free(path);
	if (e == OK)
		e = listen_to_signals(&c->d);
	/* what stands here is looked after first */
	for (int wait = 0; e == OK; wait = WAIT)
		follow_once(&x, wait);
	config_free(&x.conf);
	return e;
}

enum err cmd_follow(struct cli *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", options, NULL)) != -1)
		e = cli_option(c, "follow", o);
	if (e == OK && optind != argc)
		e = cli_usage(c, "follow", "follow: takes no argument");
	return e ? e : follow(c);
}
