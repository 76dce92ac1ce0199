/* SPDX-License-Identifier: BSD-2-Clause */
/* Table bundle: the lists that statements decide on, by their hash. */
#ifndef VARSEL_DB_BUNDLE_H
#define VARSEL_DB_BUNDLE_H

#include <stdint.h>

#include "common/arena.h"
#include "common/hash.h"
#include "server/db/db.h"

/* *ret_added false: it was there. */
enum err db_bundle_add(struct db *db, const struct hash *sha256, struct slice content,
	const char *form, int64_t lines, const char *by, int64_t now, bool *ret_added,
	struct diag *d) CHECK_RESULT;
/* ERR_NOT_FOUND. */
enum err db_bundle_get(struct db *db, const struct hash *sha256, struct arena *a,
	struct slice *ret, struct diag *d) CHECK_RESULT;
/* Unless a statement names it that is not void. */
enum err db_bundle_erase(
	struct db *db, const struct hash *sha256, struct diag *d) CHECK_RESULT;

#endif
