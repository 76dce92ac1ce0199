/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/bundles.h"

#include <inttypes.h>

#include "common/bundle.h"
#include "common/notice.h"
#include "server/core/policy.h"
#include "server/core/reason.h"
#include "server/db/audit.h"
#include "server/db/bundle.h"
#include "server/db/db.h"

/* An approving line has an action behind kind and value. A text without lines will be
 * refused in either form. */
static enum line_form guess_form(struct slice text)
{
	struct slice line, word;
	bool in_body = false;
	int blanks = -1;

	while (text.n && blanks < 0) {
		(void)slice_cut(&text, '\n', &line);
		if (in_body)
			for (blanks = 0; slice_cut(&line, ' ', &word);)
				blanks++;
		in_body = in_body || line.n == 0;
	}
	return blanks >= 2 ? LINE_BUNDLE : LINE_REVOKE;
}

struct store {
	struct slice text;
	struct hash sha256;
	const char *form;
	size_t lines;
	const char *by;
	int64_t now;
	struct arena *a;
	bool added;
};

static enum err store_body(struct db *db, void *ctx, struct diag *d)
{
	struct store *x = ctx;
	char hex[HASH_HEX];
	enum err e = db_bundle_add(db, &x->sha256, x->text, x->form, (int64_t)x->lines,
		x->by, x->now, &x->added, d);

	if (e || !x->added)
		return e;
	hash_hex(&x->sha256, hex);
	return db_audit_add(db, x->now, x->by, "bundle", slice_of(hex),
		arena_printf(x->a, "%s, %zu lines", x->form, x->lines), d);
}

static enum err check_list(struct store *x, struct diag *d)
{
	enum line_form form = guess_form(x->text);
	struct bundle b;
	enum err e = bundle_parse(form, x->text, &b, d);

	if (e)
		return e;
	if (b.skipped)
		return diag_fail(d, ERR_VALUE,
			"bundle: %zu of %zu lines are of a kind or action that this hub "
			"does "
			"not know",
			b.skipped, b.count);
	x->form = form == LINE_BUNDLE ? "approve" : "revoke";
	x->lines = b.count;
	e = reason_check(b.reason, d); /* everyone will read it */
	return e ? diag_at(d, e, "bundle: ") : OK;
}

static enum err check_notice(struct store *x, struct diag *d)
{
	x->form = "notice";
	return notice_check(x->text, d);
}

enum err bundles_take(struct db *db, const struct caller *by, struct slice text,
	int64_t now, struct arena *a, struct bundle_stored *ret, struct diag *d)
{
	struct store x = {.text = text, .by = by->key, .now = now, .a = a};
	enum err e = notice_is(text) ? check_notice(&x, d) : check_list(&x, d);

	if (e)
		return e;
	x.sha256 = hash_of(text);
	e = db_tx(db, store_body, &x, d);
	if (e)
		return e;
	*ret = (struct bundle_stored){
		.sha256 = x.sha256,
		.bytes = text.n,
		.count = x.lines,
		.repeated = !x.added,
	};
	return OK;
}

enum err bundles_get(struct db *db, const struct hash *sha256, struct arena *a,
	struct slice *ret, struct diag *d)
{
	return db_bundle_get(db, sha256, a, ret, d);
}
