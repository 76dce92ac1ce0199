/* SPDX-License-Identifier: BSD-2-Clause */
/* Table token_nonce: what was asked with lately. */
#ifndef VARSEL_DB_TOKEN_NONCE_H
#define VARSEL_DB_TOKEN_NONCE_H

#include <stdint.h>

#include "common/slice.h"
#include "server/db/db.h"

/* Remembers the nonce (hex digits); *ret_new false: the key used it already. Forgets what
 * is older than TOKEN_NONCE_KEPT. */
enum err db_token_nonce_add(struct db *db, const char *key, struct slice nonce,
	int64_t now, bool *ret_new, struct diag *d) CHECK_RESULT;

#endif
