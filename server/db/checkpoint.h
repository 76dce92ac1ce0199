/* SPDX-License-Identifier: BSD-2-Clause */
/* Table checkpoint: the first that was signed at each size. */
#ifndef VARSEL_DB_CHECKPOINT_H
#define VARSEL_DB_CHECKPOINT_H

#include "common/hash.h"
#include "server/db/db.h"

/* One that is there already stays. */
enum err db_checkpoint_add(struct db *db, int64_t log, int64_t size,
	const struct hash *root, struct slice note, int64_t now,
	struct diag *d) CHECK_RESULT;
/* The root that was signed at this size; ERR_NOT_FOUND when none was. */
enum err db_checkpoint_root(struct db *db, int64_t log, int64_t size, struct hash *ret,
	struct diag *d) CHECK_RESULT;

#endif
