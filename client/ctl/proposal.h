/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A proposal as the second coordinator must see it: the statement and its bundle are
 * checked here against each other, the root and the own copy of the feed. What the hub
 * says of it is not asked.
 */
#ifndef VARSEL_CTL_PROPOSAL_H
#define VARSEL_CTL_PROPOSAL_H

#include "client/ctl/ctl.h"
#include "client/ctl/picks.h"
#include "common/allow.h"
#include "common/bundle.h"
#include "common/note.h"

struct proposal {
	int64_t id;
	struct buf note_bytes;
	struct note note; /* borrows from it */
	struct statement st;
	bool signer[ROOT_KEYS]; /* which of the root's coordinator keys have signed */
	size_t have, needed;
	struct buf bundle_bytes;
	struct bundle bundle; /* borrows from it; of a notice `reason` alone, its title */
	struct picks picks;   /* its lines, sorted; `touched` from the own feed */
	struct allow never_block;
};

/* Needs ctl_follow(). ERR_NOT_FOUND, ERR_CONFLICT (it is gone, with what became of it);
 * ERR_SIGNATURE, ERR_WRONG_HUB, ERR_VALUE: not what it should be; ERR_NO_EFFECT:
 * overtaken by a later decision. Call proposal_done() also after an error. */
enum err proposal_open(
	struct ctl *c, int64_t id, struct proposal *ret, struct diag *d) CHECK_RESULT;
void proposal_done(struct proposal *p);
#define CLEANUP_PROPOSAL __attribute__((cleanup(proposal_done)))

/* The picks, which are sorted, that stand just so in an approval that awaits a signature
 * are taken out. *ret_ids gets a line "proposal ID" for each such approval. */
enum err proposals_subtract(struct ctl *c, struct picks *picks, struct buf *ret_ids,
	struct diag *d) CHECK_RESULT;

/* Appends what a coordinator should stop at in this line, separated by "; ": an override,
 * a wide prefix, an entry of a never-block list that it hits. Nothing: no mark. */
void proposal_mark(const struct proposal *p, const struct line *l, struct buf *b);

#endif
