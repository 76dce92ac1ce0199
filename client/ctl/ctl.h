/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * varselctl's subcommands: one cmd_*.c each, one row each in main.c. A command parses its
 * own options, prints its result on stdout, and returns what went wrong.
 */
#ifndef VARSEL_CTL_H
#define VARSEL_CTL_H

#include "client/ctl/config.h"
#include "client/feed/feed.h"
#include "client/hub/hub.h"
#include "common/key.h"

/* What the commands share; each part is opened when a command first needs it. */
struct ctl {
	const char *conf_path;
	bool conf_loaded;
	struct ctl_conf conf;
	struct hub *hub;
	struct seckey login;
	struct seckey signing;
	bool attests; /* set before ctl_follow(): that attests are overdue is no hold */
	struct feed *feed;
	bool merges;        /* set before ctl_follow(): who needs `active` */
	int64_t signatures; /* that an approval is to have, if more than the root asks */
	struct activeset active;
};

struct command {
	const char *name;
	const char *doc; /* one line */
	enum err (*run)(struct ctl *c, int argc, char **argv, struct diag *d);
};

/* Reads the configuration. */
enum err ctl_config(struct ctl *c, struct diag *d) CHECK_RESULT;
/* The same, and logs in: c->hub carries a token from then on. */
enum err ctl_login(struct ctl *c, struct diag *d) CHECK_RESULT;
/* The coordinator's signing key, c->signing; asks for its passphrase when sealed. */
enum err ctl_signing(struct ctl *c, struct diag *d) CHECK_RESULT;
/* The attest key, for the caller to wipe. */
enum err ctl_attest_key(struct ctl *c, struct seckey *ret, struct diag *d) CHECK_RESULT;
/* The own verified copy of the feed, brought up to date: c->feed with its statements; if
 * c->merges, with its bundles mapped and c->active, which takes longer the more is in
 * force. A hold is an error, unless `hold_ok`: then it is said on stderr,
 * and what was in force before it is what counts. Called again it follows again. */
enum err ctl_follow(struct ctl *c, bool hold_ok, struct diag *d) CHECK_RESULT;
/* An approval's end for people's input, now + 30 days when NULL: ERR_USAGE, or ERR_VALUE
 * when it has passed or runs longer than the root allows. */
enum err ctl_until(const struct root *root, const char *text, int64_t *ret,
	struct diag *d) CHECK_RESULT;
void ctl_done(struct ctl *c);

/* Prints `usage` on stdout; for -h. */
enum err ctl_help(const char *usage);
/* The options of a command that takes --json alone. False: it ends with *ret_end, of -h
 * or of an option that is not there. */
bool ctl_json(int argc, char **argv, const char *usage, bool *ret_json,
	enum err *ret_end) CHECK_RESULT;
/* Prints what was built, or fails with ERR_NOMEM. Flushes; ERR_IO when stdout is gone. */
enum err ctl_print(struct buf *b, struct diag *d) CHECK_RESULT;

enum err ctl_keygen(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_root(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_org(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_queue(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_show(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_list(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_approve(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_renew(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_reject(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_revoke(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_attest(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_audit(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_coverage(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_drill(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_page(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_notice(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_watch(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_campaigns(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_proposals(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_cosign(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_resign(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;
enum err ctl_erase(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;

#endif
