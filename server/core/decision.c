/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/decision.h"

#include <inttypes.h>

#include "server/core/attest.h"
#include "server/core/events.h"
#include "server/core/judge.h"
#include "server/core/log.h"
#include "server/core/policy.h"
#include "server/core/proposals.h"
#include "server/core/voiding.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/decision.h"
#include "server/db/dispute.h"
#include "server/db/indicator.h"
#include "server/db/proposal.h"
#include "server/db/statement.h"

struct deciding {
	const struct caller *by;
	struct judged j;
	struct slice entry; /* the note with its known signatures */
	bool repeated;
	int64_t index;
};

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "statement: out of memory");
}

/* An indicator's number: what the audit holds cannot be erased, so no value may be in it.
 */
static char *number_of(
	struct db *db, const struct deciding *x, const struct line *l, struct diag *d)
{
	struct candidate one = {l->kind->name, l->value};
	struct indicators got = {0};

	if (db_indicator_find(db, &one, 1, x->j.now, x->j.a, &got, d) || got.n != 1)
		return NULL;
	return arena_printf(x->j.a, "%" PRId64, got.item[0].id);
}

/* Who lifted what, and with which words. */
static enum err audit_overrides(struct db *db, const struct deciding *x, struct diag *d)
{
	const struct allow *never_block = x->j.core->never_block;
	struct slice body = x->j.bundle.body;
	struct arena *a = x->j.a;
	struct line l;
	enum err e = OK;

	if (x->j.st.verb != VERB_APPROVE)
		return OK;
	while (!e && bundle_next(LINE_BUNDLE, &body, &l)) {
		struct diag why = {""};
		char *subject;

		if (!l.override || !policy_needs_override(never_block, &l, &why))
			continue;
		subject = number_of(db, x, &l, d);
		if (!subject)
			return no_memory(d);
		e = db_audit_add(db, x->j.now, x->by->key, "override", slice_of(subject),
			arena_printf(a, "statement %" PRId64 ": %.*s; lifts: %s",
				x->index, SLICE_ARG(x->j.bundle.reason), why.text),
			d);
	}
	return e;
}

/* For the audit; NULL without memory. */
static const char *what_of(const struct judged *j)
{
	char hex[HASH_HEX];

	if (j->st.verb == VERB_NOTICE)
		return arena_printf(j->a, "%s: %.*s", severity_name(j->st.severity),
			SLICE_ARG(j->bundle.reason));
	if (j->st.verb == VERB_ATTEST)
		return arena_printf(j->a, "%" PRId64 " entries", j->st.size);
	if (j->st.verb != VERB_VOID)
		return arena_printf(j->a, "%" PRId64 " lines", j->st.count);
	hash_hex(&j->st.target, hex);
	return arena_printf(j->a, "statement %s", hex);
}

static enum err tell(struct db *db, const struct deciding *x, struct diag *d)
{
	CLEANUP_EVENT struct event ev;

	event_begin(&ev, EVENT_LOG, true, x->j.now);
	json_put_num(&ev.j, "size", x->index + 1);
	json_put_str(&ev.j, "verb", verb_name(x->j.st.verb));
	json_put_num(&ev.j, "lines", x->j.st.count);
	return events_put(db, &ev, d);
}

static enum err tell_notice(struct db *db, const struct deciding *x, struct diag *d)
{
	CLEANUP_EVENT struct event ev = {0};
	char hex[HASH_HEX];

	if (x->j.st.verb != VERB_NOTICE)
		return OK;
	hash_hex(&x->j.st.bundle, hex);
	event_begin(&ev, EVENT_NOTICE, true, x->j.now);
	json_put_num(&ev.j, "index", x->index);
	json_put_str(&ev.j, "severity", severity_name(x->j.st.severity));
	json_put_text(&ev.j, "title", x->j.bundle.reason);
	json_put_str(&ev.j, "bundle", hex);
	return events_put(db, &ev, d);
}

static enum err record(
	struct db *db, int64_t row, const struct deciding *x, struct diag *d)
{
	const struct judged *j = &x->j;
	struct statement_row s = {
		.index = x->index,
		.note = x->entry,
		.sha256 = j->id,
		.has_bundle = j->st.verb != VERB_VOID && j->st.verb != VERB_ATTEST,
		.bundle = j->st.bundle,
		.verb = verb_name(j->st.verb),
		.issued = j->st.issued,
		.expires =
			j->st.verb == VERB_NOTICE ? statement_end(&j->st) : j->st.expires,
		.received = j->now,
		.from = x->by->key,
	};
	char *index = arena_printf(j->a, "%" PRId64, x->index);
	char *outcome = arena_printf(j->a, "logged as entry %" PRId64, x->index);
	enum err e;

	if (!index || !outcome)
		return no_memory(d);
	e = db_statement_add(db, row, &s, d);
	if (!e)
		e = db_proposal_settle_text(db, &j->id, outcome, d);
	if (!e)
		e = db_audit_add(
			db, j->now, x->by->key, s.verb, slice_of(index), what_of(j), d);
	if (!e)
		e = audit_overrides(db, x, d);
	if (!e)
		e = tell(db, x, d);
	return e ? e : tell_notice(db, x, d);
}

/* An approval or a revocation: its list, and what that does to the indicators. */
static enum err apply(struct db *db, struct judged *j, struct diag *d)
{
	struct decision_rows rows = {
		.form = judged_form(j), .issued = j->st.issued, .now = j->now};
	enum err e = judge_bundle(db, j, d);

	rows.body = j->bundle.body;
	rows.flags = j->flags;
	if (!e)
		e = judge_effect(db, j, d);
	return e ? e : db_decision_apply(db, &rows, d);
}

static enum err decide(struct db *db, void *ctx, int64_t row, uint64_t index,
	struct slice *ret_entry, struct diag *d)
{
	struct deciding *x = ctx;
	enum err e = db_statement_find(db, row, &x->j.id, &x->index, d);

	if (e)
		return e;
	x->repeated = x->index >= 0;
	if (x->repeated)
		return OK;
	x->index = (int64_t)index;
	if (x->j.st.verb == VERB_ATTEST)
		e = attest_check(db, row, index, &x->j.st, d);
	else if (x->j.st.verb == VERB_VOID)
		e = voiding_apply(db, &x->j, row, x->index, d);
	else if (x->j.st.verb == VERB_NOTICE)
		e = judge_bundle(db, &x->j, d);
	else
		e = apply(db, &x->j, d);
	if (!e)
		e = db_dispute_close(db, x->j.now, d);
	if (!e)
		e = record(db, row, x, d);
	if (!e)
		*ret_entry = x->entry;
	return e;
}

enum err decision_take(const struct core *c, struct db *db, const struct caller *by,
	struct slice bytes, size_t signatures, int64_t now, struct arena *a,
	struct decided *ret, struct diag *d)
{
	struct deciding x = {.by = by};
	struct decided got = {0};
	enum err e = judge_statement(c, db, bytes, now, a, &x.j, d);

	x.j.asked = signatures;
	if (!e)
		e = proposals_gather(db, by, &x.j, &x.entry, &got.proposal, d);
	if (e)
		return e;
	got.have = x.j.have;
	got.needed = x.j.needed;
	if (!got.proposal) {
		e = log_sequence(c->log, db, decide, &x, now, &got.size, d);
		got.index = (uint64_t)x.index;
		got.repeated = x.repeated;
	}
	if (!e && x.j.st.verb == VERB_VOID)
		e = voiding_erased(db, &x.j, &got.erased, &got.bundle, d);
	if (!e)
		*ret = got;
	return e;
}
