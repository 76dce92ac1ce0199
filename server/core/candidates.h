/* SPDX-License-Identifier: BSD-2-Clause */
/* What could cover a value: the domains above it and the prefixes around it. */
#ifndef VARSEL_CANDIDATES_H
#define VARSEL_CANDIDATES_H

#include "common/kind.h"
#include "server/core/core.h"
#include "server/db/indicator.h"

#define CANDIDATES_MAX 256

/* The canonical value itself first, then what contains it, the nearest first. Of a URL
 * also the host and what contains that; of an e-mail address its domain likewise. */
enum err candidates_of(const struct kind *kind, struct slice value, struct arena *a,
	struct candidate ret[CANDIDATES_MAX], size_t *ret_n, struct diag *d) CHECK_RESULT;

#endif
