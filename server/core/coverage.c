/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/coverage.h"

#include <string.h>

#include "common/limits.h"
#include "common/note.h"

/* All are compared before. */
static void keep_only(struct coverage_rows *all, const char *code)
{
	struct coverage_row *found = NULL;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->item[i].code, code) == 0)
			found = &all->item[i];
	*all = (struct coverage_rows){found, found != NULL};
}

enum err coverage_read(const struct core *c, struct db *db, const char *only, int64_t now,
	struct arena *a, struct coverage *ret, struct diag *d)
{
	struct coverage got = {0};
	enum err e = db_coverage_log(db, c->origin, &got.log, d);

	if (!e)
		e = db_coverage_list(db, c->origin, now - COVERAGE_LATE, a, &got.orgs, d);
	if (!e)
		e = db_coverage_times(db, now - ENFORCED_WITHIN, &got.times, d);
	if (!e && only)
		keep_only(&got.orgs, only);
	if (!e)
		*ret = got;
	return e;
}

const char *coverage_state(const struct coverage_row *r, int64_t now)
{
	if (r->suspended)
		return "suspended";
	if (r->note.n == 0)
		return "never";
	if (r->hold)
		return "hold";
	if (r->differs)
		return "differs";
	if (r->late || r->last_seen < now - COVERAGE_SILENT)
		return "late";
	return "current";
}

struct slice coverage_receipt(const struct coverage_row *r)
{
	struct note note;

	if (note_parse(r->note, &note, NULL))
		return (struct slice){0};
	return note.text;
}
