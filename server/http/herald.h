/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that reads new events from the database and wakes who follows them. */
#ifndef VARSEL_HTTP_HERALD_H
#define VARSEL_HTTP_HERALD_H

#include "server/http/server.h"
#include "server/thread.h"

struct herald {
	struct thread thread;
	struct halt halt;
	struct server *server;
	const char *database;
};

/* `database` is borrowed. */
enum err herald_start(struct herald *h, struct server *s, const char *database,
	struct diag *d) CHECK_RESULT;
void herald_stop(struct herald *h); /* safe when it was not started */

#endif
