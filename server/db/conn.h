/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of struct db, for db.c and query.c. */
#ifndef VARSEL_CONN_H
#define VARSEL_CONN_H

#include <libpq-fe.h>
#include <stdint.h>

#include "server/db/query.h"

#define CONN_PREPARED 160 /* statements in all of server/db */

/* Audit rows of a transaction, written when it commits. */
struct audit_pending {
	size_t n; /* 0: the arrays are not there */
	struct array at, actor, action, subject, detail;
};

/* Its events, likewise. */
struct event_pending {
	size_t n;
	struct array at, kind, audience, body;
};

struct db {
	char *conninfo;
	PGconn *pg;
	const struct query *prepared[CONN_PREPARED]; /* on this connection */
	size_t nprepared;
	unsigned generation; /* counts connections made */
	int64_t failed; /* monotonic milliseconds of the last failed attempt; 0: none */
	bool in_tx;
	struct audit_pending audit;
	struct event_pending event;
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

/* query.c: once for each connection. */
enum err query_prepare(struct db *db, const struct query *q, struct diag *d) CHECK_RESULT;

/* audit.c and event.c, for the end of a transaction: the statement that writes the rows
 * that wait, and its arguments (zeroed by the caller); false when none wait. */
bool audit_waits(struct db *db, const struct query **ret, struct args *a);
bool event_waits(struct db *db, const struct query **ret, struct args *a);
void audit_forget(struct db *db);
void event_forget(struct db *db);

/* commit.c: writes what waits, and commits. */
enum err commit_all(struct db *db, struct diag *d) CHECK_RESULT;

#endif
