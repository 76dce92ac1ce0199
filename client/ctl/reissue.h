/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in force, kept in force without some of the statements that it hangs on: those
 * that are to be voided, or that a new root document will no longer count.
 */
#ifndef VARSEL_CTL_REISSUE_H
#define VARSEL_CTL_REISSUE_H

#include "client/ctl/decide.h"

/* What would be active without the statements that `out` flags (by their place in f->st).
 * Needs feed_active() before, and no hold; borrows from the feed like it. */
enum err reissue_without(const struct feed *f, const bool *out, int64_t now,
	struct activeset *ret, struct diag *d) CHECK_RESULT;

/* From the set that `rest` is to the set that `want` is: the lines to approve again, with
 * all that they have now, and the keys to revoke before that, as nothing else takes away
 * or shortens what is active. Adds to both. */
enum err reissue_compare(const struct activeset *want, const struct activeset *rest,
	struct picks *approve, struct picks *revoke, struct diag *d) CHECK_RESULT;

/* Voids an approval. Needs ctl_follow() and ctl_signing(). */
enum err reissue_void(struct ctl *c, const struct hash *target, int64_t target_issued,
	struct decided *ret, struct diag *d) CHECK_RESULT;

#endif
