/* SPDX-License-Identifier: BSD-2-Clause */
/* A municipality's new key, introduced by a one-use link (docs/formats.md, Other notes).
 */
#ifndef VARSEL_ENROL_H
#define VARSEL_ENROL_H

#include "server/core/core.h"

struct enrolled {
	const char *key;
	const char *org;
	const char *name; /* the organisation's */
};

/* ERR_FORBIDDEN: the link is unknown, used or expired, or made for another organisation
 * or key number. ERR_SIGNATURE: not signed by the key it brings. ERR_SYNTAX,
 * ERR_WRONG_HUB, ERR_STALE, ERR_FUTURE (TOKEN_SKEW_MAX). */
enum err enrol_take(const struct core *c, struct db *db, struct slice note, int64_t now,
	struct arena *a, struct enrolled *ret, struct diag *d) CHECK_RESULT;

#endif
