/* SPDX-License-Identifier: BSD-2-Clause */
/* A report's lines: which are taken, which refused and why. Touches no database. */
#ifndef VARSEL_LINES_H
#define VARSEL_LINES_H

#include "common/report.h"
#include "server/core/submission.h"
#include "server/db/report_indicator.h"

struct lines {
	struct ingest_line *taken; /* distinct, sorted by kind and value */
	size_t ntaken;
	size_t accepted; /* lines behind them */
	struct refusal *refused;
	size_t nrefused;
};

/* Reads r to its end; what hits `never_block` (may be NULL) is flagged. An error refuses
 * the report as a whole. */
enum err lines_read(struct report *r, const struct allow *never_block, struct arena *a,
	struct lines *ret, struct diag *d) CHECK_RESULT;

#endif
