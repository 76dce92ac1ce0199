/* SPDX-License-Identifier: BSD-2-Clause */
/* Table org: municipalities and other members. */
#ifndef VARSEL_DB_ORG_H
#define VARSEL_DB_ORG_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

struct org {
	const char *code;
	const char *name;
	const char *sector; /* "" when not given */
	bool suspended;
	int64_t keys; /* that are in use */
	int64_t created;
	int64_t last_seen; /* 0: never */
	int64_t reports;
};

struct orgs {
	struct org *item; /* by code */
	size_t n;
};

/* *ret_added false: the code is taken, nothing was changed. */
enum err db_org_add(struct db *db, const char *code, const char *name, const char *sector,
	int64_t now, bool *ret_added, struct diag *d) CHECK_RESULT;
/* ERR_NOT_FOUND names the code. */
enum err db_org_get(struct db *db, const char *code, struct arena *a, struct org *ret,
	struct diag *d) CHECK_RESULT;
enum err db_org_list(
	struct db *db, struct arena *a, struct orgs *ret, struct diag *d) CHECK_RESULT;

/* Locks the row until the transaction ends: one change for one organisation at a time.
 * ERR_NOT_FOUND names the code. */
enum err db_org_lock(struct db *db, const char *code, int64_t *ret_id,
	bool *ret_suspended, struct diag *d) CHECK_RESULT;
enum err db_org_set_suspended(
	struct db *db, int64_t id, bool suspended, struct diag *d) CHECK_RESULT;
/* Counts a report that was taken. */
enum err db_org_reported(
	struct db *db, int64_t id, int64_t now, struct diag *d) CHECK_RESULT;
/* The number that the next key's name will end in. */
enum err db_org_next_link(
	struct db *db, int64_t id, int64_t *ret_n, struct diag *d) CHECK_RESULT;
/* Writes only when the last time is more than a minute ago. */
enum err db_org_seen(
	struct db *db, const char *code, int64_t now, struct diag *d) CHECK_RESULT;

#endif
