/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/coverage.h"

#include "common/limits.h"
#include "common/note.h"

enum err coverage_read(const struct core *c, struct db *db, int64_t now, struct arena *a,
	struct coverage *ret, struct diag *d)
{
	struct coverage got = {0};
	enum err e = db_coverage_log(db, c->origin, &got.log, d);

	if (!e)
		e = db_coverage_list(db, c->origin, now - COVERAGE_LATE, a, &got.orgs, d);
	if (!e)
		e = db_coverage_times(db, now - ENFORCED_WITHIN, &got.times, d);
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
