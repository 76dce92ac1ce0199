/* SPDX-License-Identifier: BSD-2-Clause */
/* Table root: the chain of root documents. */
#ifndef VARSEL_DB_ROOT_H
#define VARSEL_DB_ROOT_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

/* *ret_version 0: none yet. */
enum err db_root_newest(struct db *db, int64_t *ret_version, struct diag *d) CHECK_RESULT;
/* ERR_NOT_FOUND names the version. */
enum err db_root_get(struct db *db, int64_t version, struct arena *a, struct slice *ret,
	struct diag *d) CHECK_RESULT;
/* *ret_added false: the version is there. */
enum err db_root_add(struct db *db, int64_t version, struct slice note, const char *by,
	int64_t now, bool *ret_added, struct diag *d) CHECK_RESULT;

#endif
