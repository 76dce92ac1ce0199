/* SPDX-License-Identifier: BSD-2-Clause */
/* A member takes a report of its own back. The signed note stays: it was said. */
#ifndef VARSEL_WITHDRAWAL_H
#define VARSEL_WITHDRAWAL_H

#include "server/core/core.h"

/* *ret_at: when it was withdrawn; of one that had been before, then. What is reported
 * again in another report counts again. ERR_NOT_FOUND; ERR_FORBIDDEN: another
 * organisation's, or suspended. */
enum err withdrawal_take(const struct core *c, struct db *db, const struct caller *by,
	int64_t report, int64_t now, struct arena *a, int64_t *ret_at,
	struct diag *d) CHECK_RESULT;

#endif
