/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two threads behind the feed. One owns a database connection: it takes and holds the
 * lead of the log, and reads what other processes may have changed (keys that are off,
 * root documents). The other signs the checkpoint's freshness once a minute and needs no
 * database, so that it goes on while PostgreSQL is down.
 */
#ifndef VARSEL_HTTP_KEEPER_H
#define VARSEL_HTTP_KEEPER_H

#include "server/api/service.h"
#include "server/thread.h"

struct keeper {
	struct service *service;
	const char *database;
	struct halt halt;
	struct thread lead, fresh;
};

/* `database` is borrowed. */
enum err keeper_start(struct keeper *k, struct service *s, const char *database,
	struct diag *d) CHECK_RESULT;
void keeper_stop(struct keeper *k);

#endif
