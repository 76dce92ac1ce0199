/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two tables of keys, org_key and login_key, read alike. */
#ifndef VARSEL_KEY_ROWS_H
#define VARSEL_KEY_ROWS_H

#include "server/db/org_key.h"
#include "server/db/query.h"

/* Runs `q` with the names as $1::text[]; its columns: vkey, org code or null, off. */
enum err key_rows_find(struct db *db, const struct query *q, const struct slice *names,
	size_t n, struct arena *a, struct key_record *ret, size_t *ret_n,
	struct diag *d) CHECK_RESULT;
/* Runs `q`, whose one column is a text. */
enum err key_rows_texts(struct db *db, const struct query *q, struct arena *a,
	struct texts *ret, struct diag *d) CHECK_RESULT;

#endif
