/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/decision.h"

#include <inttypes.h>

#include "common/bundle.h"
#include "common/clock.h"
#include "common/statement.h"
#include "server/core/attest.h"
#include "server/core/log.h"
#include "server/core/policy.h"
#include "server/core/roots.h"
#include "server/db/audit.h"
#include "server/db/bundle.h"
#include "server/db/db.h"
#include "server/db/decision.h"
#include "server/db/dispute.h"
#include "server/db/statement.h"

struct deciding {
	const struct core *core;
	const struct caller *by;
	struct statement st;
	struct slice entry; /* the note with its known signatures */
	struct hash id;     /* SHA-256 of the text */
	struct slice bundle_text;
	struct bundle bundle;
	int *flags; /* of each line of an approval; in the arena */
	int64_t now;
	struct arena *a;
	bool repeated;
	int64_t index;
};

static enum line_form form_of(const struct statement *st)
{
	return st->verb == VERB_APPROVE ? LINE_BUNDLE : LINE_REVOKE;
}

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "statement: out of memory");
}

/* What can be said of the statement itself: log, time, signatures. */
static enum err check_statement(const struct core *c, const struct root *root,
	const struct note *note, const struct deciding *x, struct diag *d)
{
	char at[CLOCK_TEXT], here[CLOCK_TEXT];
	enum err e;

	if (!slice_is(slice_of(x->st.log), c->origin))
		return diag_fail(d, ERR_WRONG_HUB, "statement: for log %s, this is %s",
			x->st.log, c->origin);
	if (x->st.verb != VERB_APPROVE && x->st.verb != VERB_REVOKE &&
		x->st.verb != VERB_ATTEST)
		return diag_fail(d, ERR_VALUE,
			"statement: verb %s: this hub takes approve, revoke and attest",
			verb_name(x->st.verb));
	e = root_check_statement(root, note, &x->st, d);
	if (e)
		return e;
	clock_format(x->st.issued, at);
	clock_format(x->now, here);
	if (x->st.issued > x->now + STATEMENT_AHEAD_MAX)
		return diag_fail(d, ERR_FUTURE,
			"statement: issued %s, over %d seconds ahead of the hub's time "
			"%s",
			at, STATEMENT_AHEAD_MAX, here);
	return OK;
}

/* The entry: clients know the keys that may sign such a verb, others say nothing to them.
 */
static enum err make_entry(const struct root *root, const struct note *note,
	struct deciding *x, struct diag *d)
{
	CLEANUP_BUF struct buf entry = {.max = STATEMENT_MAX};
	size_t n;
	const struct pubkey *keys = root_keys(
		root, x->st.verb == VERB_ATTEST ? ROLE_ATTEST : ROLE_COORDINATOR, &n);
	char *copy;

	note_put_known(&entry, note, keys, n);
	if (buf_err(&entry) == ERR_LIMIT)
		return diag_fail(d, ERR_LIMIT, "statement: over %u bytes", STATEMENT_MAX);
	copy = buf_err(&entry) ? NULL : arena_dup(x->a, buf_view(&entry));
	if (!copy)
		return no_memory(d);
	x->entry = slice_mem(copy, entry.len);
	return OK;
}

static enum err check_lines(struct deciding *x, struct diag *d)
{
	struct slice body = x->bundle.body;
	size_t n = 0;
	struct line l;

	if (x->st.verb != VERB_APPROVE)
		return OK;
	x->flags = arena_alloc(x->a, sizeof(*x->flags) * x->bundle.count);
	if (!x->flags)
		return no_memory(d);
	for (; bundle_next(LINE_BUNDLE, &body, &l); n++) {
		enum err e = policy_approve(x->core->never_block, &l, &x->flags[n], d);

		if (e)
			return diag_at(
				d, e, "bundle: line %zu: ", x->bundle.body_line + n);
	}
	return OK;
}

/* The bundle must be here before the statement is, and be what was signed. */
static enum err check_bundle(struct db *db, struct deciding *x, struct diag *d)
{
	char hex[HASH_HEX], at[CLOCK_TEXT];
	enum err e = db_bundle_get(db, &x->st.bundle, x->a, &x->bundle_text, d);

	if (e == ERR_NOT_FOUND) {
		hash_hex(&x->st.bundle, hex);
		return diag_fail(d, ERR_VALUE,
			"statement: bundle %s is not here; post it first", hex);
	}
	if (!e)
		e = bundle_open(&x->st, x->bundle_text, &x->bundle, d);
	if (!e && x->bundle.skipped)
		e = diag_fail(d, ERR_VALUE, "bundle: lines of unknown kind or action");
	if (!e)
		e = check_lines(x, d);
	if (!e && x->st.expires <= x->now) {
		clock_format(x->st.expires, at);
		e = diag_fail(d, ERR_NO_EFFECT, "statement: expired at %s", at);
	}
	return e;
}

static enum err check_effect(
	struct db *db, const struct decision_rows *rows, struct arena *a, struct diag *d)
{
	struct obstacle o;
	char at[CLOCK_TEXT];
	enum err e = db_decision_check(db, rows, a, &o, d);

	if (e || !o.kind)
		return e;
	if (o.decided == 0)
		return diag_value(d, ERR_VALUE, o.kind, slice_of(o.value),
			"reported as tlp red only: it may not be passed on");
	clock_format(o.decided, at);
	return diag_value(d, ERR_NO_EFFECT, o.kind, slice_of(o.value),
		"decided on by a statement issued %s; this one must be issued later", at);
}

/* Who lifted what, and with which words. */
static enum err audit_overrides(struct db *db, const struct deciding *x, struct diag *d)
{
	struct slice body = x->bundle.body;
	struct line l;
	enum err e = OK;

	if (x->st.verb != VERB_APPROVE)
		return OK;
	while (!e && bundle_next(LINE_BUNDLE, &body, &l)) {
		struct diag why = {""};
		char *subject;

		if (!l.override || !policy_needs_override(x->core->never_block, &l, &why))
			continue;
		subject = arena_printf(x->a, "%s %.*s", l.kind->name, SLICE_ARG(l.value));
		if (!subject)
			return no_memory(d);
		e = db_audit_add(db, x->now, x->by->key, "override", slice_of(subject),
			arena_printf(x->a, "statement %" PRId64 ": %.*s; lifts: %s",
				x->index, SLICE_ARG(x->bundle.reason), why.text),
			d);
	}
	return e;
}

static enum err record(
	struct db *db, int64_t row, const struct deciding *x, struct diag *d)
{
	struct statement_row s = {
		.index = x->index,
		.note = x->entry,
		.sha256 = x->id,
		.has_bundle = x->st.verb != VERB_ATTEST,
		.bundle = x->st.bundle,
		.verb = verb_name(x->st.verb),
		.issued = x->st.issued,
		.expires = x->st.expires,
		.received = x->now,
		.from = x->by->key,
	};
	char *index = arena_printf(x->a, "%" PRId64, x->index);
	enum err e;

	if (!index)
		return no_memory(d);
	e = db_statement_add(db, row, &s, d);
	if (!e)
		e = db_audit_add(db, x->now, x->by->key, s.verb, slice_of(index),
			x->st.verb == VERB_ATTEST
				? arena_printf(x->a, "%" PRId64 " entries", x->st.size)
				: arena_printf(x->a, "%" PRId64 " lines", x->st.count),
			d);
	return e ? e : audit_overrides(db, x, d);
}

/* An approval or a revocation: its list, and what that does to the indicators. */
static enum err apply(struct db *db, struct deciding *x, struct diag *d)
{
	struct decision_rows rows = {
		.form = form_of(&x->st), .issued = x->st.issued, .now = x->now};
	enum err e = check_bundle(db, x, d);

	rows.body = x->bundle.body;
	rows.flags = x->flags;
	if (!e)
		e = check_effect(db, &rows, x->a, d);
	return e ? e : db_decision_apply(db, &rows, d);
}

static enum err decide(struct db *db, void *ctx, int64_t row, uint64_t index,
	struct slice *ret_entry, struct diag *d)
{
	struct deciding *x = ctx;
	enum err e = db_statement_find(db, row, &x->id, &x->index, d);

	if (e)
		return e;
	x->repeated = x->index >= 0;
	if (x->repeated)
		return OK;
	x->index = (int64_t)index;
	e = x->st.verb == VERB_ATTEST ? attest_check(db, row, index, &x->st, d)
				      : apply(db, x, d);
	if (!e)
		e = db_dispute_close(db, x->now, d);
	if (!e)
		e = record(db, row, x, d);
	if (!e)
		*ret_entry = x->entry;
	return e;
}

enum err decision_take(const struct core *c, struct db *db, const struct caller *by,
	struct slice bytes, int64_t now, struct arena *a, struct decided *ret,
	struct diag *d)
{
	struct deciding x = {.core = c, .by = by, .now = now, .a = a};
	struct root root;
	struct note note;
	uint64_t size;
	enum err e;

	if (bytes.n > STATEMENT_MAX)
		return diag_fail(d, ERR_LIMIT, "statement: %zu bytes, at most %u",
			bytes.n, STATEMENT_MAX);
	e = note_parse(bytes, &note, d);
	if (!e)
		e = statement_parse(note.text, &x.st, d);
	if (e)
		return e;
	e = roots_newest(db, a, &root, NULL, d);
	if (e == ERR_NOT_FOUND)
		e = ERR_CONFLICT;
	if (!e)
		e = check_statement(c, &root, &note, &x, d);
	if (!e)
		e = make_entry(&root, &note, &x, d);
	if (e)
		return e;
	x.id = hash_of(note.text);
	e = log_sequence(c->log, db, decide, &x, now, &size, d);
	if (!e)
		*ret = (struct decided){(uint64_t)x.index, size, x.repeated};
	return e;
}
