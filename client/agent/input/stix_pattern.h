/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of STIX 2.1 patterns that names indicators: comparisons with '=', joined by
 * OR, in one or more square brackets joined by OR. Everything that says more (AND,
 * FOLLOWEDBY, NOT, qualifiers) is refused: half of such a pattern would be another one.
 */
#ifndef VARSEL_INPUT_STIX_PATTERN_H
#define VARSEL_INPUT_STIX_PATTERN_H

#include "common/kind.h"

/* Calls `each` with every kind and literal. NULL, or why the pattern cannot be taken (a
 * constant text); then some calls may have been made already: collect first. `literal` is
 * valid during the call. */
const char *stix_pattern(struct slice pattern,
	enum err (*each)(void *ctx, const struct kind *kind, struct slice literal),
	void *ctx);

#endif
