/* SPDX-License-Identifier: BSD-2-Clause */
/* The hub's audit: its rows, page by page, and whether they still hang together. */
#ifndef VARSEL_CTL_TRAIL_H
#define VARSEL_CTL_TRAIL_H

#include "client/hub/hub.h"
#include "common/audit.h"
#include "common/json_in.h"

struct trail_page {
	struct audit_row *row;
	size_t n, cap;
	bool first;           /* nothing stood before it */
	struct audit_row cut; /* id and hash of the last row that retention took; id 0:
			       * none */
};

/* All pages of rows not older than `since` (0: from the start); a page is gone when
 * `each` returns. Stops at the first error of `each`. ERR_SYNTAX for what no audit row
 * can be. */
enum err trail_walk(struct hub *h, int64_t since,
	enum err (*each)(void *ctx, const struct trail_page *p, struct diag *d),
	void *ctx, struct diag *d) CHECK_RESULT;

/* The chain as far as it was walked. */
struct trail {
	struct audit_row last; /* id and hash; id 0: before the first row */
	struct audit_row head; /* the same of the last row when it was verified before; id
				* 0: never */
	int64_t head_at;       /* and when that was */
	size_t rows;           /* that hold */
};

/* The next page. ERR_SIGNATURE names the first row that is wrong, and what is wrong with
 * it: changed, missing, out of order, or not the one that was seen before. */
enum err trail_check(
	struct trail *t, const struct trail_page *p, struct diag *d) CHECK_RESULT;
/* Behind the last page: whether its end was cut off. ERR_SIGNATURE. */
enum err trail_end(const struct trail *t, struct diag *d) CHECK_RESULT;

/* What was seen last, "ID HASH TIME" in a file. A file that is not there: id 0. */
enum err trail_head_load(
	const char *path, struct trail *ret, struct diag *d) CHECK_RESULT;
enum err trail_head_save(const char *path, const struct trail *t, int64_t now,
	struct diag *d) CHECK_RESULT;

#endif
