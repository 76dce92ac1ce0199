/* SPDX-License-Identifier: BSD-2-Clause */
/* One indicator out of all tables (schema/0003-erase.sql). All in one transaction, in
 * this order. */
#ifndef VARSEL_DB_ERASURE_H
#define VARSEL_DB_ERASURE_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct erasure_row {
	int64_t id;
	const char *kind, *value;
};

/* Locks it. ERR_NOT_FOUND. */
enum err db_erasure_hold(struct db *db, int64_t id, struct arena *a,
	struct erasure_row *ret, struct diag *d) CHECK_RESULT;
/* *ret: a statement that is not void and whose list names it; -1: none does. */
enum err db_erasure_named(struct db *db, const struct erasure_row *x, int64_t *ret,
	struct diag *d) CHECK_RESULT;
/* Lists that name it and that no statement decides on, and the proposals that would. */
enum err db_erasure_lists(
	struct db *db, const struct erasure_row *x, struct diag *d) CHECK_RESULT;
/* How many reports name it, and the codes of who sent them, separated by spaces. */
enum err db_erasure_reports(struct db *db, int64_t id, struct arena *a, int64_t *ret_n,
	const char **ret_orgs, struct diag *d) CHECK_RESULT;
/* It and its value are gone; `own_key` is that of campaign_key.h. */
enum err db_erasure_apply(struct db *db, const struct erasure_row *x, int64_t own_key,
	struct diag *d) CHECK_RESULT;
/* *ret: an open campaign that has no indicator left; 0: there is none. */
enum err db_erasure_empty(struct db *db, int64_t *ret, struct diag *d) CHECK_RESULT;
/* How many rows hold the value and stay: of the audit, and advisories. */
enum err db_erasure_kept(struct db *db, const struct erasure_row *x, int64_t *ret_audit,
	int64_t *ret_notices, struct diag *d) CHECK_RESULT;

#endif
