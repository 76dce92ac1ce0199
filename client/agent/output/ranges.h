/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prefixes that may lie in one another, each with its own end, turned into ranges that do
 * not overlap: what an interval set of a firewall takes. An address keeps the latest end
 * of all the prefixes that hold it.
 */
#ifndef VARSEL_OUTPUT_RANGES_H
#define VARSEL_OUTPUT_RANGES_H

#include "client/agent/output/cap.h"

struct range {
	unsigned char first[16], last[16]; /* 4 bytes used when AF_INET */
	int64_t until;
};

/* The blocking prefixes of `family` in `set` that `cap` keeps, single addresses left out,
 * sorted. The caller frees *ret. ERR_NOMEM. */
enum err ranges_of(const struct activeset *set, const struct cap *cap, int family,
	struct range **ret, size_t *ret_n) CHECK_RESULT;

#endif
