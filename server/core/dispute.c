/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/dispute.h"

#include <inttypes.h>

#include "server/core/indicators.h"
#include "server/core/reason.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/dispute.h"
#include "server/db/org.h"

struct disputing {
	const struct caller *by;
	struct indicator what;
	const char *reason;
	int64_t now;
	struct arena *a;
	struct disputed got;
};

/* The value itself. Who disputes a name that only a wider entry covers is told which. */
static enum err find(
	struct db *db, const char *value, struct disputing *x, struct diag *d)
{
	struct lookup l;
	enum err e = indicators_lookup(db, slice_of(value), x->now, x->a, &l, d);

	if (e)
		return e;
	if (l.found.n == 0)
		return diag_value(d, ERR_NOT_FOUND, l.kind, slice_of(l.value),
			"the hub does not know it");
	x->what = l.found.item[0];
	if (!lookup_exact(&l))
		return diag_value(d, ERR_NOT_FOUND, l.kind, slice_of(l.value),
			"the hub does not know it; what covers it and can be disputed is "
			"%s %s (%s)",
			x->what.kind, x->what.value, x->what.state);
	return OK;
}

static enum err dispute_body(struct db *db, void *ctx, struct diag *d)
{
	struct disputing *x = ctx;
	bool suspended, added;
	int64_t org;
	char *subject;
	enum err e = db_org_lock(db, x->by->org, &org, &suspended, d);

	if (!e && suspended)
		return diag_fail(
			d, ERR_FORBIDDEN, "dispute: %s is suspended", x->by->org);
	if (!e)
		e = db_dispute_open(db, x->what.id, org, x->by->key, x->reason, x->now,
			&x->got.id, &added, d);
	if (e)
		return e;
	x->got.repeated = !added;
	if (!added)
		return OK;
	/* by numbers: what the audit holds cannot be erased */
	subject = arena_printf(x->a, "%" PRId64, x->what.id);
	if (!subject)
		return diag_fail(d, ERR_NOMEM, "dispute: out of memory");
	return db_audit_add(db, x->now, x->by->key, "dispute", slice_of(subject),
		arena_printf(x->a, "dispute %" PRId64, x->got.id), d);
}

enum err dispute_take(struct db *db, const struct caller *by, const char *value,
	const char *reason, int64_t now, struct arena *a, struct disputed *ret,
	struct diag *d)
{
	struct disputing x = {.by = by, .reason = reason, .now = now, .a = a};
	enum err e = reason_check(slice_of(reason), d);

	if (!e)
		e = find(db, value, &x, d);
	if (!e)
		e = db_tx(db, dispute_body, &x, d);
	if (!e)
		*ret = x.got;
	return e;
}
