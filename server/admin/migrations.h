/* SPDX-License-Identifier: BSD-2-Clause */
/* The migrations inside this program, beside those that a database has seen. */
#ifndef VARSEL_MIGRATIONS_H
#define VARSEL_MIGRATIONS_H

#include <stdint.h>

#include "server/db/db.h"

/* The newest version that this program carries. */
int64_t migrations_newest(void);
/* Runs those that are missing, in order; `each` is told of every one that was run (name
 * of its file), and audited in the name of `actor`. ERR_CONFLICT when the database is
 * newer than this program. */
enum err migrations_run(struct db *db, const char *actor, void (*each)(const char *name),
	struct diag *d) CHECK_RESULT;
/* ERR_CONFLICT when the database's tables are not this program's; says what to do. */
enum err migrations_check(struct db *db, struct diag *d) CHECK_RESULT;

#endif
