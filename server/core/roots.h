/* SPDX-License-Identifier: BSD-2-Clause */
/* The chain of root documents. They are added on the hub's console (varseld root add),
 * never over the network. */
#ifndef VARSEL_ROOTS_H
#define VARSEL_ROOTS_H

#include "common/root.h"
#include "server/core/core.h"

/* The note's exact bytes, into the arena. ERR_NOT_FOUND. */
enum err roots_get(struct db *db, int64_t version, struct arena *a, struct slice *ret,
	struct diag *d) CHECK_RESULT;
/* The newest, parsed; ret_hash (may be NULL) is the SHA-256 of version 1's text, for
 * enrolment links. ERR_NOT_FOUND before the first. */
enum err roots_newest(struct db *db, struct arena *a, struct root *ret,
	struct hash *ret_first, struct diag *d) CHECK_RESULT;
/* Verifies the chain and stores. `log` and `fresh` are this hub's own keys: a root that
 * names others is refused (ERR_CONFLICT). The version that is there already with the same
 * bytes: OK, *ret_added false. */
enum err roots_add(const struct core *c, struct db *db, const char *actor,
	struct slice note, const struct pubkey *log, const struct pubkey *fresh,
	int64_t now, struct arena *a, struct root *ret, bool *ret_added,
	struct diag *d) CHECK_RESULT;

#endif
