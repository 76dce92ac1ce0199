/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Four eyes: where the root document asks more than one coordinator, a statement that too
 * few signed waits here for the others. Nobody is enforced upon by a proposal; a client
 * never sees it.
 */
#ifndef VARSEL_PROPOSALS_H
#define VARSEL_PROPOSALS_H

#include "server/core/decision.h"
#include "server/core/judge.h"

#define PROPOSALS_MAX 200 /* that await signatures at a time */

struct proposal {
	int64_t id;
	struct statement st;
	const char *reason;   /* the bundle's */
	const char **signers; /* key names */
	size_t nsigners;
	size_t needed;
	int64_t created;
	struct slice note;
};

/* The statement's known signatures and those that its proposal has: *ret_entry is the
 * note with all of them, and j->have their number. Too few: *ret_id is the proposal that
 * keeps them (once the statement has been judged like one that is logged), else 0. */
enum err proposals_gather(struct db *db, const struct caller *by, struct judged *j,
	struct slice *ret_entry, int64_t *ret_id, struct diag *d) CHECK_RESULT;

/* Those that await signatures; what can no longer take effect is settled first. */
enum err proposals_list(const struct core *c, struct db *db, int64_t now, struct arena *a,
	struct proposal **ret, size_t *ret_n, struct diag *d) CHECK_RESULT;
/* ERR_NOT_FOUND; ERR_CONFLICT with what became of it. */
enum err proposals_get(const struct core *c, struct db *db, int64_t id, int64_t now,
	struct arena *a, struct proposal *ret, struct diag *d) CHECK_RESULT;
/* The proposal's note with another signature. As proposals_get() and decision_take();
 * ERR_VALUE when the note is another statement's. */
enum err proposals_sign(const struct core *c, struct db *db, const struct caller *by,
	int64_t id, struct slice note, int64_t now, struct arena *a, struct decided *ret,
	struct diag *d) CHECK_RESULT;

#endif
