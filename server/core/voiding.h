/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A void: a notice that nobody is shown any more, or an approval that counts for nothing
 * from now on. The indicators that it named get the state that the other statements give
 * them, and its list is erased when no statement that still counts names it.
 */
#ifndef VARSEL_VOIDING_H
#define VARSEL_VOIDING_H

#include "server/core/judge.h"

/* Within the sequencer's transaction: j is a void, to be logged at `index` of log `row`.
 * ERR_VALUE when it names no approval or notice of this log, or is issued before it. One
 * that is void already may be made so again: the first may hang on a key that is about to
 * go. */
enum err voiding_apply(struct db *db, const struct judged *j, int64_t row, int64_t index,
	struct diag *d) CHECK_RESULT;

/* After it was logged: whether the list of what it names is gone from the database, so
 * that it must go from memory, too. */
enum err voiding_erased(struct db *db, const struct judged *j, bool *ret,
	struct hash *ret_bundle, struct diag *d) CHECK_RESULT;

#endif
