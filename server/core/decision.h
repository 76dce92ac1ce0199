/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A statement comes in: enough signatures under the newest root, made for this log; a
 * decision newer than what was decided before, an attest of a tree that was signed here.
 * Then it becomes one entry of the log. Signed by too few it becomes a proposal
 * (proposals.h), and the signature that completes it makes it the entry. The hub decides
 * nothing here: every client judges the statement again.
 */
#ifndef VARSEL_DECISION_H
#define VARSEL_DECISION_H

#include "common/hash.h"
#include "server/core/core.h"

struct decided {
	int64_t proposal; /* its number while signatures are missing; 0: it is logged */
	size_t have, needed; /* signatures */
	uint64_t index;      /* in the log */
	uint64_t size;       /* of the signed log that holds it */
	bool repeated;       /* the same text was logged before, at this index */
	bool erased;         /* a void: nothing that counts names this bundle any more */
	struct hash bundle;
};

/* Sequences the note in c->log: the answer comes when the checkpoint that holds it is
 * signed and published. Signatures that its proposal has already count with it. It stays
 * a proposal while it has fewer than `signatures`, when that is more than the root asks:
 * what is to last under a root document with a higher threshold.
 *
 * ERR_SIGNATURE, ERR_SYNTAX, ERR_WRONG_HUB (another log's), ERR_FUTURE; ERR_VALUE: the
 * bundle is not here or is not what the statement says, a line that cannot be approved
 * (public suffix, too wide, tlp red, a flag without override), another tree attested;
 * ERR_NO_EFFECT: expired,
 * or not issued after every decision that touched one of its values; ERR_CONFLICT: no
 * root document yet; ERR_BUSY: another hub has the log; ERR_HOLD as log.h says. */
enum err decision_take(const struct core *c, struct db *db, const struct caller *by,
	struct slice note, size_t signatures, int64_t now, struct arena *a,
	struct decided *ret, struct diag *d) CHECK_RESULT;

#endif
