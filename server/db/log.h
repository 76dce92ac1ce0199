/* SPDX-License-Identifier: BSD-2-Clause */
/* Table log, and the lock that lets one hub lead. */
#ifndef VARSEL_DB_LOG_H
#define VARSEL_DB_LOG_H

#include "common/merkle.h"
#include "server/db/db.h"

struct log_row {
	int64_t id;
	int64_t term;
	struct frontier frontier; /* its size is the log's */
};

/* Makes the row when there is none: *ret_made. */
enum err db_log_make(
	struct db *db, const char *origin, bool *ret_made, struct diag *d) CHECK_RESULT;
/* The log before this one; *ret_id 0: there was none. */
enum err db_log_before(
	struct db *db, int64_t id, int64_t *ret_id, struct diag *d) CHECK_RESULT;
/* With `lock` the row is locked until the transaction ends. ERR_NOT_FOUND; ERR_INTERNAL
 * when the frontier does not fit the size. */
enum err db_log_get(struct db *db, const char *origin, bool lock, struct log_row *ret,
	struct diag *d) CHECK_RESULT;
enum err db_log_grow(
	struct db *db, int64_t id, const struct frontier *f, struct diag *d) CHECK_RESULT;
/* The next term, for who has the lock below. */
enum err db_log_new_term(
	struct db *db, int64_t id, int64_t *ret_term, struct diag *d) CHECK_RESULT;

/* The lock of the session, until the connection ends; never waits. */
enum err db_log_try_lock(struct db *db, bool *ret_got, struct diag *d) CHECK_RESULT;
/* If need be by dropping the connection. */
void db_log_unlock(struct db *db);

#endif
