/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an output with a maximum keeps when there is more: the most confident entries
 * first, of those the newest, and of those in the order of the set. It is a matter of one
 * comparison with the last entry that is kept, so that any earlier choice can be made
 * again from what is remembered of it.
 */
#ifndef VARSEL_OUTPUT_CAP_H
#define VARSEL_OUTPUT_CAP_H

#include "client/agent/output/enforced.h"

/* What decides over an entry's place. */
struct worth {
	int confidence;
	int64_t since;
	const struct kind *kind;
	struct slice value;
};

struct cap {
	bool full;          /* else everything is kept */
	struct worth least; /* the last that is; borrows its value */
};

struct worth worth_of(const struct active *a);
struct worth worth_of_entry(const struct enforced_entry *e);

/* Sorts w[0..n), when not all fit, to find where to cut; max > 0. */
struct cap cap_cut(struct worth *w, size_t n, size_t max);
bool cap_keeps(const struct cap *c, const struct worth *w);

#endif
