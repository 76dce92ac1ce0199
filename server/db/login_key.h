/* SPDX-License-Identifier: BSD-2-Clause */
/* Table login_key: keys by which coordinators log in. */
#ifndef VARSEL_DB_LOGIN_KEY_H
#define VARSEL_DB_LOGIN_KEY_H

#include "server/db/org_key.h"

/* As db_org_key_find(), with org NULL. */
enum err db_login_key_find(struct db *db, const struct slice *names, size_t n,
	struct arena *a, struct key_record *ret, size_t *ret_n,
	struct diag *d) CHECK_RESULT;
/* Adds it, or another key under its name, or switches it on again. *ret_changed false: it
 * was so already. */
enum err db_login_key_set(struct db *db, const struct pubkey *k, int64_t now,
	bool *ret_changed, struct diag *d) CHECK_RESULT;
/* *ret_changed false: there is no such key in use. */
enum err db_login_key_switch_off(struct db *db, const char *name, int64_t now,
	bool *ret_changed, struct diag *d) CHECK_RESULT;
enum err db_login_key_list_off(
	struct db *db, struct arena *a, struct texts *ret, struct diag *d) CHECK_RESULT;

#endif
