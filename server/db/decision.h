/* SPDX-License-Identifier: BSD-2-Clause */
/* What decisions do to the rows of table indicator. All of it within a transaction; rows
 * are locked in the order that reports lock them. */
#ifndef VARSEL_DB_DECISION_H
#define VARSEL_DB_DECISION_H

#include <stdint.h>

#include "common/arena.h"
#include "common/bundle.h"
#include "server/db/db.h"

/* A statement's bundle, and its issued. */
struct decision_rows {
	enum line_form form; /* LINE_BUNDLE: approve, LINE_REVOKE: revoke */
	struct slice body;   /* checked lines, sorted */
	const int *flags;    /* enum indicator_flag of each line; NULL: none has any */
	int64_t issued;
	int64_t now;
};

/* The first value that stands against it, if any. */
struct obstacle {
	const char *kind; /* NULL: none */
	const char *value;
	int64_t decided; /* issued of a decision that is not older; 0: tlp red it is */
};
enum err db_decision_check(struct db *db, const struct decision_rows *x, struct arena *a,
	struct obstacle *ret, struct diag *d) CHECK_RESULT;

/* Approves or revokes; values that nobody reported get their row. */
enum err db_decision_apply(
	struct db *db, const struct decision_rows *x, struct diag *d) CHECK_RESULT;

/* What is left of a value's decisions when one of them is void. */
struct restated {
	const struct kind *kind;
	struct slice value;
	enum { RESTATED_NONE, RESTATED_APPROVED, RESTATED_REVOKED } state;
	enum action action; /* when approved */
	int64_t until;      /* when approved */
	int64_t decided;    /* 0: never */
};
/* Sets the rows to that. Of what nothing is decided any more: pending as its reports have
 * it, or no row at all when nobody reported it. */
enum err db_decision_restate(struct db *db, const struct restated *key, size_t n,
	int64_t now, struct diag *d) CHECK_RESULT;

/* Rejects those of the ids that are pending, and lets disputed and withdrawn ones be as
 * they are: both leave the queue. *ret_missing: an id that does not exist, 0: none; then
 * nothing was changed. */
enum err db_decision_reject(struct db *db, const int64_t *ids, size_t n,
	const char *reason, int64_t now, int64_t *ret_missing, int64_t *ret_rejected,
	struct diag *d) CHECK_RESULT;

#endif
