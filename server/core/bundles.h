/* SPDX-License-Identifier: BSD-2-Clause */
/* Bundles on the shelf: stored before the statement that decides on them. */
#ifndef VARSEL_BUNDLES_H
#define VARSEL_BUNDLES_H

#include "server/core/core.h"

struct bundle_stored {
	struct hash sha256;
	size_t bytes;
	size_t count;
	bool repeated; /* was there before */
};

/* What begins like a bundle is one; all else is the text of a notice, and checked by
 * notice_check(). Of a bundle: checks all that bundle_parse() checks, and that no line is
 * of a kind or action this hub does not know. Approving or revoking is told by the first
 * line. ERR_SYNTAX, ERR_VALUE, ERR_LIMIT with the line. */
enum err bundles_take(struct db *db, const struct caller *by, struct slice text,
	int64_t now, struct arena *a, struct bundle_stored *ret,
	struct diag *d) CHECK_RESULT;

/* The exact bytes, into the arena. ERR_NOT_FOUND. */
enum err bundles_get(struct db *db, const struct hash *sha256, struct arena *a,
	struct slice *ret, struct diag *d) CHECK_RESULT;

#endif
