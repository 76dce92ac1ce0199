/* SPDX-License-Identifier: BSD-2-Clause */
/* What the roles that are not the tables' owner may do: schema/rights/. */
#ifndef VARSEL_DB_RIGHTS_H
#define VARSEL_DB_RIGHTS_H

#include "server/db/db.h"

/* Runs `sql`, a file of schema/rights/, for the role that the connection string names.
 * ERR_CONFIG when it names none, or the role of `db` itself. */
enum err db_rights_grant(struct db *db, const char *conninfo, const char *sql,
	struct diag *d) CHECK_RESULT;

/* Whether the connection's role could rewrite the audit. */
enum err db_rights_too_many(struct db *db, bool *ret, struct diag *d) CHECK_RESULT;

#endif
