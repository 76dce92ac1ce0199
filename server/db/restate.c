/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/decision.h"

#include "server/db/query.h"

/* $1 now, $2... kind, value, state (empty: none), action, until, decided. What is back in
 * the queue, or was taken off it, has nothing in force: to take one more approval away
 * leaves it there. */
static const struct query restate = {"decision-restate",
	"UPDATE indicator i SET changed = to_timestamp($1::bigint),"
	"  state = CASE WHEN i.state IN ('pending', 'rejected') THEN i.state"
	"   WHEN l.state = '' THEN 'pending' ELSE l.state END,"
	"  action = CASE WHEN i.state IN ('pending', 'rejected') THEN i.action"
	"   WHEN l.state = 'approved' THEN l.action"
	"   WHEN l.state = 'revoked' THEN i.action"
	"   ELSE coalesce((SELECT min(r.action) FROM report_indicator r"
	"    WHERE r.indicator_id = i.id), i.action) END,"
	"  until = CASE WHEN l.until > 0 THEN to_timestamp(l.until) END,"
	"  decided = CASE WHEN l.decided > 0 THEN to_timestamp(l.decided) END"
	" FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],"
	"  $7::bigint[]) AS l (kind, value, state, action, until, decided)"
	" WHERE i.kind = l.kind AND i.value = l.value"};

/* Nobody reported it and nothing is decided on it: it is not known. */
static const struct query forget = {"decision-forget",
	"WITH gone AS ("
	" DELETE FROM indicator i USING unnest($1::text[], $2::text[]) AS l (kind, value)"
	"  WHERE i.kind = l.kind AND i.value = l.value AND i.decided IS NULL"
	"  AND NOT EXISTS (SELECT FROM report_indicator r WHERE r.indicator_id = i.id)"
	"  AND NOT EXISTS (SELECT FROM dispute x WHERE x.indicator_id = i.id)"
	" RETURNING i.id)"
	" DELETE FROM indicator_tag t USING gone g WHERE t.indicator_id = g.id"};

struct columns {
	struct array kind, value, state, action, until, decided;
};

static void columns_fill(struct columns *c, const struct restated *key, size_t n)
{
	static const char *const state[] = {"", "approved", "revoked"};

	array_init(&c->kind, ARRAY_TEXT);
	array_init(&c->value, ARRAY_TEXT);
	array_init(&c->state, ARRAY_TEXT);
	array_init(&c->action, ARRAY_TEXT);
	array_init(&c->until, ARRAY_NUM);
	array_init(&c->decided, ARRAY_NUM);
	for (size_t i = 0; i < n; i++) {
		array_slice(&c->kind, slice_of(key[i].kind->name));
		array_slice(&c->value, key[i].value);
		array_slice(&c->state, slice_of(state[key[i].state]));
		array_slice(&c->action, slice_of(action_name(key[i].action)));
		array_num(&c->until, key[i].until);
		array_num(&c->decided, key[i].decided);
	}
}

enum err db_decision_restate(
	struct db *db, const struct restated *key, size_t n, int64_t now, struct diag *d)
{
	struct columns c;
	struct args a = {0}, b = {0};
	enum err e = db_plan_anew(db, d);

	if (e)
		return e;
	columns_fill(&c, key, n);
	args_num(&a, now);
	args_array(&a, &c.kind);
	args_array(&a, &c.value);
	args_array(&a, &c.state);
	args_array(&a, &c.action);
	args_array(&a, &c.until);
	args_array(&a, &c.decided);
	e = db_run(db, &restate, &a, NULL, d);
	args_array(&b, &c.kind);
	args_array(&b, &c.value);
	if (!e)
		e = db_run(db, &forget, &b, NULL, d);
	array_done(&c.kind);
	array_done(&c.value);
	array_done(&c.state);
	array_done(&c.action);
	array_done(&c.until);
	array_done(&c.decided);
	return e;
}
