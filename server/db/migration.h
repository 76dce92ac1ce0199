/* SPDX-License-Identifier: BSD-2-Clause */
/* Table schema_migration: which files of schema/ the database has seen. */
#ifndef VARSEL_DB_MIGRATION_H
#define VARSEL_DB_MIGRATION_H

#include <stdint.h>

#include "server/db/db.h"

/* Waits for another migration of the same database to end; held until the connection
 * ends. */
enum err db_migration_lock(struct db *db, struct diag *d) CHECK_RESULT;
/* The highest version that registered itself; 0: an empty database. */
enum err db_migration_newest(struct db *db, int64_t *ret, struct diag *d) CHECK_RESULT;
/* Runs a file, which brings its own BEGIN and COMMIT. On failure nothing of it stays. */
enum err db_migration_run(struct db *db, const char *sql, struct diag *d) CHECK_RESULT;
/* "UTF8" is what is needed. */
enum err db_migration_encoding_ok(struct db *db, bool *ret, struct diag *d) CHECK_RESULT;

#endif
