/* SPDX-License-Identifier: BSD-2-Clause */
/* Table org_key: public keys that members enrolled. */
#ifndef VARSEL_DB_ORG_KEY_H
#define VARSEL_DB_ORG_KEY_H

#include <stdint.h>

#include "common/arena.h"
#include "common/key.h"
#include "server/db/db.h"
#include "server/db/texts.h"

struct key_record {
	struct pubkey key;
	const char *org; /* code; NULL: a coordinator's login key */
	bool off;
};

/* Keys by name, in use or not: at most `n` of them. The result has room for n.
 * ERR_INTERNAL when a stored key does not parse. */
enum err db_org_key_find(struct db *db, const struct slice *names, size_t n,
	struct arena *a, struct key_record *ret, size_t *ret_n,
	struct diag *d) CHECK_RESULT;
/* *ret_added false: the name is taken. */
enum err db_org_key_add(struct db *db, int64_t org, const struct pubkey *k, int64_t now,
	bool *ret_added, struct diag *d) CHECK_RESULT;
enum err db_org_key_switch_off(
	struct db *db, int64_t org, int64_t now, struct diag *d) CHECK_RESULT;
/* Names of those that are off. */
enum err db_org_key_list_off(
	struct db *db, struct arena *a, struct texts *ret, struct diag *d) CHECK_RESULT;

#endif
