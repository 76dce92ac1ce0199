/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/withdrawal.h"

#include <inttypes.h>

#include "server/core/campaign.h"
#include "server/core/submission.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/dispute.h"
#include "server/db/org.h"
#include "server/db/report_indicator.h"

struct withdrawing {
	const struct core *core;
	const struct caller *by;
	int64_t report;
	int64_t now;
	struct arena *a;
	int64_t at;
};

static enum err withdraw(
	struct db *db, int64_t org, const struct withdrawing *x, struct diag *d)
{
	char *id = arena_printf(x->a, "%" PRId64, x->report);
	enum err e = id ? OK : diag_fail(d, ERR_NOMEM, "withdrawal: out of memory");

	if (!e)
		e = db_report_set_withdrawn(db, x->report, x->now, d);
	if (!e)
		e = db_report_indicator_withdraw(db, x->report, x->now, d);
	if (!e)
		e = campaign_untouch(x->core, db, org, x->report, x->now, x->a, d);
	/* of what left the queue */
	if (!e)
		e = db_dispute_close(db, x->now, d);
	return e ? e
		 : db_audit_add(
			   db, x->now, x->by->key, "withdraw", slice_of(id), NULL, d);
}

static enum err withdraw_body(struct db *db, void *ctx, struct diag *d)
{
	struct withdrawing *x = ctx;
	struct report_record r;
	bool suspended;
	int64_t org;
	enum err e = db_org_lock(db, x->by->org, &org, &suspended, d);

	if (!e && suspended)
		return diag_fail(
			d, ERR_FORBIDDEN, "withdrawal: %s is suspended", x->by->org);
	if (!e)
		e = submission_get(db, x->by, x->report, x->a, &r, d);
	if (e)
		return e;
	x->at = r.withdrawn ? r.withdrawn : x->now;
	return r.withdrawn ? OK : withdraw(db, org, x, d);
}

enum err withdrawal_take(const struct core *c, struct db *db, const struct caller *by,
	int64_t report, int64_t now, struct arena *a, int64_t *ret_at, struct diag *d)
{
	struct withdrawing x = {
		.core = c, .by = by, .report = report, .now = now, .a = a};
	enum err e = db_tx(db, withdraw_body, &x, d);

	if (!e)
		*ret_at = x.at;
	return e;
}
