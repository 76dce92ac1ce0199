/* SPDX-License-Identifier: BSD-2-Clause */
/* varseld run: everything put together, until SIGTERM or SIGINT. */
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "server/alert/courier.h"
#include "server/command.h"
#include "server/core/neverblock.h"
#include "server/http/herald.h"
#include "server/http/keeper.h"
#include "server/http/server.h"

#define SHELF_MAX ((size_t)512 << 20) /* bytes of bundles in memory */
#define STOP_MS   8000                /* for requests to finish */

struct hub {
	struct config config;
	struct service service;
	struct metrics metrics;
	struct server server;
	struct keeper keeper;
	struct herald herald;
	struct courier courier;
	struct allow never_block;
};

static const char usage[] =
	"usage: varseld [-c FILE] run\n"
	"Serves in the foreground until SIGTERM or SIGINT; a second one means at once.\n";

static sigset_t stop_signals;

/* A second signal means: now. */
static bool hurry(void)
{
	static const struct timespec now = {0, 0};

	return sigtimedwait(&stop_signals, NULL, &now) > 0;
}

/* Said at each start, so that a list that went bad does not go unseen. */
static enum err load_never_block(struct hub *h, struct diag *d)
{
	struct warninglist files;
	enum err e = neverblock_load(
		&h->service.core, &h->config.never_block, &h->never_block, &files, d);

	if (e)
		return e;
	h->service.core.never_block = &h->never_block;
	if (files.skipped)
		(void)fprintf(stderr,
			"varseld: never-block: %zu entries taken, %zu skipped: %s\n",
			files.taken, files.skipped, files.first.text);
	return OK;
}

static enum err open_service(struct hub *h, struct diag *d)
{
	struct service *s = &h->service;
	char path[STATE_PATH];
	enum err e;

	keysoff_init(&s->off);
	seen_init(&s->seen);
	sessions_init(&s->sessions);
	refusals_init(&s->refusals);
	tail_init(&s->tail);
	s->metrics = &h->metrics;
	s->core = config_core(&h->config);
	s->feed = feed_new(SHELF_MAX);
	if (!s->feed)
		return ERR_NOMEM;
	e = load_never_block(h, d);
	if (e)
		return e;
	e = log_open(h->config.state_dir, h->config.origin, feed_publish, s->feed,
		&s->core.log, d);
	if (!e)
		e = config_state_path(&h->config, STATE_JWT_KEY, path, d);
	if (!e)
		e = jwt_key_load(path, h->config.hub, &s->jwt, d);
	if (!e && !seckey_memory_locks())
		(void)fputs("varseld: the keys may be written to swap: their memory "
			    "cannot be "
			    "locked; raise RLIMIT_MEMLOCK (LimitMEMLOCK= of the unit)\n",
			stderr);
	return e;
}

static void close_service(struct service *s)
{
	log_close(&s->core.log);
	feed_free(s->feed);
	jwt_key_done(&s->jwt);
	keysoff_done(&s->off);
	seen_done(&s->seen);
	sessions_done(&s->sessions);
	refusals_done(&s->refusals);
	tail_done(&s->tail);
}

static enum err start(struct hub *h, struct diag *d)
{
	enum err e = open_service(h, d);

	if (!e)
		e = receivers_open(&h->config.receivers, d);
	if (!e)
		e = server_bind(&h->server, &h->config, &h->service, &h->metrics, d);
	if (!e)
		e = server_start(&h->server, d);
	if (!e)
		e = courier_start(&h->courier, &h->service.core, h->config.database,
			&h->config.receivers, &h->config.notify, &h->config.notify_events,
			d);
	if (!e)
		e = herald_start(&h->herald, &h->server, h->config.database, d);
	return e ? e : keeper_start(&h->keeper, &h->service, h->config.database, d);
}

static void serve(struct hub *h)
{
	int sig = 0;

	(void)fprintf(stderr, "varseld: %s serves %s on %s\n", h->config.hub,
		h->config.channel, h->config.listen);
	(void)sd_notify(0, "READY=1");
	while (sigwait(&stop_signals, &sig) != 0)
		;
	(void)sd_notify(0, "STOPPING=1");
	(void)fprintf(stderr, "varseld: stopping\n");
}

int cmd_run(const struct invocation *inv, int argc, char **argv)
{
	struct hub *h;
	struct diag d = {""};
	enum err e;

	if (argc > 1) {
		bool help = argc == 2 && strcmp(argv[1], "-h") == 0;

		(void)fputs(usage, help ? stdout : stderr);
		return help ? EX_OK : EX_USAGE;
	}
	/* Before the first thread: they inherit it, and only serve() waits for them. */
	(void)signal(SIGPIPE, SIG_IGN);
	sigemptyset(&stop_signals);
	sigaddset(&stop_signals, SIGTERM);
	sigaddset(&stop_signals, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &stop_signals, NULL);
	h = calloc(1, sizeof(*h));
	if (!h || sodium_init() < 0)
		return EX_OSERR;
	h->server.main.acceptor.fd = h->server.main.acceptor.stop = -1;
	h->server.scrape.acceptor.fd = h->server.scrape.acceptor.stop = -1;
	e = config_open(inv->config, &h->config, &d);
	if (!e) {
		e = start(h, &d);
		if (!e)
			serve(h);
		atomic_store(&h->service.stopping, true);
		server_stop(&h->server, STOP_MS, hurry);
		courier_stop(&h->courier);
		herald_stop(&h->herald);
		keeper_stop(&h->keeper);
		close_service(&h->service);
		allow_done(&h->never_block);
		config_close(&h->config);
	}
	free(h);
	if (e)
		(void)fprintf(
			stderr, "varseld run: %s\n", d.text[0] ? d.text : err_text(e));
	return err_exit(e);
}
