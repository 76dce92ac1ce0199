/* SPDX-License-Identifier: BSD-2-Clause */
/* What a command needs that asks the hub something in this municipality's name. */
#ifndef VARSEL_AGENT_SESSION_H
#define VARSEL_AGENT_SESSION_H

#include "client/agent/cli.h"
#include "client/agent/config.h"

struct session {
	struct config conf;
	struct seckey key;
	struct hub *hub; /* carries a token */
};

/* Reads configuration and key, becomes the configured account for good, and logs in for
 * `scope`. Whatever it answers, the caller
 * frees with session_close(). */
enum err session_open(struct cli *c, const char *scope, struct session *s) CHECK_RESULT;
void session_close(struct session *s); /* safe on a zeroed struct */
#define CLEANUP_SESSION __attribute__((cleanup(session_close)))

/* Where the token for the feed is kept between two runs; its folder is made. The caller
 * frees. ERR_CANTCREAT. */
enum err session_cache(const struct config *c, char **ret, struct diag *d) CHECK_RESULT;

#endif
