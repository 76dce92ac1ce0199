/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys under which a value may be blocked: its own, and all that contain it. */
#ifndef VARSEL_AGENT_COVER_H
#define VARSEL_AGENT_COVER_H

#include "common/kind.h"

/* Calls `each` for the canonical value itself and then for every domain above it, every
 * prefix around it, and for a URL's host and all of those, until it returns false. The
 * slices are valid during the call. */
void cover_each(const struct kind *kind, struct slice value,
	bool (*each)(void *ctx, const struct kind *kind, struct slice value), void *ctx);

#endif
