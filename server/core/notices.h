/* SPDX-License-Identifier: BSD-2-Clause */
/* What coordinators give notice of. */
#ifndef VARSEL_NOTICES_H
#define VARSEL_NOTICES_H

#include "common/statement.h"
#include "server/core/core.h"

#define NOTICES_MAX 20

struct notice {
	int64_t index;
	struct statement st; /* its time and severity */
	struct slice text;   /* the advisory, Markdown */
};

/* The newest first, into `ret` of NOTICES_MAX. */
enum err notices_list(const struct core *c, struct db *db, struct arena *a,
	struct notice *ret, size_t *ret_n, struct diag *d) CHECK_RESULT;

#endif
