/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/proposals.h"

#include <inttypes.h>

#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/log.h"
#include "server/db/proposal.h"
#include "server/db/statement.h"

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "proposal: out of memory");
}

/* The signature lines of `n` by known keys that have not signed `b` yet: the same
 * line twice, or one key under two names, would only take room. */
static enum err put_signatures(struct buf *b, const struct note *n,
	const struct pubkey *keys, size_t nkeys, bool signed_by[ROOT_KEYS],
	struct diag *d)
{
	for (size_t i = 0; i < n->nsigs; i++) {
		struct note one = {.text = n->text, .nsigs = 1};
		bool who[ROOT_KEYS], fresh = false;
		size_t count;
		enum err e;

		one.sigs[0] = n->sigs[i];
		e = note_verify(&one, keys, nkeys, &count, who, NULL, d);
		if (e)
			return e;
		for (size_t k = 0; k < nkeys; k++) {
			fresh = fresh || (who[k] && !signed_by[k]);
			signed_by[k] = signed_by[k] || who[k];
		}
		if (fresh)
			buf_slice(b, n->sigs[i].line);
	}
	return OK;
}

/* The entry: clients know the keys that may sign such a verb, others say nothing to them.
 * `stored` is what the proposal has, without bytes when there is none. */
static enum err merge(
	struct judged *j, struct slice stored, struct slice *ret, struct diag *d)
{
	CLEANUP_BUF struct buf entry = {.max = STATEMENT_MAX};
	bool signed_by[ROOT_KEYS] = {false};
	size_t nkeys;
	const struct pubkey *keys =
		root_keys(&j->root, root_signing_role(&j->st), &nkeys);
	struct note old, merged;
	char *copy;
	enum err e = OK;

	note_begin(&entry, j->note.text);
	if (stored.n)
		e = note_parse(stored, &old, d);
	if (!e && stored.n)
		e = put_signatures(&entry, &old, keys, nkeys, signed_by, d);
	if (!e)
		e = put_signatures(&entry, &j->note, keys, nkeys, signed_by, d);
	if (e)
		return e;
	if (buf_err(&entry) == ERR_LIMIT)
		return diag_fail(d, ERR_LIMIT, "statement: over %u bytes", STATEMENT_MAX);
	copy = buf_err(&entry) ? NULL : arena_dup(j->a, buf_view(&entry));
	if (!copy)
		return no_memory(d);
	*ret = slice_mem(copy, entry.len);
	e = note_parse(*ret, &merged, d);
	if (!e)
		e = root_count_signers(
			&j->root, &merged, &j->st, &j->have, &j->needed, d);
	return e;
}

struct gathering {
	const struct caller *by;
	struct judged *j;
	struct slice entry;
	int64_t id; /* 0: nothing is missing */
};

static enum err store(struct db *db, struct gathering *x, const struct proposal_row *old,
	struct diag *d)
{
	const struct judged *j = x->j;
	char *subject;
	enum err e = OK;

	x->id = old->id;
	if (!x->id)
		e = db_proposal_add(db, &j->id, x->entry, j->now, x->by->key, &x->id, d);
	else if (!old->outcome && slice_same(old->note, x->entry))
		return OK;
	else
		e = db_proposal_set_note(db, x->id, x->entry, d);
	subject = arena_printf(j->a, "%" PRId64, x->id);
	if (!e && !subject)
		e = no_memory(d);
	if (!e)
		e = db_audit_add(db, j->now, x->by->key, "proposal", slice_of(subject),
			arena_printf(j->a, "%s, %" PRId64 " lines, %zu of %zu signatures",
				verb_name(j->st.verb), j->st.count, j->have, j->needed),
			d);
	return e;
}

static enum err check_room(struct db *db, struct judged *j, struct diag *d)
{
	struct proposal_row *all;
	size_t n;
	enum err e = db_proposal_list(db, PROPOSALS_MAX, j->a, &all, &n, d);

	if (!e && n == PROPOSALS_MAX)
		return diag_fail(d, ERR_CONFLICT, "%d proposals await signatures already",
			PROPOSALS_MAX);
	return e;
}

static enum err gather_body(struct db *db, void *ctx, struct diag *d)
{
	struct gathering *x = ctx;
	struct proposal_row old = {0};
	struct log_row log;
	int64_t index = -1;
	enum err e = db_log_get(db, x->j->core->origin, false, &log, d);

	x->id = 0;
	if (!e)
		e = db_statement_find(db, log.id, &x->j->id, &index, d);
	if (!e)
		e = db_proposal_lock(db, &x->j->id, x->j->a, &old, d);
	if (e == ERR_NOT_FOUND)
		e = OK;
	if (!e)
		e = merge(x->j, old.note, &x->entry, d);
	/* logged already: the sequencer finds it again and says where */
	if (e || index >= 0 || !judged_incomplete(x->j))
		return e;
	if (!old.id)
		e = check_room(db, x->j, d);
	if (!e)
		e = judge_bundle(db, x->j, d);
	if (!e)
		e = judge_effect(db, x->j, d);
	return e ? e : store(db, x, &old, d);
}

enum err proposals_gather(struct db *db, const struct caller *by, struct judged *j,
	struct slice *ret_entry, int64_t *ret_id, struct diag *d)
{
	struct gathering x = {.by = by, .j = j};
	enum err e;

	if (!judged_incomplete(j))
		e = merge(j, (struct slice){0}, &x.entry, d);
	else
		e = db_tx(db, gather_body, &x, d);
	if (e)
		return e;
	*ret_entry = x.entry;
	*ret_id = x.id;
	return OK;
}

/* Errors that say of the statement that it cannot be logged any more. */
static bool is_verdict(enum err e)
{
	return e == ERR_NO_EFFECT || e == ERR_VALUE || e == ERR_SIGNATURE ||
	       e == ERR_WRONG_HUB || e == ERR_STALE || e == ERR_SYNTAX || e == ERR_LIMIT;
}

struct looking {
	const struct core *core;
	int64_t now;
	const struct proposal_row *row;
	struct arena *a; /* for what the caller keeps */
	struct proposal got;
	bool over; /* it can no longer take effect */
	struct diag why;
};

static enum err fill(struct looking *x, const struct judged *j, struct diag *d)
{
	bool who[ROOT_KEYS];
	size_t n, count;
	const struct pubkey *keys = root_keys(&j->root, ROLE_COORDINATOR, &n);
	struct proposal *p = &x->got;
	enum err e = note_verify(&j->note, keys, n, &count, who, NULL, d);

	if (e)
		return e;
	*p = (struct proposal){.id = x->row->id,
		.st = j->st,
		.needed = j->needed,
		.created = x->row->created,
		.note = x->row->note};
	p->reason = arena_dup(x->a, j->bundle.reason);
	p->signers = arena_alloc(x->a, sizeof(*p->signers) * ROOT_KEYS);
	if (!p->reason || !p->signers)
		return no_memory(d);
	for (size_t i = 0; i < n; i++) {
		if (!who[i])
			continue;
		p->signers[p->nsigners] = arena_dup(x->a, slice_of(keys[i].name));
		if (!p->signers[p->nsigners++])
			return no_memory(d);
	}
	return OK;
}

/* Judged again, like one that comes in now. */
static enum err look_body(struct db *db, void *ctx, struct diag *d)
{
	struct looking *x = ctx;
	CLEANUP_ARENA struct arena a;
	struct judged j;
	enum err e;

	arena_init(&a, (size_t)64 << 20);
	x->over = false;
	e = judge_statement(x->core, db, x->row->note, x->now, &a, &j, &x->why);
	if (!e)
		e = judge_bundle(db, &j, &x->why);
	if (!e)
		e = judge_effect(db, &j, &x->why);
	if (!e)
		return fill(x, &j, d);
	if (!is_verdict(e))
		return diag_fail(d, e, "%s", x->why.text);
	x->over = true;
	return db_proposal_settle(db, x->row->id, x->why.text, d);
}

static enum err over(int64_t id, const char *outcome, struct diag *d)
{
	return diag_fail(
		d, ERR_CONFLICT, "proposal %" PRId64 " is gone: %s", id, outcome);
}

enum err proposals_list(const struct core *c, struct db *db, int64_t now, struct arena *a,
	struct proposal **ret, size_t *ret_n, struct diag *d)
{
	struct proposal_row *row;
	struct proposal *list;
	size_t n, k = 0;
	enum err e = db_proposal_list(db, PROPOSALS_MAX, a, &row, &n, d);

	if (e)
		return e;
	list = arena_alloc(a, sizeof(*list) * (n + 1));
	if (!list)
		return no_memory(d);
	for (size_t i = 0; !e && i < n; i++) {
		struct looking x = {.core = c, .now = now, .row = &row[i], .a = a};

		e = db_tx(db, look_body, &x, d);
		if (!e && !x.over)
			list[k++] = x.got;
	}
	if (e)
		return e;
	*ret = list;
	*ret_n = k;
	return OK;
}

enum err proposals_get(const struct core *c, struct db *db, int64_t id, int64_t now,
	struct arena *a, struct proposal *ret, struct diag *d)
{
	struct looking x = {.core = c, .now = now, .a = a};
	struct proposal_row row;
	enum err e = db_proposal_get(db, id, a, &row, d);

	if (e == ERR_NOT_FOUND)
		return diag_fail(d, e, "no proposal %" PRId64, id);
	if (!e && row.outcome)
		return over(id, row.outcome, d);
	x.row = &row;
	if (!e)
		e = db_tx(db, look_body, &x, d);
	if (!e && x.over)
		return over(id, x.why.text, d);
	if (!e)
		*ret = x.got;
	return e;
}

enum err proposals_sign(const struct core *c, struct db *db, const struct caller *by,
	int64_t id, struct slice bytes, int64_t now, struct arena *a, struct decided *ret,
	struct diag *d)
{
	struct proposal_row row;
	struct note stored, note;
	struct proposal p;
	enum err e = db_proposal_get(db, id, a, &row, d);

	if (e == ERR_NOT_FOUND)
		return diag_fail(d, e, "no proposal %" PRId64, id);
	if (!e)
		e = note_parse(bytes, &note, d);
	if (!e)
		e = note_parse(row.note, &stored, d);
	if (!e && !slice_same(stored.text, note.text))
		return diag_fail(d, ERR_VALUE,
			"the note is another statement than that of proposal %" PRId64,
			id);
	/* the last signature again, when its answer was lost, is answered as it was */
	if (!e && !row.outcome)
		e = proposals_get(c, db, id, now, a, &p, d);
	if (!e)
		e = decision_take(c, db, by, bytes, 0, now, a, ret, d);
	return e;
}
