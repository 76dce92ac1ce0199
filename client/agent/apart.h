/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is fetched from outside is read apart from what may change the firewall: in a
 * child process, and, when varsel runs as root and the configuration names an account, as
 * that account, which can write below its own folders of state-dir and nowhere else. Only
 * bytes come back from there (client/agent/plan.h reads them as if the hub had sent
 * them).
 */
#ifndef VARSEL_AGENT_APART_H
#define VARSEL_AGENT_APART_H

#include <stdio.h>

#include "client/agent/config.h"

/* Runs `work` in a child process as the configured account (without one, or not as root:
 * as who we are), which dies when we do. What it writes to `out`, without a NUL, `take`
 * gets in parts, as it comes; it is worth nothing when the call fails. The failure of
 * either and its diag are the result; ERR_UNAVAILABLE when it took longer than the
 * configured deadline and `more` seconds, ERR_INTERNAL when it was killed, ERR_CONFIG
 * when there is no such account, ERR_CANTCREAT when that could not be given its folders.
 * Neither it nor what it has started is there any more afterwards. Files must be read
 * before: it has none of ours open. The caller has no child of another sort. */
enum err apart_stream(const struct config *c, int64_t more,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), void *ctx,
	enum err (*take)(void *to, struct slice part, struct diag *d), void *to,
	struct diag *d) CHECK_RESULT;
/* The same with all of it in *ret (reset first), which is empty after a failure;
 * ERR_LIMIT above its max. */
enum err apart_run(const struct config *c, int64_t more,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), void *ctx,
	struct buf *ret, struct diag *d) CHECK_RESULT;

/* Becomes that account for good, in a command that changes nothing that is enforced.
 * The same errors, and ERR_NOPERM. */
enum err apart_become(const struct config *c, struct diag *d) CHECK_RESULT;

#endif
