/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "common/clock.h"
#include "common/file.h"
#include "server/admin/console.h"
#include "server/core/roots.h"

static const char usage[] = "usage: varseld [-c FILE] root add FILE\n"
			    "Takes a signed root document into the chain, when the "
			    "version before it and it itself\n"
			    "say so, and it names this hub's log keys. A running hub "
			    "serves it within a minute.\n";

static enum err add(struct console *c, const char *path, struct diag *d)
{
	CLEANUP_ARENA struct arena a;
	CLEANUP_BUF struct buf note = {.max = ROOT_MAX};
	struct core core = config_core(&c->config);
	struct pubkey log_key, fresh_key;
	struct root root;
	struct log *log;
	bool added = false;
	enum err e = file_read(path, &note, d);

	arena_init(&a, 1u << 20);
	if (!e)
		e = log_open(c->config.state_dir, c->config.origin, NULL, NULL, &log, d);
	if (e)
		return e;
	log_keys(log, &log_key, &fresh_key);
	log_close(&log);
	e = roots_add(&core, c->db, c->actor, buf_view(&note), &log_key, &fresh_key,
		clock_now(), &a, &root, &added, d);
	if (!e)
		(void)printf("root %" PRId64 "%s\n", root.version,
			added ? "" : ": already here");
	return e;
}

int cmd_root(const struct invocation *inv, int argc, char **argv)
{
	CLEANUP_CONSOLE struct console c = {0};
	struct diag d = {0};
	int code;
	enum err e;

	if (!console_options(argc, argv, usage, 2, 2, &code))
		return code;
	if (strcmp(argv[optind], "add") != 0) {
		(void)fputs(usage, stderr);
		return EX_USAGE;
	}
	e = console_open(inv, CONSOLE_OWNER, &c, &d);
	if (!e)
		e = add(&c, argv[optind + 1], &d);
	return e ? console_fail("root", e, &d) : EX_OK;
}
