/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of struct db, for db.c and query.c. */
#ifndef VARSEL_CONN_H
#define VARSEL_CONN_H

#include <libpq-fe.h>
#include <stdint.h>

#include "server/db/query.h"

#define CONN_PREPARED 96 /* statements in all of server/db */

struct db {
	char *conninfo;
	PGconn *pg;
	const struct query *prepared[CONN_PREPARED]; /* on this connection */
	size_t nprepared;
	unsigned generation; /* counts connections made */
	int64_t failed; /* monotonic milliseconds of the last failed attempt; 0: none */
	bool in_tx;
	bool again; /* a statement failed in a way that running the transaction again
		     * cures
		     */
};

/* A live connection, made if need be. ERR_DATABASE. */
enum err conn_get(struct db *db, struct diag *d) CHECK_RESULT;
void conn_drop(struct db *db);
bool conn_alive(const struct db *db);
/* Takes over `res` (may be NULL) and says what went wrong with `what`. */
enum err conn_failed(struct db *db, PGresult *res, const char *what, struct diag *d);

#endif
