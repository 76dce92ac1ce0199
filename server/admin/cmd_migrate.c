/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "server/admin/console.h"
#include "server/admin/migrations.h"
#include "server/db/rights.h"
#include "server/embedded.h"

static const char usage[] =
	"usage: varseld [-c FILE] migrate\n"
	"Creates the database's tables, or brings them up to date, and says what the "
	"hub's role\nmay do with them; again does nothing.\n";

static void tell(const char *name)
{
	(void)printf("%s\n", name);
}

/* Each time, so that what was granted by hand does not stay. */
static enum err grant(const struct console *c, struct diag *d)
{
	const struct {
		const char *option, *database, *file;
	} roles[] = {
		{"database", c->config.database, "hub.sql"},
		{"database-retain", c->config.database_retain, "retain.sql"},
	};
	enum err e = OK;

	if (!*c->config.database_owner)
		return OK;
	for (size_t i = 0; !e && i < sizeof(roles) / sizeof(*roles); i++)
		for (const struct embedded *f = rights_files; !e && f->name; f++) {
			if (!*roles[i].database || strcmp(f->name, roles[i].file) != 0)
				continue;
			e = db_rights_grant(c->db, roles[i].database, f->data, d);
			if (e)
				e = diag_at(d, e, "%s: ", roles[i].option);
		}
	return e;
}

int cmd_migrate(const struct invocation *inv, int argc, char **argv)
{
	CLEANUP_CONSOLE struct console c = {0};
	struct diag d = {0};
	int code;
	enum err e;

	if (!console_options(argc, argv, usage, 0, 0, &code))
		return code;
	e = console_open(inv, CONSOLE_OWNER, &c, &d);
	if (!e)
		e = migrations_run(c.db, c.actor, tell, &d);
	if (!e)
		e = grant(&c, &d);
	return e ? console_fail("migrate", e, &d) : EX_OK;
}
