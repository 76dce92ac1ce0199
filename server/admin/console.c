/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/admin/console.h"

#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

bool console_options(
	int argc, char **argv, const char *usage, int min, int max, int *ret_exit)
{
	int c;

	while ((c = getopt(argc, argv, "+h")) != -1) {
		if (c == 'h')
			(void)fputs(usage, stdout);
		else
			(void)fputs(usage, stderr);
		*ret_exit = c == 'h' ? EX_OK : EX_USAGE;
		return false;
	}
	if (argc - optind >= min && argc - optind <= max)
		return true;
	(void)fputs(usage, stderr);
	*ret_exit = EX_USAGE;
	return false;
}

static const char *database_of(const struct config *c, enum console_role role)
{
	if (role == CONSOLE_RETAIN && *c->database_retain)
		return c->database_retain;
	if (role != CONSOLE_HUB && *c->database_owner)
		return c->database_owner;
	return c->database;
}

enum err console_open(const struct invocation *inv, enum console_role role,
	struct console *ret, struct diag *d)
{
	struct console c = {0};
	const struct passwd *user = getpwuid(geteuid());
	enum err e = config_open(inv->config, &c.config, d);

	if (!e)
		e = db_open(database_of(&c.config, role), &c.db, d);
	if (user)
		(void)snprintf(c.actor, sizeof(c.actor), "console:%s", user->pw_name);
	else
		(void)snprintf(c.actor, sizeof(c.actor), "console:%ld", (long)geteuid());
	if (e)
		console_close(&c);
	else
		*ret = c;
	return e == ERR_NOT_FOUND ? ERR_CONFIG : e;
}

void console_close(struct console *c)
{
	db_close(&c->db);
	config_close(&c->config);
}

int console_fail(const char *command, enum err e, const struct diag *d)
{
	(void)fprintf(
		stderr, "varseld %s: %s\n", command, d->text[0] ? d->text : err_text(e));
	return err_exit(e);
}
