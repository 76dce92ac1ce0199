/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/rejection.h"

#include <inttypes.h>

#include "server/core/reason.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/decision.h"
#include "server/db/dispute.h"

struct rejecting {
	const struct caller *by;
	const int64_t *ids;
	size_t n;
	const char *reason;
	int64_t now;
	int64_t rejected;
};

static enum err reject_body(struct db *db, void *ctx, struct diag *d)
{
	struct rejecting *x = ctx;
	CLEANUP_BUF struct buf subject = {.max = 1u << 20};
	int64_t missing;
	enum err e = db_decision_reject(
		db, x->ids, x->n, x->reason, x->now, &missing, &x->rejected, d);

	if (!e && missing)
		return diag_fail(d, ERR_NOT_FOUND, "no indicator %" PRId64, missing);
	if (e || x->rejected == 0)
		return e;
	e = db_dispute_close(db, x->now, d);
	if (e)
		return e;
	for (size_t i = 0; i < x->n; i++)
		buf_printf(&subject, "%s%" PRId64, i ? " " : "", x->ids[i]);
	return db_audit_add(
		db, x->now, x->by->key, "reject", buf_view(&subject), x->reason, d);
}

enum err rejection_take(struct db *db, const struct caller *by, const int64_t *ids,
	size_t n, const char *reason, int64_t now, size_t *ret, struct diag *d)
{
	struct rejecting x = {.by = by, .ids = ids, .n = n, .reason = reason, .now = now};
	enum err e;

	if (n == 0 || n > REJECTION_IDS)
		return diag_fail(d, n ? ERR_LIMIT : ERR_VALUE,
			"ids: %zu, 1 to %d are allowed", n, REJECTION_IDS);
	for (size_t i = 0; i < n; i++)
		if (ids[i] < 1)
			return diag_fail(d, ERR_VALUE, "ids[%zu]: no indicator %" PRId64,
				i, ids[i]);
	e = reason_check(slice_of(reason), d);
	if (!e)
		e = db_tx(db, reject_body, &x, d);
	if (!e)
		*ret = (size_t)x.rejected;
	return e;
}
