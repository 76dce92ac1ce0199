/* SPDX-License-Identifier: BSD-2-Clause */
/* What every subcommand of varsel is given, and the table that names them. */
#ifndef VARSEL_AGENT_CLI_H
#define VARSEL_AGENT_CLI_H

#include <stdbool.h>

#include "common/diag.h"
#include "common/slice.h"

struct cli {
	const char *config; /* -c: path of varsel.conf */
	bool verbose;       /* -v, or standard error is a terminal */
	struct diag d;      /* why the command failed; main() prints it */
};

struct command {
	const char *name;
	const char *args;    /* for the usage line */
	const char *summary; /* one line, for -h */
	enum err (*run)(struct cli *c, int argc, char **argv);
};

/* Ends with name == NULL. */
extern const struct command commands[];

/* Progress: to stderr, and only when someone watches. */
void cli_say(const struct cli *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Trouble that does not end the command: always to stderr, "varsel: " in front. */
void cli_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Sets the diag to `reason` and the usage line of argv[0]'s row; ERR_USAGE. */
enum err cli_usage(struct cli *c, const char *command, const char *fmt, ...)
	__attribute__((format(printf, 3, 4))) CHECK_RESULT;
/* What a command's getopt_long loop does with an option that is not its own: -h prints
 * the row's usage and exits, -v sets verbose (OK), anything else is ERR_USAGE. */
enum err cli_option(struct cli *c, const char *command, int opt) CHECK_RESULT;
/* The options of a command that has --json and no other of its own; optind is then at its
 * arguments. */
enum err cli_json(struct cli *c, int argc, char **argv, bool *ret_json) CHECK_RESULT;
/* An answer of the hub as it came, in a line or lines of its own. */
void cli_print(struct slice answer);
/* Flushes stdout: ERR_IO when what was printed did not arrive. */
enum err cli_flush(struct cli *c) CHECK_RESULT;

enum err cmd_enrol(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_push(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_sign(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_token(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_pull(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_follow(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_off(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_on(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_lookup(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_dispute(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_withdraw(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_why(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_hunt(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_notices(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_sightings(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_page(struct cli *c, int argc, char **argv) CHECK_RESULT;
enum err cmd_status(struct cli *c, int argc, char **argv) CHECK_RESULT;

#endif
