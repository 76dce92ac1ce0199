/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "client/ctl/ctl.h"
#include "client/ctl/words.h"
#include "client/hub/events.h"
#include "common/clock.h"
#include "common/json_out.h"
#include "common/limits.h"

#define PAUSE_MAX 10 /* seconds between attempts to reach the hub */

static const char usage[] =
	"usage: varselctl watch [--since ID] [--json]\n"
	"Prints what happens as it happens, a line each, until Ctrl-C: reports, "
	"campaigns,\n"
	"sightings, decisions, what municipalities enforce. When the hub is away it "
	"waits\n"
	"for it, and goes on where it was.\n"
	"  --since ID  begins behind that event; 0: with the oldest that is kept\n"
	"  --json      an object a line: id, event, data\n";

static volatile sig_atomic_t stopped;

struct watch {
	struct events_in in;
	bool json;
	enum err err; /* of the output */
	struct diag why;
};

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

static bool is_stopped(void)
{
	return stopped != 0;
}

static bool print_event(void *ctx, const struct hub_event *ev)
{
	CLEANUP_BUF struct buf line = {.max = 4 * EVENT_MAX};
	struct watch *w = ctx;
	struct json_out j;
	struct diag d;

	if (w->json) {
		json_put_begin(&j, &line);
		json_put_object(&j, NULL);
		json_put_num(&j, "id", w->in.id);
		json_put_str(&j, "event", ev->kind);
		json_put_raw(&j, "data", ev->data);
		json_put_object_end(&j);
	} else if (words_put(&line, ev->kind, ev->data, &d)) {
		buf_reset(&line);
		buf_printf(&line, "?  event %s that this program does not understand",
			ev->kind);
	}
	buf_putc(&line, '\n');
	w->err = ctl_print(&line, &w->why);
	return w->err == OK;
}

static enum err watch_signals(struct diag *d)
{
	/* No SA_RESTART: what waits is woken. The second one ends it at once. */
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	(void)sigemptyset(&act.sa_mask);
	if (sigaction(SIGINT, &act, NULL) != 0 || sigaction(SIGTERM, &act, NULL) != 0)
		return diag_fail(d, ERR_INTERNAL, "sigaction: %s", strerror(errno));
	return OK;
}

/* One answer of the hub, from where the last one ended. */
static enum err follow_once(struct ctl *c, struct watch *w, struct diag *d)
{
	struct hub_sink sink = {events_in_take, &w->in, is_stopped};
	char path[64] = "/v1/events";
	enum err e;

	if (w->in.last >= 0)
		(void)snprintf(path, sizeof(path), "/v1/events?after=%lld",
			(long long)w->in.last);
	events_in_again(&w->in);
	e = hub_stream(c->hub, path, &sink, d);
	if (w->err) {
		*d = w->why;
		return w->err;
	}
	if (w->in.failed)
		return diag_fail(d, ERR_SYNTAX, "the hub's events are not understood");
	return e;
}

/* What passes by itself: a hub that starts anew, a network, a limit. */
static bool passes(enum err e)
{
	return e == ERR_UNAVAILABLE || e == ERR_BUSY || e == ERR_DATABASE ||
	       e == ERR_RATE;
}

static enum err watch(struct ctl *c, struct watch *w, struct diag *d)
{
	unsigned pause = 1;
	bool away = false;
	enum err e = OK;

	while (!stopped) {
		struct timespec nap = {pause, 0};
		int64_t before = w->in.last;

		d->text[0] = '\0';
		e = follow_once(c, w, d);
		if (e && !passes(e))
			return stopped ? OK : e;
		if (e && !away && !stopped)
			(void)fprintf(stderr, "varselctl: %s; it will be tried again\n",
				d->text);
		away = e != OK;
		pause = !e || w->in.last != before ? 1 : pause * 2;
		if (pause > PAUSE_MAX)
			pause = PAUSE_MAX;
		if ((e || w->in.last == before) && !stopped)
			(void)nanosleep(&nap, NULL);
	}
	return OK;
}

enum err ctl_watch(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"since", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct watch w = {0};
	int64_t since = -1;
	enum err e;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'j')
			w.json = true;
		else if (opt != 's')
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		else if (number_parse(slice_of(optarg), &since, d))
			return diag_at(d, ERR_USAGE, "--since: ");
	}
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "watch: takes no argument");
	e = ctl_login(c, d);
	if (!e)
		e = watch_signals(d);
	if (e)
		return e;
	events_in_init(&w.in, since, print_event, &w);
	e = watch(c, &w, d);
	events_in_done(&w.in);
	return e;
}
