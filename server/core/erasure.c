/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/erasure.h"

#include <inttypes.h>
#include <string.h>

#include "server/core/campaign_key.h"
#include "server/core/campaigns.h"
#include "server/core/reason.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/erasure.h"

struct erasing {
	const struct caller *by;
	int64_t id, now;
	const char *reason;
	struct arena *a;
	struct erased got;
};

static enum err check(struct db *db, const struct erasing *x,
	const struct erasure_row *row, struct diag *d)
{
	int64_t index = -1;
	enum err e = OK;

	if (strstr(x->reason, row->value))
		return diag_fail(d, ERR_VALUE,
			"reason: it stands in the audit and must not name the value");
	e = db_erasure_named(db, row, &index, d);
	if (!e && index >= 0)
		e = diag_fail(d, ERR_CONFLICT,
			"the list of statement %" PRId64 " names it: varselctl erase "
			"voids approvals first; a revocation stays until it has ended",
			index);
	return e;
}

static enum err close_empty(struct db *db, const struct erasing *x, struct diag *d)
{
	int64_t id = 0;
	enum err e;

	do {
		e = db_erasure_empty(db, &id, d);
		if (!e && id)
			e = campaigns_end(db, x->by->key, id,
				"what it was about was erased", x->now, x->a, d);
	} while (!e && id);
	return e;
}

static enum err erase_body(struct db *db, void *ctx, struct diag *d)
{
	struct erasing *x = ctx;
	struct erasure_row row;
	char *id = arena_printf(x->a, "%" PRId64, x->id);
	int64_t key;
	enum err e = db_erasure_hold(db, x->id, x->a, &row, d);

	if (!e && !id)
		e = diag_fail(d, ERR_NOMEM, "erase: out of memory");
	if (!e)
		e = check(db, x, &row, d);
	if (!e)
		e = db_erasure_lists(db, &row, d);
	if (!e)
		e = db_erasure_reports(db, x->id, x->a, &x->got.reports, &x->got.orgs, d);
	if (e)
		return e;
	key = join_key(JOIN_INDICATOR, slice_of(row.kind), slice_of(row.value));
	e = db_erasure_apply(db, &row, key, d);
	if (!e)
		e = close_empty(db, x, d);
	if (!e)
		e = db_erasure_kept(db, &row, &x->got.audit, &x->got.notices, d);
	return e ? e
		 : db_audit_add(
			   db, x->now, x->by->key, "erase", slice_of(id), x->reason, d);
}

enum err erasure_take(struct db *db, const struct caller *by, int64_t id,
	const char *reason, int64_t now, struct arena *a, struct erased *ret,
	struct diag *d)
{
	struct erasing x = {by, id, now, reason, a, {0}};
	enum err e = reason_check(slice_of(reason), d);

	if (!e)
		e = db_tx(db, erase_body, &x, d);
	if (!e)
		*ret = x.got;
	return e;
}
