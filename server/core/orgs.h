/* SPDX-License-Identifier: BSD-2-Clause */
/* Municipalities: added by a coordinator, given a link, enrolled, suspended. */
#ifndef VARSEL_ORGS_H
#define VARSEL_ORGS_H

#include "server/core/core.h"
#include "server/db/org.h"

/* `code`: 1..ORG_CODE_MAX of letters, digits, '.', '_', '-'. The same again is OK with
 * *ret_added false; another name or sector under the code is ERR_CONFLICT. `sector` may
 * be NULL. ERR_VALUE. */
enum err orgs_add(struct db *db, const struct caller *by, const char *code,
	const char *name, const char *sector, int64_t now, struct arena *a,
	struct org *ret, bool *ret_added, struct diag *d) CHECK_RESULT;
enum err orgs_list(
	struct db *db, struct arena *a, struct orgs *ret, struct diag *d) CHECK_RESULT;

/* A new enrolment link: one use, 24 hours; only a hash of its secret is kept.
 * ERR_NOT_FOUND; ERR_CONFLICT before the first root document. */
enum err orgs_link(const struct core *c, struct db *db, const struct caller *by,
	const char *code, int64_t now, struct arena *a, const char **ret_link,
	int64_t *ret_expires, struct diag *d) CHECK_RESULT;

/* Turns all its keys and open links off. A link made later, once used, brings the
 * organisation back with that new key alone. Again: OK. ERR_NOT_FOUND. */
enum err orgs_suspend(struct db *db, const struct caller *by, const char *code,
	int64_t now, struct diag *d) CHECK_RESULT;

/* Names of all keys that are off (members' and coordinators'): to be kept in memory, so
 * that a token already given is refused also while PostgreSQL is down. Sorted by memcmp.
 */
enum err orgs_keys_off(
	struct db *db, struct arena *a, struct texts *ret, struct diag *d) CHECK_RESULT;

/* Notes that the key's organisation was heard of; at most one write a minute each. */
enum err orgs_seen(
	struct db *db, const char *code, int64_t now, struct diag *d) CHECK_RESULT;

#endif
