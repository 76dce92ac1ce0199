/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must not be kept: an indicator leaves every table of the hub, and its value every
 * text. What was signed stays verifiable, as the log never held a value: first no list
 * may name it any more (docs/decisions/0013-erase-is-no-revocation.md).
 */
#ifndef VARSEL_ERASURE_H
#define VARSEL_ERASURE_H

#include "server/core/core.h"

struct erased {
	int64_t reports;  /* that named it: their notes are gone, whole */
	const char *orgs; /* codes of who sent them, separated by spaces */
	/* what still holds the value: it is nobody's to change */
	int64_t audit;
	int64_t notices;
};

/* ERR_CONFLICT names a statement whose list has it; ERR_NOT_FOUND; ERR_VALUE: the reason,
 * which is for the audit and must not name it either. A campaign that has no indicator
 * left is closed. */
enum err erasure_take(struct db *db, const struct caller *by, int64_t id,
	const char *reason, int64_t now, struct arena *a, struct erased *ret,
	struct diag *d) CHECK_RESULT;

#endif
