/* SPDX-License-Identifier: BSD-2-Clause */
/* Attests: somebody else followed the log and says which tree it was. */
#ifndef VARSEL_CORE_ATTEST_H
#define VARSEL_CORE_ATTEST_H

#include "common/statement.h"
#include "server/db/db.h"

/* Whether the tree that `st` attests is one that this hub signed. Log `row` has `size`
 * entries. ERR_VALUE says how it differs. */
enum err attest_check(struct db *db, int64_t row, uint64_t size,
	const struct statement *st, struct diag *d) CHECK_RESULT;

#endif
