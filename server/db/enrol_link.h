/* SPDX-License-Identifier: BSD-2-Clause */
/* Table enrol_link: one-use links, known by a hash of their secret. */
#ifndef VARSEL_DB_ENROL_LINK_H
#define VARSEL_DB_ENROL_LINK_H

#include <stdint.h>

#include "common/arena.h"
#include "common/hash.h"
#include "server/db/db.h"

enum err db_enrol_link_add(struct db *db, const struct hash *secret_hash, int64_t org,
	int64_t n, const char *by, int64_t now, int64_t expires,
	struct diag *d) CHECK_RESULT;

/* Marks it used, once: *ret_used false when it is unknown, used, expired, or not made for
 * this organisation and number. */
enum err db_enrol_link_use(struct db *db, const struct hash *secret_hash, int64_t org,
	int64_t n, int64_t now, bool *ret_used, struct diag *d) CHECK_RESULT;
/* Switches those that are open off. */
enum err db_enrol_link_switch_off(
	struct db *db, int64_t org, int64_t now, struct diag *d) CHECK_RESULT;

#endif
