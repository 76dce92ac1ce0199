/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands of varseld; main.c holds their table. */
#ifndef VARSEL_COMMAND_H
#define VARSEL_COMMAND_H

/* What main() took off the command line before the subcommand. */
struct invocation {
	const char *config; /* -c FILE or the default */
};

/* argv[0] is the subcommand's name. The result is the exit code, after sysexits(3). */
int cmd_run(const struct invocation *inv, int argc, char **argv);
int cmd_migrate(const struct invocation *inv, int argc, char **argv);
int cmd_init(const struct invocation *inv, int argc, char **argv);
int cmd_check(const struct invocation *inv, int argc, char **argv);
int cmd_root(const struct invocation *inv, int argc, char **argv);
int cmd_coordinator(const struct invocation *inv, int argc, char **argv);
int cmd_retain(const struct invocation *inv, int argc, char **argv);

#endif
