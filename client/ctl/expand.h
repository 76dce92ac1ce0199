/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a revocation of a value means for what is in force: the keys inside it go, wider
 * ones that still cover it are named, and so are URLs under a name or address that goes.
 */
#ifndef VARSEL_CTL_EXPAND_H
#define VARSEL_CTL_EXPAND_H

#include "client/ctl/picks.h"
#include "client/ctl/targets.h"
#include "common/activeset.h"

struct expansion {
	struct picks picks; /* LINE_REVOKE, sorted: the active keys inside the values */
	struct buf absent;  /* a line for each value that nothing active lies in */
	struct buf wider;   /* a line for each value that something wider still covers */
	struct buf urls;    /* a line for each URL under a revoked name or address */
	size_t nabsent, nwider;
};

/* All targets must have a kind; they are sorted. Linear in the active set, times the
 * number of addresses among the targets. ERR_NOMEM. */
enum err expand(const struct activeset *set, struct targets *t, struct expansion *ret,
	struct diag *d) CHECK_RESULT;
void expansion_done(struct expansion *x);

#endif
