/* SPDX-License-Identifier: BSD-2-Clause */
/* varseld, the hub: one binary, a table of subcommands. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <sodium.h>

#include "server/command.h"
#include "server/config.h"

static const struct {
	const char *name;
	int (*run)(const struct invocation *inv, int argc, char **argv);
	const char *usage;
	const char *text;
} commands[] = {
	{"run", cmd_run, "run", "serve, in the foreground"},
	{"migrate", cmd_migrate, "migrate", "bring the database's tables up to date"},
	{"init", cmd_init, "init --hub NAME [--channel NAME]", "make the hub's keys"},
	{"check", cmd_check, "check", "look whether all is in place, change nothing"},
	{"root", cmd_root, "root add FILE", "take a root document into the chain"},
	{"coordinator", cmd_coordinator, "coordinator add|remove NAME [VKEY]",
		"login keys of coordinators"},
	{"retain", cmd_retain, "retain", "delete what is old"},
};

#define NCOMMANDS (sizeof(commands) / sizeof(*commands))

static void help(FILE *f)
{
	(void)fprintf(f, "usage: varseld [-c FILE] COMMAND [ARGUMENT...]\n\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		(void)fprintf(f, "  %-38s %s\n", commands[i].usage, commands[i].text);
	(void)fprintf(f,
		"\n  -c FILE  the configuration, default %s\n"
		"  -h       this text; behind a command: that command's\n",
		CONFIG_PATH);
}

int main(int argc, char **argv)
{
	struct invocation inv = {.config = CONFIG_PATH};
	int c;

	if (sodium_init() < 0) {
		(void)fprintf(stderr, "varseld: no source of randomness\n");
		return EX_OSERR;
	}
	while ((c = getopt(argc, argv, "+c:h")) != -1) {
		switch (c) {
		case 'c':
			inv.config = optarg;
			break;
		case 'h':
			help(stdout);
			return EX_OK;
		default:
			help(stderr);
			return EX_USAGE;
		}
	}
	argc -= optind;
	argv += optind;
	for (size_t i = 0; argc > 0 && i < NCOMMANDS; i++) {
		if (strcmp(argv[0], commands[i].name) != 0)
			continue;
		optind = 0; /* glibc: begin anew, with the command's own options */
		return commands[i].run(&inv, argc, argv);
	}
	if (argc > 0)
		(void)fprintf(stderr, "varseld: no command \"%s\"\n", argv[0]);
	help(stderr);
	return EX_USAGE;
}
