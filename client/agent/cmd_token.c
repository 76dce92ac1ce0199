/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/agent/apart.h"
#include "client/agent/cli.h"
#include "client/agent/config.h"

#define SCOPE "feed report read"

enum { OPT_SCOPE = 256 };

static const struct option options[] = {
	{"scope", required_argument, NULL, OPT_SCOPE},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

enum err cmd_token(struct cli *c, int argc, char **argv)
{
	CLEANUP_CONFIG struct config conf = {0};
	CLEANUP_SECKEY struct seckey key = {0};
	CLEANUP_HUB struct hub *hub = NULL;
	const char *scope = SCOPE;
	char *token = NULL;
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		if (o == OPT_SCOPE)
			scope = optarg;
		else
			e = cli_option(c, "token", o);
	}
	if (e == OK && optind != argc)
		e = cli_usage(c, "token", "token: takes no argument");
	if (e == OK)
		e = config_load(c->config, &conf, &c->d);
	if (e == OK)
		e = config_key(&conf, &key, &c->d);
	if (e == OK)
		e = config_hub(&conf, &hub, &c->d);
	if (e == OK)
		e = apart_become(&conf, &c->d);
	if (e == OK)
		e = hub_login(hub, conf.hub_name, &key, scope, NULL, &token, &c->d);
	if (e == OK)
		(void)printf("%s\n", token);
	free(token);
	return e;
}
