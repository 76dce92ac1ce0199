/* SPDX-License-Identifier: BSD-2-Clause */
/* Table receipt: the newest of each organisation; and what it shows to be enforced. */
#ifndef VARSEL_DB_RECEIPT_H
#define VARSEL_DB_RECEIPT_H

#include "common/hash.h"
#include "server/db/db.h"

struct receipt_row {
	const char *org; /* code */
	const char *key; /* name of the key that signed */
	struct slice note;
	int64_t issued, received;
	int64_t root_version, size;
	int64_t at, active;
	struct hash digest;
	int64_t outputs, failed;
	struct slice hold; /* n == 0: none */
	const char *log;   /* origin of the log that `size` is of */
};

/* *ret_stored false: one as new or newer is there, and stays. With nothing failed or on
 * hold, notes which approvals are enforced from now on (table enforcement). */
enum err db_receipt_put(struct db *db, const struct receipt_row *r, bool *ret_stored,
	struct diag *d) CHECK_RESULT;

#endif
