/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands on the hub's console share: the configuration, one connection, and
 * how an error ends a program. */
#ifndef VARSEL_CONSOLE_H
#define VARSEL_CONSOLE_H

#include "server/command.h"
#include "server/config.h"
#include "server/db/db.h"

/* Takes -h (usage and text to stdout) and nothing else off argv, and checks that between
 * `min` and `max` arguments are left; they start at argv[optind]. false: the program ends
 * with *ret_exit. */
bool console_options(int argc, char **argv, const char *usage, int min, int max,
	int *ret_exit) CHECK_RESULT;

struct console {
	struct config config;
	struct db *db;
	char actor[128]; /* "console:<user>", for audit rows */
};

/* As whom a command goes to the database: as the running hub does, as the owner of the
 * tables, or as who may delete what is old. */
enum console_role { CONSOLE_HUB, CONSOLE_OWNER, CONSOLE_RETAIN };

/* Reads the configuration; the database is connected to when first used. */
enum err console_open(const struct invocation *inv, enum console_role role,
	struct console *ret, struct diag *d) CHECK_RESULT;
void console_close(struct console *c); /* safe twice, and on a zeroed struct */
#define CLEANUP_CONSOLE __attribute__((cleanup(console_close)))

/* "varseld COMMAND: what is wrong" to stderr; the exit code after sysexits(3). */
int console_fail(const char *command, enum err e, const struct diag *d);

#endif
