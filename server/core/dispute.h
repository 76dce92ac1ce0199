/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A member says that something is a false positive: into the coordinators' queue with it,
 * whatever its state. A revocation, an approval or a rejection of it is the answer.
 */
#ifndef VARSEL_DISPUTE_H
#define VARSEL_DISPUTE_H

#include "server/core/core.h"

struct disputed {
	int64_t id;
	bool repeated; /* the organisation has this dispute open already */
};

/* `value` in any spelling; `reason`: see reason.h. ERR_NOT_FOUND when the hub does not
 * know the value, and names what covers it; ERR_VALUE; ERR_FORBIDDEN: suspended. */
enum err dispute_take(struct db *db, const struct caller *by, const char *value,
	const char *reason, int64_t now, struct arena *a, struct disputed *ret,
	struct diag *d) CHECK_RESULT;

#endif
