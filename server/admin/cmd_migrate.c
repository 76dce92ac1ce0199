/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <sysexits.h>

#include "server/admin/console.h"
#include "server/admin/migrations.h"

static const char usage[] =
	"usage: varseld [-c FILE] migrate\n"
	"Creates the database's tables, or brings them up to date; again does nothing.\n";

static void tell(const char *name)
{
	(void)printf("%s\n", name);
}

int cmd_migrate(const struct invocation *inv, int argc, char **argv)
{
	CLEANUP_CONSOLE struct console c = {0};
	struct diag d = {0};
	int code;
	enum err e;

	if (!console_options(argc, argv, usage, 0, 0, &code))
		return code;
	e = console_open(inv, &c, &d);
	if (!e)
		e = migrations_run(c.db, c.actor, tell, &d);
	return e ? console_fail("migrate", e, &d) : EX_OK;
}
