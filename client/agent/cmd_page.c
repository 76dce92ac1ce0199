/* SPDX-License-Identifier: BSD-2-Clause */
/* A link to the hub's situation page. */
#include <getopt.h>

#include "client/agent/session.h"
#include "client/hub/page.h"

enum err cmd_page(struct cli *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"verbose", no_argument, NULL, 'v'},
		{0},
	};
	CLEANUP_SESSION struct session s = {0};
	enum err e = OK;
	int opt;

	while (e == OK && (opt = getopt_long(argc, argv, "hv", options, NULL)) != -1)
		e = cli_option(c, "page", opt);
	if (e == OK && optind != argc)
		e = cli_usage(c, "page", "page: takes no argument");
	if (e == OK)
		e = session_open(c, "read", &s);
	if (e == OK)
		e = page_print_link(s.hub, s.conf.hub, &c->d);
	return e ? e : cli_flush(c);
}
