/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Advisories of the coordinators. What they say is in the verified feed;
 * state-dir/notices remembers, one a line, which of those that count have been passed on
 * to the notify command, and which have been read. Losing it passes the newest on again.
 */
#ifndef VARSEL_AGENT_NOTICES_H
#define VARSEL_AGENT_NOTICES_H

#include "client/agent/cli.h"
#include "client/agent/config.h"
#include "common/arena.h"
#include "common/hash.h"
#include "common/statement.h"

struct notice {
	struct hash id; /* of the statement's text */
	enum severity severity;
	int64_t issued;
	bool read;     /* somebody has had it printed */
	char *title;   /* one line, safe to print, as the rest */
	char *text;    /* NULL when it comes from what is remembered */
	char *signers; /* likewise */
};

struct notices {
	struct notice *n; /* the newest first */
	size_t count;
	struct arena arena; /* owns the texts */
};

void notices_done(struct notices *x); /* safe on a zeroed struct */

/* Those that count now, read apart from us (apart.h), with their texts. */
enum err notices_list(
	const struct config *c, struct notices *ret, struct diag *d) CHECK_RESULT;
/* What is remembered. A missing or damaged file is an empty one. */
enum err notices_load(
	const struct config *c, struct notices *ret, struct diag *d) CHECK_RESULT;
/* Takes over from what is remembered which have been read. Unless `fresh` is NULL it is
 * called for those that were not known, the oldest first, and then all of `x` is
 * remembered. Under standing_lock(). */
enum err notices_settle(const struct config *c, struct notices *x,
	void (*fresh)(const struct config *c, const struct notice *n),
	struct diag *d) CHECK_RESULT;
/* Remembers `x`. ERR_CANTCREAT. Under standing_lock(). */
enum err notices_save(
	const struct config *c, const struct notices *x, struct diag *d) CHECK_RESULT;

/* After a pull that had news: runs the notify command, once for each that is new. What
 * goes wrong is said on stderr. */
void notices_tell(const struct config *c);

#endif
