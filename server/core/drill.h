/* SPDX-License-Identifier: BSD-2-Clause */
/* How long each organisation took to enforce one approval. */
#ifndef VARSEL_DRILL_H
#define VARSEL_DRILL_H

#include "server/core/coverage.h"
#include "server/db/enforcement.h"

struct drill {
	struct enforcement done;
	struct coverage_rows orgs; /* all of them, by code */
};

/* ERR_NOT_FOUND: the log has no approval at that index. */
enum err drill_read(const struct core *c, struct db *db, int64_t index, int64_t now,
	struct arena *a, struct drill *ret, struct diag *d) CHECK_RESULT;

/* When that organisation enforced it; 0: it did not, yet. */
int64_t drill_enforced(const struct drill *x, const char *code);

#endif
