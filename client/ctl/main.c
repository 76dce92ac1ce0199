/* SPDX-License-Identifier: BSD-2-Clause */
/* varselctl, the coordinator's program: the table of its subcommands. */
#include <getopt.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ctl.h"

static const struct command commands[] = {
	{"keygen", "make a key pair", ctl_keygen},
	{"root", "draft, sign and show root documents", ctl_root},
	{"org", "municipalities: add, import, list, link, suspend", ctl_org},
	{"queue", "what awaits a decision", ctl_queue},
	{"show", "everything known of one indicator", ctl_show},
	{"list", "what is in force, or about to lapse", ctl_list},
	{"approve", "sign that indicators are to be enforced", ctl_approve},
	{"renew", "extend what is in force", ctl_renew},
	{"reject", "take indicators off the queue", ctl_reject},
	{"revoke", "sign that indicators are no longer to be enforced", ctl_revoke},
	{"erase", "take values out of every list, as if they had never been in",
		ctl_erase},
	{"resign", "sign again what hangs on a key about to go", ctl_resign},
	{"notice", "sign an advisory for every municipality to read", ctl_notice},
	{"proposals", "what awaits another coordinator's signature", ctl_proposals},
	{"cosign", "look at a proposal, and sign it, too", ctl_cosign},
	{"attest", "sign that the log holds what was signed here", ctl_attest},
	{"coverage", "who enforces what, who is late, whose set differs", ctl_coverage},
	{"drill", "time how fast a harmless decision arrives", ctl_drill},
	{"page", "a link to the situation page", ctl_page},
	{"watch", "what happens, as it happens", ctl_watch},
	{"campaigns", "what spreads from one municipality to others", ctl_campaigns},
	{"audit", "who did what; whether the record of it was touched", ctl_audit},
};

static void print_usage(FILE *f)
{
	(void)fputs("usage: varselctl [-c FILE] COMMAND [ARGUMENT...]\n"
		    "  -c, --config FILE  default ~/.config/varsel/ctl.conf\n"
		    "  -h, --help         this text; behind a COMMAND: its own\n"
		    "commands:\n",
		f);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		(void)fprintf(f, "  %-9s %s\n", commands[i].name, commands[i].doc);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int run(const struct command *cmd, const char *conf, int argc, char **argv)
{
	struct ctl c = {.conf_path = conf};
	struct diag d = {0};
	enum err e;

	optind = 0; /* GNU: begin anew, at the command's own options */
	e = cmd->run(&c, argc, argv, &d);
	ctl_done(&c);
	if (e && *d.text)
		(void)fprintf(stderr, "varselctl: %s\n", d.text);
	else if (e && e != ERR_USAGE)
		(void)fprintf(stderr, "varselctl: %s\n", err_text(e));
	if (e == ERR_USAGE)
		(void)fprintf(stderr, "see varselctl %s -h\n", cmd->name);
	return err_exit(e);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const struct command *cmd;
	const char *conf = NULL;
	char *fallback = NULL;
	int opt, rc;

	(void)setlocale(LC_CTYPE, "");
	if (sodium_init() < 0) {
		(void)fputs("varselctl: libsodium does not start\n", stderr);
		return err_exit(ERR_INTERNAL);
	}
	while ((opt = getopt_long(argc, argv, "+c:h", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			conf = optarg;
			break;
		case 'h':
			print_usage(stdout);
			return 0;
		default:
			print_usage(stderr);
			return err_exit(ERR_USAGE);
		}
	}
	cmd = optind < argc ? find(argv[optind]) : NULL;
	if (!cmd) {
		if (optind < argc)
			(void)fprintf(
				stderr, "varselctl: no command \"%s\"\n", argv[optind]);
		print_usage(stderr);
		return err_exit(ERR_USAGE);
	}
	if (!conf)
		conf = fallback = ctl_conf_default();
	rc = conf ? run(cmd, conf, argc - optind, argv + optind) : err_exit(ERR_NOMEM);
	free(fallback);
	return rc;
}
