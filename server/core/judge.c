/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/judge.h"

#include "common/clock.h"
#include "common/notice.h"
#include "server/core/policy.h"
#include "server/core/roots.h"
#include "server/db/bundle.h"
#include "server/db/decision.h"

static enum err check_log_and_time(const struct judged *j, struct diag *d)
{
	char at[CLOCK_TEXT], here[CLOCK_TEXT];

	if (!slice_is(slice_of(j->st.log), j->core->origin))
		return diag_fail(d, ERR_WRONG_HUB, "statement: for log %s, this is %s",
			j->st.log, j->core->origin);
	if (j->st.issued <= j->now + STATEMENT_AHEAD_MAX)
		return OK;
	clock_format(j->st.issued, at);
	clock_format(j->now, here);
	return diag_fail(d, ERR_FUTURE,
		"statement: issued %s, over %d seconds ahead of the hub's time %s", at,
		STATEMENT_AHEAD_MAX, here);
}

enum err judge_statement(const struct core *c, struct db *db, struct slice bytes,
	int64_t now, struct arena *a, struct judged *ret, struct diag *d)
{
	struct judged j = {.core = c, .a = a, .now = now};
	enum err e;

	if (bytes.n > STATEMENT_MAX)
		return diag_fail(d, ERR_LIMIT, "statement: %zu bytes, at most %u",
			bytes.n, STATEMENT_MAX);
	e = note_parse(bytes, &j.note, d);
	if (!e)
		e = statement_parse(j.note.text, &j.st, d);
	if (e)
		return e;
	j.id = hash_of(j.note.text);
	e = roots_newest(db, a, &j.root, NULL, d);
	if (e == ERR_NOT_FOUND)
		e = ERR_CONFLICT;
	if (!e)
		e = root_count_signers(&j.root, &j.note, &j.st, &j.have, &j.needed, d);
	if (!e && j.have == 0)
		e = root_check_statement(&j.root, &j.note, &j.st, d);
	if (!e)
		e = check_log_and_time(&j, d);
	if (!e)
		*ret = j;
	return e;
}

static enum err check_lines(struct judged *j, struct diag *d)
{
	struct slice body = j->bundle.body;
	size_t n = 0;
	struct line l;

	if (j->st.verb != VERB_APPROVE)
		return OK;
	j->flags = arena_alloc(j->a, sizeof(*j->flags) * j->bundle.count);
	if (!j->flags)
		return diag_fail(d, ERR_NOMEM, "statement: out of memory");
	for (; bundle_next(LINE_BUNDLE, &body, &l); n++) {
		enum err e = policy_approve(j->core->never_block, &l, &j->flags[n], d);

		if (e)
			return diag_at(
				d, e, "bundle: line %zu: ", j->bundle.body_line + n);
	}
	return OK;
}

/* Its title stands for a list's reason. */
static enum err open_notice(struct judged *j, struct diag *d)
{
	CLEANUP_BUF struct buf title = {.max = NOTICE_TITLE};
	char *copy;

	if ((int64_t)j->bundle_text.n != j->st.bytes)
		return diag_fail(d, ERR_VALUE, "notice: %zu bytes instead of %lld",
			j->bundle_text.n, (long long)j->st.bytes);
	notice_put_title(&title, j->bundle_text);
	copy = arena_dup(j->a, buf_view(&title));
	if (!copy)
		return diag_fail(d, ERR_NOMEM, "statement: out of memory");
	j->bundle = (struct bundle){.reason = slice_mem(copy, title.len)};
	return notice_check(j->bundle_text, d);
}

enum err judge_bundle(struct db *db, struct judged *j, struct diag *d)
{
	char hex[HASH_HEX], at[CLOCK_TEXT];
	enum err e = db_bundle_get(db, &j->st.bundle, j->a, &j->bundle_text, d);

	if (e == ERR_NOT_FOUND) {
		hash_hex(&j->st.bundle, hex);
		return diag_fail(d, ERR_VALUE,
			"statement: bundle %s is not here; post it first", hex);
	}
	if (!e && j->st.verb == VERB_NOTICE)
		return open_notice(j, d);
	if (!e)
		e = bundle_open(&j->st, j->bundle_text, &j->bundle, d);
	if (!e && j->bundle.skipped)
		e = diag_fail(d, ERR_VALUE, "bundle: lines of unknown kind or action");
	if (!e)
		e = check_lines(j, d);
	if (!e && j->st.expires <= j->now) {
		clock_format(j->st.expires, at);
		e = diag_fail(d, ERR_NO_EFFECT, "statement: expired at %s", at);
	}
	return e;
}

enum err judge_effect(struct db *db, const struct judged *j, struct diag *d)
{
	const struct decision_rows rows = {.form = judged_form(j),
		.body = j->bundle.body,
		.issued = j->st.issued,
		.now = j->now};
	struct obstacle o = {0};
	char at[CLOCK_TEXT];
	enum err e = OK;

	if (j->st.verb != VERB_NOTICE) /* it decides on nothing */
		e = db_decision_check(db, &rows, j->a, &o, d);
	if (e || !o.kind)
		return e;
	if (o.decided == 0)
		return diag_value(d, ERR_VALUE, o.kind, slice_of(o.value),
			"reported as tlp red only: it may not be passed on");
	clock_format(o.decided, at);
	return diag_value(d, ERR_NO_EFFECT, o.kind, slice_of(o.value),
		"decided on by a statement issued %s; this one must be issued later", at);
}
