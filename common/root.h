/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * varsel/root/v1: who may sign what. Rotation as TUF specification 5.3 (docs/formats.md,
 * Root).
 */
#ifndef VARSEL_ROOT_H
#define VARSEL_ROOT_H

#include "common/note.h"
#include "common/statement.h"

enum role { ROLE_ROOT, ROLE_COORDINATOR, ROLE_ATTEST, ROLE_LOG, ROLE_FRESH, ROLE_COUNT };

struct root {
	int64_t version;
	int64_t issued;
	int64_t expires;
	char hub[HUB_NAME_MAX + 1];
	int64_t threshold_root;
	int64_t threshold_coordinator;
	int64_t max_age;               /* seconds */
	int64_t attest_within;         /* seconds; 0: not required */
	int64_t max_lifetime;          /* seconds, <= LIFETIME_MAX */
	struct pubkey keys[ROOT_KEYS]; /* by role, in the order of enum role */
	size_t first[ROLE_COUNT +
		     1]; /* keys of role r: keys[first[r]] to keys[first[r+1]-1] */
};

const char *role_name(enum role r);
static inline const struct pubkey *root_keys(
	const struct root *r, enum role role, size_t *ret_n)
{
	*ret_n = r->first[role + 1] - r->first[role];
	return r->keys + r->first[role];
}

/* Parses and checks what the text alone can tell: order of roles, at least one key for
 * root, coordinator and log, exactly one log and one fresh key, thresholds that the keys
 * can reach, no public key twice, key types (fresh: KEY_COSIGNER), attest keys only and
 * always when attest-within asks, the names of log and fresh key, times.
 * ERR_SYNTAX, ERR_VALUE. */
enum err root_parse(struct slice text, struct root *ret, struct diag *d) CHECK_RESULT;
void root_put(struct buf *b, const struct root *r);

/* A root note on its own: version 1, signed by its own threshold of root keys. */
enum err root_open_first(
	struct slice note, struct root *ret, struct diag *d) CHECK_RESULT;
/* The successor of *old: same hub, version exactly one more, signed by the old and by its
 * own threshold, a new log key under a new origin. Expiry is not looked at here.
 * ERR_SIGNATURE, ERR_STALE, ERR_SYNTAX. */
enum err root_open_next(const struct root *old, struct slice note, struct root *ret,
	struct diag *d) CHECK_RESULT;

/* Whose keys sign such a statement: the attesters' or the coordinators'. */
enum role root_signing_role(const struct statement *st);

/* Whether a statement counts under this root: it is of this root's log, its signatures
 * suffice (approve and notice threshold_coordinator distinct keys, revoke and void one,
 * attest one attest key), and an approve runs no longer than max_lifetime. `n` is the
 * note that `st` was parsed from. ERR_SIGNATURE with how many are missing, ERR_WRONG_HUB,
 * ERR_VALUE. */
enum err root_check_statement(const struct root *r, const struct note *n,
	const struct statement *st, struct diag *d) CHECK_RESULT;

/* The same, but that too few signed is not judged: how many distinct keys did, of how
 * many that must. */
enum err root_count_signers(const struct root *r, const struct note *n,
	const struct statement *st, size_t *ret_have, size_t *ret_needed,
	struct diag *d) CHECK_RESULT;

#endif
