/* SPDX-License-Identifier: BSD-2-Clause */
/* varsel: a municipality's end of the exchange. See varsel(1). */
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/agent/cli.h"

#define CONFIG "/etc/varsel/varsel.conf"

static void usage(FILE *f)
{
	(void)fputs("usage: varsel [-c FILE] [-hv] COMMAND [ARGUMENT...]\n\n"
		    "  -c FILE  configuration; default " CONFIG "\n"
		    "  -h       this help; varsel COMMAND -h: that command's\n"
		    "  -v       say what is done\n\n",
		f);
	for (const struct command *row = commands; row->name; row++)
		(void)fprintf(f, "  %-8s %s\n", row->name, row->summary);
}

int main(int argc, char **argv)
{
	struct cli c = {.config = CONFIG, .verbose = isatty(STDERR_FILENO) == 1};
	const struct command *row = commands;
	enum err e;
	int opt;

	while ((opt = getopt(argc, argv, "+c:hv")) != -1) {
		if (opt == 'c') {
			c.config = optarg;
		} else if (opt == 'v') {
			c.verbose = true;
		} else {
			usage(opt == 'h' ? stdout : stderr);
			return opt == 'h' ? 0 : err_exit(ERR_USAGE);
		}
	}
	if (optind == argc) {
		usage(stderr);
		return err_exit(ERR_USAGE);
	}
	while (row->name && strcmp(row->name, argv[optind]) != 0)
		row++;
	if (!row->name) {
		cli_warn("%s: no such command; varsel -h lists them", argv[optind]);
		return err_exit(ERR_USAGE);
	}
	if (sodium_init() < 0) {
		cli_warn("libsodium does not start");
		return err_exit(ERR_INTERNAL);
	}
	/* a check tool that ends early must not end us */
	(void)signal(SIGPIPE, SIG_IGN);
	argc -= optind;
	argv += optind;
	optind = 0; /* GNU getopt: start anew on the command's own arguments */
	e = row->run(&c, argc, argv);
	if (e == OK && (e = cli_flush(&c)) == OK)
		return 0;
	if (e != ERR_UNKNOWN || c.d.text[0])
		cli_warn("%s", c.d.text[0] ? c.d.text : err_text(e));
	return err_exit(e);
}
