/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/line.h"

#include "common/attribute.h"

static const char *const tlp_names[] = {
	[TLP_UNSET] = "",
	[TLP_CLEAR] = "clear",
	[TLP_GREEN] = "green",
	[TLP_AMBER] = "amber",
	[TLP_AMBER_STRICT] = "amber+strict",
	[TLP_RED] = "red",
};

static const char *const action_names[] = {
	[ACTION_BLOCK] = "block",
	[ACTION_WATCH] = "watch",
};

const char *tlp_name(enum tlp t)
{
	return tlp_names[t];
}

enum err tlp_parse(struct slice text, enum tlp *ret, struct diag *d)
{
	for (int t = TLP_CLEAR; t <= TLP_RED; t++)
		if (slice_is(text, tlp_names[t])) {
			*ret = (enum tlp)t;
			return OK;
		}
	return diag_value(d, ERR_SYNTAX, "tlp", text,
		"not clear, green, amber, amber+strict or red");
}

const char *action_name(enum action a)
{
	return action_names[a];
}

enum err action_parse(struct slice text, enum action *ret, struct diag *d)
{
	for (int a = ACTION_BLOCK; a <= ACTION_WATCH; a++)
		if (slice_is(text, action_names[a])) {
			*ret = (enum action)a;
			return OK;
		}
	return diag_value(d, ERR_NOT_FOUND, "action", text, "not block or watch");
}

enum err tag_check(struct slice tag, struct diag *d)
{
	if (tag.n == 0)
		return diag_value(d, ERR_SYNTAX, "tag", tag, "empty");
	if (tag.n > TAG_MAX)
		return diag_value(
			d, ERR_LIMIT, "tag", tag, "longer than %d bytes", TAG_MAX);
	for (size_t i = 0; i < tag.n; i++) {
		char c = tag.p[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != ':' &&
			c != '.' && c != '_' && c != '-')
			return diag_value(d, ERR_SYNTAX, "tag", tag,
				"only a-z, 0-9 and :._- can stand in a tag");
	}
	return OK;
}

/* The next word of the line; words are one blank apart. */
static enum err next_word(struct slice *rest, struct slice *ret_word, struct diag *d)
{
	bool more = slice_cut(rest, ' ', ret_word);

	if (ret_word->n == 0 || (more && rest->n == 0))
		return diag_fail(
			d, ERR_SYNTAX, "a blank at an end of the line or beside another");
	return OK;
}

/* What stands behind the value. */
static enum err tail_read(
	enum line_form form, struct slice rest, struct line *l, struct diag *d)
{
	bool first = true;
	unsigned given = 0;

	for (; rest.n > 0; first = false) {
		struct slice word;
		enum err e;

		e = next_word(&rest, &word, d);
		if (e)
			return e;
		if (first && !memchr(word.p, '=', word.n)) {
			e = action_parse(word, &l->action, d);
			l->action_given = e == OK;
		} else {
			e = attribute_read(form, word, &given, l, d);
		}
		if (e)
			return e;
	}
	return OK;
}

static void line_init(struct line *l)
{
	/* not {0}: the tags are most of it, and ntags says how many count */
	l->action = l->kind->action;
	l->action_given = false;
	l->tlp = TLP_UNSET;
	l->confidence = -1;
	l->seen = l->until = l->orgs = 0;
	l->override = false;
	l->ntags = 0;
}

/* Kind, and the value as it stands there. */
static enum err head_read(struct slice *rest, struct line *l, struct diag *d)
{
	struct slice name;
	enum err e;

	e = next_word(rest, &name, d);
	if (e)
		return e;
	l->kind = kind_by_name(name);
	if (!l->kind)
		return diag_value(d, ERR_NOT_FOUND, "kind", name,
			"not ip, domain, url, email, md5, sha1 or sha256");
	line_init(l);
	if (rest->n == 0)
		return diag_fail(d, ERR_SYNTAX, "no value behind \"%s\"", l->kind->name);
	return next_word(rest, &l->value, d);
}

/* What each form asks of the whole line, and what cannot be whatever the form. */
static enum err line_check(enum line_form form, const struct line *l, struct diag *d)
{
	const char *kind = l->kind->name;

	if (l->action_given && l->action == ACTION_BLOCK && !l->kind->blockable)
		return diag_value(d, ERR_VALUE, kind, l->value,
			"this kind can only be watched, not blocked");
	if (form != LINE_BUNDLE)
		return OK;
	if (!l->action_given)
		return diag_value(d, ERR_SYNTAX, kind, l->value, "no action");
	if (!l->until)
		return diag_value(d, ERR_SYNTAX, kind, l->value, "no until=");
	if (l->tlp == TLP_RED)
		return diag_value(d, ERR_VALUE, kind, l->value,
			"tlp=red: what is red stays with its receiver and cannot be "
			"approved");
	return OK;
}

static enum err value_read(
	enum line_form form, struct buf *value, struct line *l, struct diag *d)
{
	struct slice canonical;
	enum err e;

	buf_reset(value);
	if (form == LINE_REPORT)
		e = kind_accept(l->kind, l->value, value, d);
	else
		e = l->kind->canonicalise(l->value, value, d);
	if (e)
		return e;
	canonical = buf_view(value);
	if (form == LINE_REPORT)
		l->value = canonical;
	else if (!slice_same(canonical, l->value))
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"not the canonical form, which is %s", buf_str(value));
	return OK;
}

/* A digest holds digits enough to look like anything; an address has none that do. The
 * refusal does not repeat the number: it would only spread. */
static enum err cpr_check(
	const struct kind *kind, struct slice value, struct slice tail, struct diag *d)
{
	bool open =
		kind->id == KIND_DOMAIN || kind->id == KIND_URL || kind->id == KIND_EMAIL;

	if (open && text_has_cpr(value))
		return diag_fail(d, ERR_VALUE,
			"%s: the value holds a CPR number, which may not be sent",
			kind->name);
	if (text_has_cpr(tail))
		return diag_fail(d, ERR_VALUE,
			"%s: an attribute holds a CPR number, which may not be sent",
			kind->name);
	return OK;
}

enum err line_parse(enum line_form form, struct slice text, struct buf *value,
	struct line *ret, struct diag *d)
{
	struct slice rest = text;
	struct line l;
	enum err e;

	if (text.n > INPUT_LINE_MAX)
		return diag_fail(d, ERR_LIMIT, "longer than %d bytes", INPUT_LINE_MAX);
	e = head_read(&rest, &l, d);
	if (e)
		return e;
	if (form == LINE_REVOKE && rest.n > 0)
		return diag_value(d, ERR_SYNTAX, l.kind->name, l.value,
			"something stands behind the value; a revocation has nothing "
			"there");
	if (form == LINE_REPORT)
		e = cpr_check(l.kind, l.value, rest, d);
	if (e == OK)
		e = tail_read(form, rest, &l, d);
	if (e)
		return e;
	e = line_check(form, &l, d);
	if (e)
		return e;
	e = value_read(form, value, &l, d);
	if (e)
		return e;
	/* again: now the percent-encoded digits are plain */
	if (form == LINE_REPORT)
		e = cpr_check(l.kind, l.value, (struct slice){"", 0}, d);
	if (e)
		return e;
	*ret = l;
	return OK;
}

enum err line_reread(enum line_form form, struct slice text, struct line *ret)
{
	struct line l;
	enum err e;

	e = head_read(&text, &l, NULL);
	if (e == OK)
		e = tail_read(form, text, &l, NULL);
	if (e == OK)
		*ret = l;
	return e;
}

void line_put(struct buf *b, enum line_form form, const struct line *l)
{
	buf_puts(b, l->kind->name);
	buf_putc(b, ' ');
	buf_slice(b, l->value);
	if (form == LINE_BUNDLE || (form == LINE_REPORT && l->action_given)) {
		buf_putc(b, ' ');
		buf_puts(b, action_names[l->action]);
	}
	attributes_put(b, form, l);
	buf_putc(b, '\n');
}

int line_cmp(
	const struct kind *ka, struct slice va, const struct kind *kb, struct slice vb)
{
	/* no kind's name is the beginning of another's, so the blank never decides */
	if (ka != kb)
		return strcmp(ka->name, kb->name);
	return slice_cmp(va, vb);
}
