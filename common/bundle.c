/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/bundle.h"

#define MAGIC    "varsel/bundle/v1"
#define SALT_HEX 32

static bool is_hex(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
			    (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

/* The part of a line that orders it, "kind SP value"; also of a kind that is unknown
 * here. n == 0 when there is none. */
static struct slice order_of(struct slice line)
{
	struct slice rest = line, kind, value;

	(void)slice_cut(&rest, ' ', &kind);
	(void)slice_cut(&rest, ' ', &value);
	if (kind.n == 0 || value.n == 0)
		return (struct slice){line.p, 0};
	return (struct slice){line.p, kind.n + 1 + value.n};
}

/* Checks one line and its place behind `last`, which it then replaces. */
static enum err check_line(enum line_form form, struct slice text, struct slice *last,
	struct buf *scratch, struct bundle *b, struct diag *d)
{
	struct slice order = order_of(text);
	struct line l;
	enum err e;
	int c;

	if (order.n == 0)
		return diag_fail(d, ERR_SYNTAX, "not a kind and a value");
	c = slice_cmp(order, *last);
	if (c == 0)
		return diag_value(d, ERR_SYNTAX, "line", order, "repeated");
	if (c < 0)
		return diag_value(d, ERR_SYNTAX, "line", order,
			"not sorted behind the line before");
	*last = order;
	e = line_parse(form, text, scratch, &l, d);
	if (e == ERR_NOT_FOUND) {
		b->skipped++;
		return OK;
	}
	if (!e && l.until > b->latest)
		b->latest = l.until;
	return e;
}

static enum err check_body(
	enum line_form form, struct fields *f, struct bundle *b, struct diag *d)
{
	struct slice text, last = {NULL, 0};
	CLEANUP_BUF struct buf scratch;
	enum err e;

	buf_init(&scratch, INPUT_LINE_MAX);
	while (fields_line(f, &text)) {
		if (++b->count > BUNDLE_LINES)
			return diag_fail(d, ERR_LIMIT,
				"line %zu: over %u indicator lines in a bundle",
				f->line - 1, BUNDLE_LINES);
		e = check_line(form, text, &last, &scratch, b, d);
		if (e)
			return diag_at(d, e, "line %zu: ", f->line - 1);
	}
	if (!fields_err(f) && b->count == 0)
		fields_fail(f, ERR_SYNTAX, "no indicator line follows");
	return fields_err(f);
}

enum err bundle_parse(
	enum line_form form, struct slice text, struct bundle *ret, struct diag *d)
{
	struct bundle b = {0};
	struct fields f;
	enum err e;

	if (text.n > BUNDLE_MAX)
		return diag_fail(d, ERR_LIMIT, "bundle: %zu bytes, at most %u", text.n,
			BUNDLE_MAX);
	fields_begin(&f, text, MAGIC, d);
	fields_text(&f, "salt", INPUT_LINE_MAX, &b.salt);
	if (!fields_err(&f) && (b.salt.n != SALT_HEX || !is_hex(b.salt)))
		fields_fail(&f, ERR_SYNTAX,
			"field \"salt\": not %d lower-case hex digits", SALT_HEX);
	fields_text(&f, "reason", REASON_MAX, &b.reason);
	fields_blank(&f);
	if (fields_err(&f))
		return fields_err(&f);
	b.body = f.rest;
	b.body_line = f.line;
	e = check_body(form, &f, &b, d);
	if (e)
		return e;
	*ret = b;
	return OK;
}

enum err bundle_open_known(
	const struct statement *st, struct slice text, struct bundle *ret, struct diag *d)
{
	bool approve = st->verb == VERB_APPROVE;
	struct bundle b;
	enum err e = bundle_parse(approve ? LINE_BUNDLE : LINE_REVOKE, text, &b, d);

	if (e)
		return e;
	if (b.count != (size_t)st->count)
		return diag_fail(d, ERR_VALUE,
			"bundle: %zu lines, the statement says %lld", b.count,
			(long long)st->count);
	/* a line that this version skips may be the one that ends last */
	if (approve &&
		(b.latest > st->expires || (b.latest < st->expires && b.skipped == 0)))
		return diag_fail(d, ERR_VALUE,
			"bundle: its latest until is not the statement's expires");
	*ret = b;
	return OK;
}

enum err bundle_open(
	const struct statement *st, struct slice text, struct bundle *ret, struct diag *d)
{
	struct hash h = hash_of(text);

	if (text.n != (size_t)st->bytes)
		return diag_fail(d, ERR_VALUE,
			"bundle: %zu bytes, the statement says %lld", text.n,
			(long long)st->bytes);
	if (!hash_same(&h, &st->bundle))
		return diag_fail(d, ERR_VALUE, "bundle: SHA-256 is not the statement's");
	return bundle_open_known(st, text, ret, d);
}

bool bundle_next(enum line_form form, struct slice *body, struct line *ret)
{
	struct slice text;

	while (slice_cut(body, '\n', &text)) {
		/* what a later version added is passed over */
		if (line_reread(form, text, ret) == OK)
			return true;
	}
	return false;
}

void bundle_put_header(struct buf *b, const unsigned char salt[16], struct slice reason)
{
	buf_puts(b, MAGIC "\nsalt ");
	buf_hex(b, salt, SALT_HEX / 2);
	buf_printf(b, "\nreason %.*s\n\n", SLICE_ARG(reason));
}
