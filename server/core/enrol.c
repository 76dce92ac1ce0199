/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/enrol.h"

#include <string.h>

#include "common/clock.h"
#include "common/request.h"
#include "server/core/window.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/enrol_link.h"
#include "server/db/org.h"
#include "server/db/org_key.h"

struct enrolment {
	const struct enrol_request *req;
	const char *code;
	int64_t n; /* the number in the key's name */
	int64_t now;
	struct arena *a;
	struct org org;
};

static enum err refuse(struct diag *d)
{
	return diag_fail(d, ERR_FORBIDDEN,
		"the enrolment link is unknown, used, expired, or made for another "
		"organisation or key: ask the coordinator for a new one");
}

static enum err enrol_body(struct db *db, void *ctx, struct diag *d)
{
	struct enrolment *x = ctx;
	bool done = false, suspended;
	int64_t id;
	enum err e = db_org_lock(db, x->code, &id, &suspended, d);

	if (e == ERR_NOT_FOUND) /* who knows no link learns nothing about organisations */
		return refuse(d);
	if (!e)
		e = db_enrol_link_use(db, &x->req->link_hash, id, x->n, x->now, &done, d);
	if (!e && !done)
		return refuse(d);
	if (!e)
		e = db_org_key_add(db, id, &x->req->key, x->now, &done, d);
	if (!e && !done)
		return diag_fail(d, ERR_CONFLICT, "key %s: there is one already",
			x->req->key.name);
	/* A coordinator made the link after the suspension: see orgs.h. */
	if (!e && suspended)
		e = db_org_set_suspended(db, id, false, d);
	if (!e)
		e = db_org_get(db, x->code, x->a, &x->org, d);
	if (!e)
		e = db_audit_add(db, x->now, x->req->key.name, "enrol", slice_of(x->code),
			suspended ? "no longer suspended" : NULL, d);
	return e;
}

/* enrol_request_parse() saw to it that the name is <hub>/org/<org>/<n>. */
static enum err key_number(const struct pubkey *k, int64_t *ret, struct diag *d)
{
	const char *last = strrchr(k->name, '/');

	return number_parse(slice_of(last ? last + 1 : ""), ret, d);
}

enum err enrol_take(const struct core *c, struct db *db, struct slice note, int64_t now,
	struct arena *a, struct enrolled *ret, struct diag *d)
{
	struct enrol_request req;
	struct enrolment x = {.req = &req, .now = now, .a = a};
	const char *key;
	enum err e = enrol_request_open(note, &req, d);

	if (!e)
		e = window_check(
			c, "enrolment", req.hub, req.issued, now, &window_request, d);
	if (!e)
		e = key_number(&req.key, &x.n, d);
	if (e)
		return e;
	x.code = arena_dup(a, req.org);
	key = arena_dup(a, slice_of(req.key.name));
	if (!x.code || !key)
		return diag_fail(d, ERR_NOMEM, "enrolment: out of memory");
	e = db_tx(db, enrol_body, &x, d);
	if (e)
		return e;
	*ret = (struct enrolled){key, x.org.code, x.org.name};
	return OK;
}
