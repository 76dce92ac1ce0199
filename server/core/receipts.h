/* SPDX-License-Identifier: BSD-2-Clause */
/* What members say they enforce: the newest receipt of each, with its signed note. */
#ifndef VARSEL_RECEIPTS_H
#define VARSEL_RECEIPTS_H

#include "server/core/core.h"

/* Takes the note's exact bytes. *ret_stored false: one as new or newer is here, and
 * stays. ERR_FORBIDDEN, ERR_SIGNATURE as signer.h says; ERR_SYNTAX, ERR_LIMIT,
 * ERR_WRONG_HUB (another hub's, or another log's), ERR_STALE, ERR_FUTURE. */
enum err receipts_take(const struct core *c, struct db *db, const struct caller *by,
	struct slice note, int64_t now, struct arena *a, bool *ret_stored,
	struct diag *d) CHECK_RESULT;

#endif
