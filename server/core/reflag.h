/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The never-block lists have changed since something was reported: what awaits a decision
 * is judged by those of today. Not a matter of safety (an approval is judged again), but
 * coordinators should see it, and `approve --all` leave it.
 */
#ifndef VARSEL_REFLAG_H
#define VARSEL_REFLAG_H

#include "server/core/core.h"

/* Looks at all that is pending; *ret counts what changed. For the hub that leads, when it
 * starts. */
enum err reflag_pending(const struct core *c, struct db *db, int64_t now, size_t *ret,
	struct diag *d) CHECK_RESULT;

#endif
