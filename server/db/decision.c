/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/decision.h"

#include "server/db/query.h"
#include "server/db/report_indicator.h"

struct columns {
	struct array kind, value, action, tlp, confidence, until, flags, tag_line, tag;
};

static void columns_fill(struct columns *c, const struct decision_rows *x)
{
	struct slice body = x->body;
	struct line l;

	array_init(&c->kind, ARRAY_TEXT);
	array_init(&c->value, ARRAY_TEXT);
	array_init(&c->action, ARRAY_TEXT);
	array_init(&c->tlp, ARRAY_NUM);
	array_init(&c->confidence, ARRAY_NUM);
	array_init(&c->until, ARRAY_NUM);
	array_init(&c->flags, ARRAY_NUM);
	array_init(&c->tag_line, ARRAY_NUM);
	array_init(&c->tag, ARRAY_TEXT);
	while (bundle_next(x->form, &body, &l)) {
		enum action action = l.action_given ? l.action : l.kind->action;

		array_slice(&c->kind, slice_of(l.kind->name));
		array_slice(&c->value, l.value);
		array_slice(&c->action, slice_of(action_name(action)));
		array_num(&c->tlp, l.tlp == TLP_UNSET ? TLP_AMBER : l.tlp);
		array_num(&c->confidence,
			l.confidence < 0 ? CONFIDENCE_DEFAULT : l.confidence);
		array_num(&c->until, l.until);
		array_num(&c->flags, x->flags ? x->flags[c->kind.n - 1] : 0);
		for (size_t i = 0; i < l.ntags; i++) {
			array_num(&c->tag_line, c->kind.n);
			array_slice(&c->tag, l.tags[i]);
		}
	}
}

static void columns_done(struct columns *c)
{
	array_done(&c->kind);
	array_done(&c->value);
	array_done(&c->action);
	array_done(&c->tlp);
	array_done(&c->confidence);
	array_done(&c->until);
	array_done(&c->flags);
	array_done(&c->tag_line);
	array_done(&c->tag);
}

enum err db_decision_check(struct db *db, const struct decision_rows *x, struct arena *a,
	struct obstacle *ret, struct diag *d)
{
	static const struct query q = {"decision-check",
		"SELECT i.kind, i.value, CASE WHEN i.decided >= to_timestamp($3::bigint)"
		"  THEN extract(epoch FROM i.decided)::bigint ELSE 0 END"
		" FROM unnest($1::text[], $2::text[]) WITH ORDINALITY"
		"  AS l (kind, value, n)"
		" JOIN indicator i USING (kind, value)"
		" WHERE i.decided >= to_timestamp($3::bigint)"
		"  OR $4::bigint <> 0 AND i.tlp = $4::bigint AND i.orgs > 0"
		" ORDER BY l.n LIMIT 1"};
	CLEANUP_ROWS struct rows r = {0};
	struct columns c;
	struct args args = {0};
	struct obstacle found = {0};
	enum err e;

	columns_fill(&c, x);
	args_array(&args, &c.kind);
	args_array(&args, &c.value);
	args_num(&args, x->issued);
	args_num(&args, x->form == LINE_BUNDLE ? TLP_RED : 0);
	e = db_plan_anew(db, d);
	if (!e)
		e = db_run(db, &q, &args, &r, d);
	columns_done(&c);
	if (e)
		return e;
	if (r.n) {
		found.kind = row_str(&r, 0, 0, a);
		found.value = row_str(&r, 0, 1, a);
		found.decided = row_num(&r, 0, 2);
	}
	e = rows_err(&r, d);
	if (!e)
		*ret = found;
	return e;
}

/*
 * $1 issued, $2 now, $3... the columns. The client's rule, kept up in the table: the
 * longest of the lines since the last revocation counts, and the newest line's action
 * (docs/formats.md, Meaning). That this statement is the newest, db_decision_check() saw.
 * Either decision ends what was disputed or withdrawn: of the flags the lists' stay (bits
 * 1 and 2).
 */
static const struct query approve = {"decision-approve",
	"WITH line AS MATERIALIZED ("
	" SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[],"
	"  $7::bigint[], $8::bigint[], $11::bigint[]) WITH ORDINALITY"
	"  AS l (kind, value, action, tlp, confidence, until, flags, n)"
	"), taken AS ("
	" INSERT INTO indicator AS i (kind, value, state, action, tlp, confidence,"
	"  first_seen, last_seen, created, changed, until, decided, flags)"
	" SELECT kind, value, 'approved', action, tlp, confidence,"
	"  to_timestamp($1::bigint), to_timestamp($1::bigint), to_timestamp($2::bigint),"
	"  to_timestamp($2::bigint), to_timestamp(until), to_timestamp($1::bigint), flags"
	" FROM line ORDER BY n"
	" ON CONFLICT (kind, value) DO UPDATE SET state = 'approved', reason = NULL,"
	"  action = excluded.action, decided = excluded.decided,"
	"  flags = excluded.flags,"
	"  changed = excluded.changed, until = greatest(i.until, excluded.until)"
	" RETURNING id, kind, value"
	") INSERT INTO indicator_tag (indicator_id, tag)"
	" SELECT t.id, g.tag FROM unnest($9::bigint[], $10::text[]) AS g (n, tag)"
	" JOIN line l USING (n) JOIN taken t USING (kind, value)"
	" ON CONFLICT DO NOTHING"};

static const struct query revoke = {"decision-revoke",
	"INSERT INTO indicator AS i (kind, value, state, action, tlp, confidence,"
	"  first_seen, last_seen, created, changed, decided)"
	" SELECT kind, value, 'revoked', action, tlp, confidence,"
	"  to_timestamp($1::bigint), to_timestamp($1::bigint), to_timestamp($2::bigint),"
	"  to_timestamp($2::bigint), to_timestamp($1::bigint)"
	" FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])"
	"  WITH ORDINALITY AS l (kind, value, action, tlp, confidence, n) ORDER BY n"
	" ON CONFLICT (kind, value) DO UPDATE SET state = 'revoked', reason = NULL,"
	"  flags = i.flags & 3,"
	"  decided = excluded.decided, changed = excluded.changed, until = NULL"};

enum err db_decision_apply(struct db *db, const struct decision_rows *x, struct diag *d)
{
	struct columns c;
	struct args a = {0};
	enum err e = db_plan_anew(db, d);

	if (e)
		return e;
	columns_fill(&c, x);
	args_num(&a, x->issued);
	args_num(&a, x->now);
	args_array(&a, &c.kind);
	args_array(&a, &c.value);
	args_array(&a, &c.action);
	args_array(&a, &c.tlp);
	args_array(&a, &c.confidence);
	if (x->form == LINE_BUNDLE) {
		args_array(&a, &c.until);
		args_array(&a, &c.tag_line);
		args_array(&a, &c.tag);
		args_array(&a, &c.flags);
	}
	e = db_run(db, x->form == LINE_BUNDLE ? &approve : &revoke, &a, NULL, d);
	columns_done(&c);
	return e;
}

static enum err missing_id(
	struct db *db, struct array *ids, int64_t *ret_missing, struct diag *d)
{
	static const struct query q = {"decision-reject-missing",
		"SELECT l.id FROM unnest($1::bigint[]) AS l (id)"
		" WHERE NOT EXISTS (SELECT FROM indicator i WHERE i.id = l.id) LIMIT 1"};
	struct args a = {0};

	args_array(&a, ids);
	return db_run_num(db, &q, &a, 0, ret_missing, d);
}

enum err db_decision_reject(struct db *db, const int64_t *ids, size_t n,
	const char *reason, int64_t now, int64_t *ret_missing, int64_t *ret_rejected,
	struct diag *d)
{
	static const struct query q = {"decision-reject",
		"WITH chosen AS (SELECT id FROM indicator"
		" WHERE id = ANY ($1::bigint[]) AND (state = 'pending' OR flags & 12 <> "
		"0)"
		" ORDER BY kind, value FOR NO KEY UPDATE)"
		" UPDATE indicator i SET reason = $2::text, flags = i.flags & 3,"
		"  state = CASE i.state WHEN 'pending' THEN 'rejected' ELSE i.state END,"
		"  changed = to_timestamp($3::bigint)"
		" FROM chosen c WHERE i.id = c.id"};
	CLEANUP_ROWS struct rows r = {0};
	struct array list;
	struct args a = {0};
	int64_t missing = 0;
	enum err e;

	array_nums(&list, ids, n);
	e = missing_id(db, &list, &missing, d);
	args_array(&a, &list);
	args_str(&a, reason);
	args_num(&a, now);
	if (!e && missing == 0)
		e = db_run(db, &q, &a, &r, d);
	array_done(&list);
	if (e)
		return e;
	*ret_missing = missing;
	*ret_rejected = missing ? 0 : rows_changed(&r);
	return OK;
}
