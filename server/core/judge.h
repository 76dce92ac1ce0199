/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be said for and against a statement that comes in, whether it is to be logged
 * or only proposed: made for this log, signed by those who may, about a bundle that is
 * here and allowed, newer than what was decided before.
 */
#ifndef VARSEL_JUDGE_H
#define VARSEL_JUDGE_H

#include "common/bundle.h"
#include "common/root.h"
#include "server/core/core.h"

struct judged {
	const struct core *core;
	struct arena *a;
	int64_t now;
	struct root root; /* the newest */
	struct note note; /* borrows from the bytes */
	struct statement st;
	struct hash id;           /* SHA-256 of the text */
	size_t have, needed;      /* distinct keys that signed; have is at least 1 */
	size_t asked;             /* signatures, if more than the root needs */
	struct slice bundle_text; /* from judge_bundle() on */
	struct bundle bundle;
	int *flags; /* of each line of an approval */
};

/* The note by itself. ERR_SIGNATURE when nobody who may has signed; too few is no error.
 * ERR_SYNTAX, ERR_LIMIT, ERR_VALUE, ERR_WRONG_HUB, ERR_FUTURE; ERR_CONFLICT without a
 * root. */
enum err judge_statement(const struct core *c, struct db *db, struct slice bytes,
	int64_t now, struct arena *a, struct judged *ret, struct diag *d) CHECK_RESULT;
/* The bundle is here, is what was signed, and each of its lines may be approved.
 * ERR_VALUE; ERR_NO_EFFECT when the statement has expired. */
enum err judge_bundle(struct db *db, struct judged *j, struct diag *d) CHECK_RESULT;
/* It is newer than every decision on its values. ERR_NO_EFFECT, ERR_VALUE. Within a
 * transaction. */
enum err judge_effect(struct db *db, const struct judged *j, struct diag *d) CHECK_RESULT;

static inline enum line_form judged_form(const struct judged *j)
{
	return j->st.verb == VERB_APPROVE ? LINE_BUNDLE : LINE_REVOKE;
}

/* Whether it is still a proposal. */
static inline bool judged_incomplete(const struct judged *j)
{
	return j->have < j->needed || (j->st.verb == VERB_APPROVE && j->have < j->asked);
}

#endif
