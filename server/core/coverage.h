/* SPDX-License-Identifier: BSD-2-Clause */
/* Who enforces what: each organisation's newest receipt, judged. */
#ifndef VARSEL_COVERAGE_H
#define VARSEL_COVERAGE_H

#include "common/receipt.h"
#include "server/core/core.h"
#include "server/db/coverage.h"

struct coverage {
	struct coverage_log log;
	struct coverage_rows orgs;
	struct coverage_times times; /* of the last ENFORCED_WITHIN */
};

/* `only`: that organisation's row alone; NULL: all. Bounded by the number of
 * organisations, whatever the log and the tables hold. */
enum err coverage_read(const struct core *c, struct db *db, const char *only, int64_t now,
	struct arena *a, struct coverage *ret, struct diag *d) CHECK_RESULT;

/* suspended: its keys are off. never: no receipt. hold: takes no new approvals. differs:
 * its set is not that of as many or more others that followed the same. late: a decision
 * is not followed for COVERAGE_LATE, or nothing was heard of it for COVERAGE_SILENT. Else
 * current. */
const char *coverage_state(const struct coverage_row *r, int64_t now);

/* The text of a receipt's note, for receipt_next_output(). */
struct slice coverage_receipt(const struct coverage_row *r);

#endif
