/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/voiding.h"

#include "common/clock.h"
#include "server/core/events.h"
#include "server/db/bundle.h"
#include "server/db/db.h"
#include "server/db/decision.h"
#include "server/db/log.h"
#include "server/db/statement.h"

/* The lines of the voided list, and what the other statements say of them. */
struct replay {
	struct arena *a;
	struct restated *key; /* sorted as in a bundle */
	size_t n;
};

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "void: out of memory");
}

/* The approval that is named, by its place in the log. */
static enum err find_target(struct db *db, const struct judged *j, int64_t row,
	struct statement *ret, int64_t *ret_index, struct diag *d)
{
	struct statement_row *s;
	int64_t index;
	struct note note;
	size_t n;
	enum err e = db_statement_find(db, row, &j->st.target, &index, d);

	if (!e && index < 0)
		return diag_fail(
			d, ERR_VALUE, "statement: void names no statement of this log");
	if (!e)
		e = db_statement_read(db, row, index, 1, j->a, &s, &n, d);
	if (!e)
		e = note_parse(s->note, &note, d);
	if (e)
		return e;
	*ret_index = index;
	return statement_parse(note.text, ret, d);
}

static enum err check_target(
	const struct judged *j, const struct statement *target, struct diag *d)
{
	char at[CLOCK_TEXT];

	if (!verb_is_voidable(target->verb))
		return diag_fail(d, ERR_VALUE,
			"statement: void names a statement of "
			"verb %s, which cannot be voided",
			verb_name(target->verb));
	if (j->st.issued >= target->issued)
		return OK;
	clock_format(target->issued, at);
	return diag_fail(
		d, ERR_VALUE, "statement: void issued before what it names (%s)", at);
}

static enum err collect(struct replay *x, const struct bundle *b, struct diag *d)
{
	struct slice body = b->body;
	struct line l;

	x->key = arena_alloc(x->a, sizeof(*x->key) * (b->count + 1));
	if (!x->key)
		return no_memory(d);
	while (bundle_next(LINE_BUNDLE, &body, &l))
		x->key[x->n++] = (struct restated){.kind = l.kind, .value = l.value};
	return OK;
}

static void apply_line(
	struct restated *k, const struct statement *st, const struct line *l)
{
	k->decided = st->issued;
	if (st->verb == VERB_REVOKE) {
		k->state = RESTATED_REVOKED;
		k->until = 0;
		return;
	}
	k->state = RESTATED_APPROVED;
	k->action = l->action_given ? l->action : l->kind->action;
	if (l->until > k->until)
		k->until = l->until;
}

/* Both are sorted: one walk. */
static void apply_bundle(
	struct replay *x, const struct statement *st, const struct bundle *b)
{
	enum line_form form = st->verb == VERB_APPROVE ? LINE_BUNDLE : LINE_REVOKE;
	struct slice body = b->body;
	size_t i = 0;
	struct line l;

	while (i < x->n && bundle_next(form, &body, &l)) {
		int c = -1;

		while (i < x->n && (c = line_cmp(x->key[i].kind, x->key[i].value, l.kind,
					    l.value)) < 0)
			i++;
		if (i < x->n && c == 0)
			apply_line(&x->key[i], st, &l);
	}
}

/* One statement that is left, if it counts under the newest root. What cannot be read
 * any more says nothing. */
static enum err apply_statement(struct replay *x, const struct judged *j,
	const struct statement_list *s, struct diag *d)
{
	struct statement st;
	struct bundle b;
	struct note note;
	enum err e = note_parse(s->note, &note, d);

	if (!e)
		e = statement_parse(note.text, &st, d);
	if (!e)
		e = root_check_statement(&j->root, &note, &st, d);
	if (!e)
		e = bundle_open(&st, s->content, &b, d);
	if (!e)
		apply_bundle(x, &st, &b);
	return e == ERR_NOMEM ? e : OK;
}

/* In the log's order, which for each key is that of `issued`. */
static enum err replay(struct db *db, struct replay *x, const struct judged *j,
	int64_t row, struct diag *d)
{
	int64_t after = -1;
	enum err e = OK;

	while (!e) {
		CLEANUP_ARENA struct arena a;
		struct statement_list s;
		struct diag why = {0};

		arena_init(&a, 2 * (size_t)BUNDLE_MAX);
		e = db_statement_next_list(db, row, after, &a, &s, d);
		if (e || s.index < 0)
			break;
		after = s.index;
		e = apply_statement(x, j, &s, &why);
	}
	return e;
}

/* Who was told of it is told that it stands no more. */
static enum err withdraw_notice(struct db *db, const struct judged *j,
	const struct statement *target, int64_t index, struct diag *d)
{
	CLEANUP_EVENT struct event ev = {0};
	char hex[HASH_HEX];
	enum err e = db_bundle_erase(db, &target->bundle, d);

	if (e)
		return e;
	hash_hex(&target->bundle, hex);
	event_begin(&ev, EVENT_NOTICE, true, j->now);
	json_put_str(&ev.j, "change", "withdrawn");
	json_put_num(&ev.j, "index", index);
	json_put_str(&ev.j, "severity", severity_name(target->severity));
	json_put_str(&ev.j, "bundle", hex);
	return events_put(db, &ev, d);
}

enum err voiding_apply(
	struct db *db, const struct judged *j, int64_t row, int64_t index, struct diag *d)
{
	struct replay x = {.a = j->a};
	struct statement target;
	struct slice content = {0};
	struct bundle b = {0};
	int64_t named;
	enum err e = find_target(db, j, row, &target, &named, d);

	if (!e)
		e = check_target(j, &target, d);
	if (!e)
		e = db_statement_void(db, row, &j->st.target, index, d);
	if (e)
		return e;
	e = db_bundle_get(db, &target.bundle, j->a, &content, d);
	if (e == ERR_NOT_FOUND) /* erased before */
		return OK;
	if (!e && target.verb == VERB_NOTICE) /* it decided on nothing */
		return withdraw_notice(db, j, &target, named, d);
	if (!e)
		e = bundle_open(&target, content, &b, d);
	if (!e)
		e = collect(&x, &b, d);
	if (!e)
		e = replay(db, &x, j, row, d);
	if (!e)
		e = db_decision_restate(db, x.key, x.n, j->now, d);
	return e ? e : db_bundle_erase(db, &target.bundle, d);
}

enum err voiding_erased(struct db *db, const struct judged *j, bool *ret,
	struct hash *ret_bundle, struct diag *d)
{
	struct statement target;
	struct slice content;
	struct log_row log;
	int64_t named;
	enum err e = db_log_get(db, j->core->origin, false, &log, d);

	if (!e)
		e = find_target(db, j, log.id, &target, &named, d);
	if (e)
		return e;
	e = db_bundle_get(db, &target.bundle, j->a, &content, NULL);
	if (e && e != ERR_NOT_FOUND)
		return diag_fail(d, e, "void: is its list gone? %s", err_text(e));
	*ret = e == ERR_NOT_FOUND;
	*ret_bundle = target.bundle;
	return OK;
}
