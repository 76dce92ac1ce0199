/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a log's checkpoint, c2sp.org/tlog-checkpoint v1.0.0: origin, size, root. */
#ifndef VARSEL_CHECKPOINT_H
#define VARSEL_CHECKPOINT_H

#include "common/hash.h"

struct checkpoint {
	struct slice origin;
	uint64_t size;
	struct hash root;
};

/* Exactly three lines: extension lines are refused. Borrows the origin. ERR_SYNTAX. */
enum err checkpoint_parse(
	struct slice text, struct checkpoint *ret, struct diag *d) CHECK_RESULT;
void checkpoint_put(struct buf *b, const struct checkpoint *c);

#endif
