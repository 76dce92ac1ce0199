/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "common/clock.h"
#include "server/admin/console.h"
#include "server/core/coordinators.h"

static const char usage[] = "usage: varseld [-c FILE] coordinator add NAME VKEY\n"
			    "       varseld [-c FILE] coordinator remove NAME\n"
			    "The key with which a coordinator logs in, <hub>/login/NAME. "
			    "It signs no decision:\n"
			    "the keys that do are in the root document.\n";

int cmd_coordinator(const struct invocation *inv, int argc, char **argv)
{
	CLEANUP_CONSOLE struct console c = {0};
	struct diag d = {0};
	struct core core;
	bool add, changed;
	int code;
	enum err e;

	if (!console_options(argc, argv, usage, 2, 3, &code))
		return code;
	argc -= optind;
	argv += optind;
	add = strcmp(argv[0], "add") == 0;
	if (argc != (add ? 3 : 2) || (!add && strcmp(argv[0], "remove") != 0)) {
		(void)fputs(usage, stderr);
		return EX_USAGE;
	}
	e = console_open(inv, CONSOLE_OWNER, &c, &d);
	if (e)
		return console_fail("coordinator", e, &d);
	core = config_core(&c.config);
	e = add ? coordinators_add(&core, c.db, c.actor, argv[1], argv[2], clock_now(),
			  &changed, &d)
		: coordinators_remove(&core, c.db, c.actor, argv[1], clock_now(), &d);
	return e ? console_fail("coordinator", e, &d) : EX_OK;
}
