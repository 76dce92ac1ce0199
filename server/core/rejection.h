/* SPDX-License-Identifier: BSD-2-Clause */
/* Off the queue without a statement: nothing is logged, nobody blocks. */
#ifndef VARSEL_REJECTION_H
#define VARSEL_REJECTION_H

#include "server/core/core.h"

#define REJECTION_IDS 10000

/* Rejects those of `ids` that are pending; of those that are disputed or
 * withdrawn it closes the disputes and leaves the decision in force. *ret counts both. A
 * rejected one is pending again when an organisation that had not reported it does.
 * `reason`: see reason.h. ERR_NOT_FOUND names an id that does not exist; ERR_VALUE,
 * ERR_LIMIT. */
enum err rejection_take(struct db *db, const struct caller *by, const int64_t *ids,
	size_t n, const char *reason, int64_t now, size_t *ret,
	struct diag *d) CHECK_RESULT;

#endif
