/* SPDX-License-Identifier: BSD-2-Clause */
/* What the newest receipts say, beside each other and beside the log. */
#ifndef VARSEL_DB_COVERAGE_H
#define VARSEL_DB_COVERAGE_H

#include <stdint.h>

#include "common/arena.h"
#include "common/hash.h"
#include "server/db/db.h"

/* The log that receipts are measured against. */
struct coverage_log {
	int64_t size; /* 0 also before there is a log */
	bool has_root;
	struct hash root; /* of the checkpoint at that size */
};

struct coverage_row {
	const char *code, *name, *sector;
	bool suspended;
	int64_t last_seen; /* 0: never */
	struct slice
		note; /* of the newest receipt; n == 0: none, and none of what follows */
	int64_t received;
	int64_t size;
	struct hash active;
	const char *hold; /* NULL: none */
	bool differs; /* from what as many or more others have that followed the same */
	bool late;    /* a decision from before the grace is not followed */
};

struct coverage_rows {
	struct coverage_row *item; /* by code */
	size_t n;
};

/* Seconds from approval to enforcement. */
struct coverage_times {
	int64_t median, p95, max;
	int64_t n; /* how many were measured; 0: the others say nothing */
};

enum err db_coverage_log(struct db *db, const char *origin, struct coverage_log *ret,
	struct diag *d) CHECK_RESULT;
/* A decision taken before `grace` should have been followed. */
enum err db_coverage_list(struct db *db, const char *origin, int64_t grace,
	struct arena *a, struct coverage_rows *ret, struct diag *d) CHECK_RESULT;
/* Of approvals from `since` on, the newest 100,000 pairs at most. */
enum err db_coverage_times(struct db *db, int64_t since, struct coverage_times *ret,
	struct diag *d) CHECK_RESULT;

#endif
