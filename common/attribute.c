/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/attribute.h"

#include "common/clock.h"

#define CONFIDENCE_MAX 100

/* The attributes: each reads the text behind its '=', and says whether and how a line
 * writes it. */

static enum err until_read(struct slice text, struct line *l, struct diag *d)
{
	return clock_parse(text, &l->until, d);
}

static void until_put(struct buf *b, const struct line *l)
{
	if (l->until) {
		buf_puts(b, " until=");
		clock_put(b, l->until);
	}
}

static enum err tlp_read(struct slice text, struct line *l, struct diag *d)
{
	return tlp_parse(text, &l->tlp, d);
}

static void tlp_put(struct buf *b, const struct line *l)
{
	if (l->tlp != TLP_UNSET) {
		buf_puts(b, " tlp=");
		buf_puts(b, tlp_name(l->tlp));
	}
}

static enum err confidence_read(struct slice text, struct line *l, struct diag *d)
{
	int64_t v = 0;
	enum err e;

	e = number_parse(text, &v, d);
	if (e)
		return e;
	if (v > CONFIDENCE_MAX)
		return diag_value(
			d, ERR_VALUE, "confidence", text, "more than %d", CONFIDENCE_MAX);
	l->confidence = (int)v;
	return OK;
}

static void confidence_put(struct buf *b, const struct line *l)
{
	if (l->confidence >= 0)
		buf_printf(b, " confidence=%d", l->confidence);
}

static enum err seen_read(struct slice text, struct line *l, struct diag *d)
{
	return clock_parse(text, &l->seen, d);
}

static void seen_put(struct buf *b, const struct line *l)
{
	if (l->seen) {
		buf_puts(b, " seen=");
		clock_put(b, l->seen);
	}
}

static enum err orgs_read(struct slice text, struct line *l, struct diag *d)
{
	return number_parse(text, &l->orgs, d);
}

static void orgs_put(struct buf *b, const struct line *l)
{
	if (l->orgs > 0)
		buf_printf(b, " orgs=%lld", (long long)l->orgs);
}

static enum err override_read(struct slice text, struct line *l, struct diag *d)
{
	if (!slice_is(text, "yes"))
		return diag_value(d, ERR_SYNTAX, "override", text, "not yes");
	l->override = true;
	return OK;
}

static void override_put(struct buf *b, const struct line *l)
{
	if (l->override)
		buf_puts(b, " override=yes");
}

static enum err tag_read(struct slice text, struct line *l, struct diag *d)
{
	bool more = true;

	while (more) {
		struct slice tag;
		size_t i = 0;
		enum err e;

		more = slice_cut(&text, ',', &tag);
		e = tag_check(tag, d);
		if (e)
			return e;
		while (i < l->ntags && !slice_same(l->tags[i], tag))
			i++;
		if (i < l->ntags)
			continue;
		if (l->ntags == TAGS_MAX)
			return diag_value(d, ERR_LIMIT, "tag", tag,
				"more than %d tags on a line", TAGS_MAX);
		l->tags[l->ntags++] = tag;
	}
	return OK;
}

static void tag_put(struct buf *b, const struct line *l)
{
	for (size_t i = 0; i < l->ntags; i++) {
		buf_puts(b, i ? "," : " tag=");
		buf_slice(b, l->tags[i]);
	}
}

#define REPORT (1u << LINE_REPORT)
#define BUNDLE (1u << LINE_BUNDLE)

/* In the order in which a line is written. An attribute that a form has not is unknown
 * there, and so ignored. */
static const struct attribute {
	const char *name;
	unsigned forms;
	bool repeats;
	enum err (*read)(struct slice text, struct line *l, struct diag *d);
	void (*put)(struct buf *b, const struct line *l);
} attributes[] = {
	{"until", BUNDLE, false, until_read, until_put},
	{"tlp", REPORT | BUNDLE, false, tlp_read, tlp_put},
	{"confidence", REPORT | BUNDLE, false, confidence_read, confidence_put},
	{"seen", REPORT | BUNDLE, false, seen_read, seen_put},
	{"orgs", BUNDLE, false, orgs_read, orgs_put},
	{"override", BUNDLE, false, override_read, override_put},
	{"tag", REPORT | BUNDLE, true, tag_read, tag_put},
};

#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

enum err attribute_read(enum line_form form, struct slice text, unsigned *given,
	struct line *l, struct diag *d)
{
	struct slice value = text, key;

	if (!slice_cut(&value, '=', &key) || key.n == 0)
		return diag_value(d, ERR_SYNTAX, "attribute", text, "not like key=value");
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		const struct attribute *a = &attributes[i];

		if (!(a->forms & 1u << form) || !slice_is(key, a->name))
			continue;
		if ((*given & 1u << i) && !a->repeats)
			return diag_value(
				d, ERR_SYNTAX, "attribute", text, "given twice");
		*given |= 1u << i;
		return a->read(value, l, d);
	}
	return OK;
}

void attributes_put(struct buf *b, enum line_form form, const struct line *l)
{
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (attributes[i].forms & 1u << form)
			attributes[i].put(b, l);
}
