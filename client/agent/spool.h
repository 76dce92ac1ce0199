/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signed reports that could not be sent yet, one file each below state-dir/spool. They go
 * out with the next push or pull. What the hub refuses is kept under another name, for a
 * person to look at.
 */
#ifndef VARSEL_AGENT_SPOOL_H
#define VARSEL_AGENT_SPOOL_H

#include "client/agent/cli.h"
#include "client/agent/config.h"

/* Keeps a note. ERR_CANTCREAT. */
enum err spool_put(
	const struct config *c, struct slice note, struct diag *d) CHECK_RESULT;

/* Sends what waits, oldest first, and stops when the hub does not answer. Logs in with
 * scope "report read" when there is something to send. What goes wrong is said on stderr.
 */
void spool_send(const struct cli *cli, const struct config *c, struct hub *h,
	const struct seckey *k);

/* How many wait. */
size_t spool_count(const struct config *c);

#endif
