/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/drill.h"

#include <string.h>

#include "common/limits.h"

enum err drill_read(const struct core *c, struct db *db, int64_t index, int64_t now,
	struct arena *a, struct drill *ret, struct diag *d)
{
	struct drill x;
	enum err e = db_enforcement_get(db, c->origin, index, a, &x.done, d);

	if (!e)
		e = db_coverage_list(db, c->origin, now - COVERAGE_LATE, a, &x.orgs, d);
	if (!e)
		*ret = x;
	return e;
}

int64_t drill_enforced(const struct drill *x, const char *code)
{
	size_t from = 0, to = x->done.n;

	while (from < to) {
		size_t mid = (from + to) / 2;
		int c = strcmp(x->done.item[mid].code, code);

		if (c == 0)
			return x->done.item[mid].enforced;
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return 0;
}
