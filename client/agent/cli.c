/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct command commands[] = {
	{"enrol",
		"[--org CODE] [--state-dir DIR] [--output-dir DIR] [--tls-ca FILE] "
		"[--tls-certificate FILE --tls-key FILE] LINK",
		"make this municipality's key, register it, write the configuration",
		cmd_enrol},
	{"push",
		"[--format plain|csv|json|stix|misp] [--tlp T] [--comment S] [--action "
		"A] "
		"[--strict] [--json] [-n] [FILE|-]",
		"sign indicators and report them to the hub", cmd_push},
	{"sign",
		"[--format plain|csv|json|stix|misp] [--tlp T] [--comment S] [--action "
		"A] "
		"[--strict] [FILE|-]",
		"write the signed report to standard output instead", cmd_sign},
	{"token", "[--scope SCOPE]", "print a short-lived token for scripts", cmd_token},
	{"pull", "[--wait SECONDS] [--jitter SECONDS] [--confirm] [-n]",
		"fetch, verify and enforce what is approved", cmd_pull},
	{"follow", "", "pull for ever, within a second of news: a service, no cron",
		cmd_follow},
	{"off", "[--for DURATION]", "break glass: enforce nothing for a while", cmd_off},
	{"on", "", "enforce again at once, without the hub", cmd_on},
	{"lookup", "[--json] VALUE...", "ask the hub what it knows of a value",
		cmd_lookup},
	{"dispute", "[--json] --reason TEXT VALUE",
		"call it a false positive: to the coordinators' queue", cmd_dispute},
	{"withdraw", "[--json] REPORT", "take a report of one's own back", cmd_withdraw},
	{"hunt", "[--since T] [--json|--count] [--no-report] [--all] FILE...",
		"find what is approved in logs, and tell the hub how often", cmd_hunt},
	{"sightings", "[--json]",
		"count what the firewall and the resolver have kept out, and tell the "
		"hub",
		cmd_sightings},
	{"notices", "[--all] [--json]",
		"print what the coordinators have to say, and was not read yet",
		cmd_notices},
	{"why", "[--json] VALUE",
		"say, offline, whether a value is enforced here and by whose decision",
		cmd_why},
	{"page", "", "print a link that opens the hub's situation page", cmd_page},
	{"status", "[--json]", "say what is enforced, how fresh, what is held and why",
		cmd_status},
	{NULL, NULL, NULL, NULL},
};

void cli_say(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (!c->verbose)
		return;
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

void cli_warn(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("varsel: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

static const struct command *row_of(const char *command)
{
	const struct command *row = commands;

	while (row->name && strcmp(row->name, command) != 0)
		row++;
	return row;
}

enum err cli_usage(struct cli *c, const char *command, const char *fmt, ...)
{
	char reason[DIAG_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	return diag_fail(&c->d, ERR_USAGE, "%s; usage: varsel [-c FILE] %s %s", reason,
		command, row_of(command)->args);
}

enum err cli_option(struct cli *c, const char *command, int opt)
{
	const struct command *row = row_of(command);

	switch (opt) {
	case 'v':
		c->verbose = true;
		return OK;
	case 'h':
		(void)printf("usage: varsel [-c FILE] %s [-v] %s\n%s: %s\n", row->name,
			row->args, row->name, row->summary);
		exit(fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
	default:
		return cli_usage(
			c, command, "%s: unknown option or missing argument", command);
	}
}

enum err cli_json(struct cli *c, int argc, char **argv, bool *ret_json)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		if (o == 'j')
			*ret_json = true;
		else
			e = cli_option(c, argv[0], o);
	}
	return e;
}

void cli_print(struct slice answer)
{
	(void)fwrite(answer.p, 1, answer.n, stdout);
	if (answer.n == 0 || answer.p[answer.n - 1] != '\n')
		(void)putchar('\n');
}

enum err cli_flush(struct cli *c)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return OK;
	return diag_fail(&c->d, ERR_IO, "standard output: cannot write");
}
