/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/bundles.h"

#include <inttypes.h>

#include "common/bundle.h"
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
	enum line_form form;
	size_t lines;
	const char *by;
	int64_t now;
	struct arena *a;
	bool added;
};

static enum err store_body(struct db *db, void *ctx, struct diag *d)
{
	struct store *x = ctx;
	const char *form = x->form == LINE_BUNDLE ? "approve" : "revoke";
	char hex[HASH_HEX];
	enum err e = db_bundle_add(db, &x->sha256, x->text, form, (int64_t)x->lines,
		x->by, x->now, &x->added, d);

	if (e || !x->added)
		return e;
	hash_hex(&x->sha256, hex);
	return db_audit_add(db, x->now, x->by, "bundle", slice_of(hex),
		arena_printf(x->a, "%s, %zu lines", form, x->lines), d);
}

enum err bundles_take(struct db *db, const struct caller *by, struct slice text,
	int64_t now, struct arena *a, struct bundle_stored *ret, struct diag *d)
{
	struct store x = {.text = text, .by = by->key, .now = now, .a = a};
	struct bundle b;
	enum err e;

	x.form = guess_form(text);
	e = bundle_parse(x.form, text, &b, d);
	if (e)
		return e;
	if (b.skipped)
		return diag_fail(d, ERR_VALUE,
			"bundle: %zu of %zu lines are of a kind or action that this hub "
			"does "
			"not know",
			b.skipped, b.count);
	e = reason_check(b.reason, d); /* everyone will read it */
	if (e)
		return diag_at(d, e, "bundle: ");
	x.sha256 = hash_of(text);
	x.lines = b.count;
	e = db_tx(db, store_body, &x, d);
	if (e)
		return e;
	*ret = (struct bundle_stored){
		.sha256 = x.sha256,
		.bytes = text.n,
		.count = b.count,
		.repeated = !x.added,
	};
	return OK;
}

enum err bundles_get(struct db *db, const struct hash *sha256, struct arena *a,
	struct slice *ret, struct diag *d)
{
	return db_bundle_get(db, sha256, a, ret, d);
}
