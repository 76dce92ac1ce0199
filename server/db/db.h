/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One worker's connection to PostgreSQL. It connects when first used and again after it
 * was lost; a call in between answers ERR_DATABASE. Owned by one thread at a time.
 */
#ifndef VARSEL_DB_H
#define VARSEL_DB_H

#include <stdbool.h>

#include "common/diag.h"

struct db;

/* `conninfo` is a libpq connection string or URI; copied. Does not connect. */
enum err db_open(const char *conninfo, struct db **ret, struct diag *d) CHECK_RESULT;
void db_close(struct db **db);
#define CLEANUP_DB __attribute__((cleanup(db_close)))

/* Connects if need be and asks for an answer: for /readyz. ERR_DATABASE. */
enum err db_ping(struct db *db, struct diag *d) CHECK_RESULT;

/* A number that changes whenever the connection had to be made anew: what hung on the old
 * session (an advisory lock) is then gone. 0: never connected. */
unsigned db_generation(const struct db *db);

/* Runs `body` in a transaction: commits when it returns OK, else rolls back. After a
 * serialization failure or a deadlock it runs again, so it must be repeatable. A
 * transaction within one is a bug. */
typedef enum err (*db_body)(struct db *db, void *ctx, struct diag *d);
enum err db_tx(struct db *db, db_body body, void *ctx, struct diag *d) CHECK_RESULT;

#endif
