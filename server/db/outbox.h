/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables receiver and outbox: who is told what, and what is on its way. */
#ifndef VARSEL_DB_OUTBOX_H
#define VARSEL_DB_OUTBOX_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct receiver {
	const char *name; /* "webhook soc", "notify" */
	const char *const *word;
	size_t nwords;
};

/* In a transaction: receivers that are none of these go, with what waits for them. */
enum err db_receiver_keep(
	struct db *db, const struct receiver *r, size_t n, struct diag *d) CHECK_RESULT;
enum err db_receiver_put(struct db *db, const struct receiver *r, int64_t now,
	struct diag *d) CHECK_RESULT;

struct outbox_row {
	int64_t id, event, attempts, at;
	const char *delivery, *kind;
	struct slice body;
};

/* In a transaction: the oldest that is due, its row locked. */
enum err db_outbox_due(struct db *db, const char *receiver, int64_t now, struct arena *a,
	struct outbox_row *ret, bool *ret_found, struct diag *d) CHECK_RESULT;
enum err db_outbox_tried(
	struct db *db, int64_t id, int64_t due, struct diag *d) CHECK_RESULT;
enum err db_outbox_delivered(
	struct db *db, int64_t id, int64_t now, struct diag *d) CHECK_RESULT;
/* `over`: when it was given up; 0: it was not. */
enum err db_outbox_refused(struct db *db, int64_t id, const char *why, int64_t over,
	struct diag *d) CHECK_RESULT;

#endif
