/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>

#include "client/ctl/ctl.h"
#include "client/hub/page.h"

static const char usage[] =
	"usage: varselctl page\n"
	"Prints a link to the hub's situation page. It opens once, within ten minutes, "
	"and\n"
	"signs that browser in for eight hours, as this coordinator, to read.\n";

enum err ctl_page(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
	CLEANUP_BUF struct buf nothing = {.max = 64};
	enum err e;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "page: takes no argument");
	e = ctl_login(c, d);
	if (!e)
		e = page_print_link(c->hub, c->conf.hub, d);
	return e ? e : ctl_print(&nothing, d);
}
