/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/reflag.h"

#include "server/core/policy.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/flags.h"
#include "server/db/indicator.h"

#define AT_ONCE     5000
#define PAGE_MEMORY ((size_t)AT_ONCE * (VALUE_MAX + 256))

struct reflagging {
	const struct core *core;
	int64_t now;
	int64_t after; /* a page begins behind this id */
	int64_t last;  /* of the page */
	struct arena *a;
	size_t changed;
	bool end;
};

/* Whether the lists say something else today; then it is in x->flags. What would not even
 * be taken today keeps its flags: a coordinator will see why. */
static bool differs(const struct core *c, struct flagged *x)
{
	struct line l = {.kind = kind_by_name(x->kind), .value = x->value};
	int flags;

	if (!l.kind || policy_report(c->never_block, &l, &flags, NULL) ||
		flags == (x->flags & INDICATOR_OF_LISTS))
		return false;
	x->flags = flags;
	return true;
}

static enum err reflag_page(struct db *db, void *ctx, struct diag *d)
{
	struct reflagging *x = ctx;
	struct flagged_rows rows;
	enum err e = db_flags_pending(db, x->after, AT_ONCE, x->a, &rows, d);
	size_t n = 0;

	if (e)
		return e;
	x->end = rows.n < AT_ONCE;
	if (rows.n)
		x->last = rows.item[rows.n - 1].id;
	for (size_t i = 0; i < rows.n; i++)
		if (differs(x->core, &rows.item[i]))
			rows.item[n++] = rows.item[i];
	x->changed = n;
	if (n == 0)
		return OK;
	e = db_flags_set(db, rows.item, n, x->now, d);
	return e ? e
		 : db_audit_add(db, x->now, "hub", "reflag", slice_of("pending"),
			   arena_printf(
				   x->a, "%zu indicators: never-block lists changed", n),
			   d);
}

enum err reflag_pending(
	const struct core *c, struct db *db, int64_t now, size_t *ret, struct diag *d)
{
	struct reflagging x = {.core = c, .now = now};
	size_t changed = 0;
	enum err e = OK;

	while (!e && !x.end) {
		CLEANUP_ARENA struct arena a;

		arena_init(&a, PAGE_MEMORY);
		x.a = &a;
		e = db_tx(db, reflag_page, &x, d);
		/* only now: a transaction may run again */
		x.after = x.last;
		changed += x.changed;
	}
	if (!e)
		*ret = changed;
	return e;
}
