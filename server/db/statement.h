/* SPDX-License-Identifier: BSD-2-Clause */
/* Table statement: the log's entries. */
#ifndef VARSEL_DB_STATEMENT_H
#define VARSEL_DB_STATEMENT_H

#include <stdint.h>

#include "common/arena.h"
#include "common/hash.h"
#include "server/db/db.h"

struct statement_row {
	int64_t index;
	struct slice note;
	struct hash sha256; /* of the text */
	bool has_bundle;
	struct hash bundle;
	const char *verb;
	int64_t issued;
	int64_t expires;
	int64_t received;
	const char *from; /* key name of the coordinator who posted it */
};

/* *ret_index -1: this text is not in the log. */
enum err db_statement_find(struct db *db, int64_t log, const struct hash *sha256,
	int64_t *ret_index, struct diag *d) CHECK_RESULT;
/* All fields but has_bundle false need be set. */
enum err db_statement_add(struct db *db, int64_t log, const struct statement_row *s,
	struct diag *d) CHECK_RESULT;
/* Up to `max` entries from `first` on, in order: index, note, bundle, expires.
 * ERR_INTERNAL when one is missing in between. */
enum err db_statement_read(struct db *db, int64_t log, int64_t first, int64_t max,
	struct arena *a, struct statement_row **ret, size_t *ret_n,
	struct diag *d) CHECK_RESULT;
/* Copies, in order, what of log `from` may still count at `now` (approvals, revocations
 * and voids that have not expired) to the end of the empty log `to`. */
enum err db_statement_carry(struct db *db, int64_t from, int64_t to, int64_t now,
	struct diag *d) CHECK_RESULT;

/* *sha256 was made void by entry `by`; the first time counts. */
enum err db_statement_void(struct db *db, int64_t log, const struct hash *sha256,
	int64_t by, struct diag *d) CHECK_RESULT;

/* An entry that is not void, with its list. */
struct statement_list {
	int64_t index; /* -1: there is none any more */
	struct slice note;
	struct slice content;
};
/* The first with an index over `after`. */
enum err db_statement_next_list(struct db *db, int64_t log, int64_t after,
	struct arena *a, struct statement_list *ret, struct diag *d) CHECK_RESULT;

#endif
