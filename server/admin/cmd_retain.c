/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "common/clock.h"
#include "server/admin/console.h"
#include "server/core/retention.h"

static const char usage[] = "usage: varseld [-c FILE] retain\n"
			    "Deletes what is older than the configuration says "
			    "(retain-...), and prints what.\n"
			    "May run at any time; the hub is not held up by it.\n";

static void tell(const char *what, int64_t n, int64_t before)
{
	char text[CLOCK_TEXT];

	clock_format(before, text);
	(void)printf("%" PRId64 " %s from before %s\n", n, what, text);
}

int cmd_retain(const struct invocation *inv, int argc, char **argv)
{
	CLEANUP_CONSOLE struct console c = {0};
	struct diag d = {0};
	int code;
	enum err e;

	if (!console_options(argc, argv, usage, 0, 0, &code))
		return code;
	e = console_open(inv, CONSOLE_RETAIN, &c, &d);
	if (!e)
		e = retention_run(c.db, &c.config.retain, c.actor, clock_now(), tell, &d);
	return e ? console_fail("retain", e, &d) : EX_OK;
}
