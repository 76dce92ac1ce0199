/* SPDX-License-Identifier: BSD-2-Clause */
/* Table proposal: statements that await more signatures. */
#ifndef VARSEL_DB_PROPOSAL_H
#define VARSEL_DB_PROPOSAL_H

#include <stdint.h>

#include "common/arena.h"
#include "common/hash.h"
#include "server/db/db.h"

struct proposal_row {
	int64_t id;
	struct slice note;
	int64_t created;
	const char *outcome; /* NULL: it awaits signatures */
};

/* By id; or by the SHA-256 of the text, locked until the transaction ends.
 * ERR_NOT_FOUND. */
enum err db_proposal_get(struct db *db, int64_t id, struct arena *a,
	struct proposal_row *ret, struct diag *d) CHECK_RESULT;
enum err db_proposal_lock(struct db *db, const struct hash *sha256, struct arena *a,
	struct proposal_row *ret, struct diag *d) CHECK_RESULT;
/* Those that await signatures, oldest first, at most `max`. */
enum err db_proposal_list(struct db *db, size_t max, struct arena *a,
	struct proposal_row **ret, size_t *ret_n, struct diag *d) CHECK_RESULT;
/* ERR_CONFLICT when another transaction has just added the same. */
enum err db_proposal_add(struct db *db, const struct hash *sha256, struct slice note,
	int64_t now, const char *by, int64_t *ret_id, struct diag *d) CHECK_RESULT;
/* It awaits signatures (again). */
enum err db_proposal_set_note(
	struct db *db, int64_t id, struct slice note, struct diag *d) CHECK_RESULT;
/* Only of one that awaits signatures. */
enum err db_proposal_settle(
	struct db *db, int64_t id, const char *outcome, struct diag *d) CHECK_RESULT;
enum err db_proposal_settle_text(struct db *db, const struct hash *sha256,
	const char *outcome, struct diag *d) CHECK_RESULT;

#endif
