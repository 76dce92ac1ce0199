/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MISP: an event, a list of events, or the answer of its search, with attributes of the
 * event and of its objects. What is not marked for detection (to_ids) is context and is
 * passed over.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client/agent/input/doc.h"
#include "client/agent/input/input.h"
#include "client/agent/input/label.h"
#include "common/clock.h"

/* Types beside those of the kinds' table. In "a|b" each half is an indicator or, when its
 * kind is empty, only describes the other. */
static const struct {
	const char *type;
	const char *first, *second;
} types[] = {
	{"ip-src", "ip", NULL},
	{"ip-src|port", "ip", ""},
	{"ip-dst|port", "ip", ""},
	{"hostname", "domain", NULL},
	{"hostname|port", "domain", ""},
	{"domain|ip", "domain", "ip"},
	{"uri", "url", NULL},
	{"email-src", "email", NULL},
	{"email-dst", "email", NULL},
	{"filename|md5", "", "md5"},
	{"filename|sha1", "", "sha1"},
	{"filename|sha256", "", "sha256"},
};

/* The marks of an event hold for all that is in it. */
struct event {
	enum tlp tlp;
	bool bad;
	struct input *in;
	const struct doc *doc;
};

static bool read_tags(const json_t *o, enum tlp *tlp, struct buf *tags)
{
	json_t *tag;
	size_t i;

	json_array_foreach(json_object_get(o, "Tag"), i, tag)
	{
		struct slice name = doc_text(tag, "name");

		if (label_is_tlp(name)) {
			if (!label_tlp(name, tlp))
				return false;
		} else if (tags) {
			label_tag(name, tags);
		}
	}
	return true;
}

/* "1700000000", as MISP writes a time. */
static struct slice read_time(const json_t *o, char out[CLOCK_TEXT])
{
	struct slice last = doc_time(doc_text(o, "last_seen"), out),
		     stamp = doc_text(o, "timestamp");
	int64_t t;

	if (last.n)
		return last;
	if (number_parse(stamp, &t, NULL) || t == 0)
		return (struct slice){"", 0};
	clock_format(t, out);
	return slice_of(out);
}

/* MISP has written it as true, 1 and "1". */
static bool is_set(const json_t *o, const char *name)
{
	const json_t *j = json_object_get(o, name);

	return json_is_true(j) || json_integer_value(j) == 1 ||
	       slice_is(doc_text(o, name), "1");
}

/* false when the type is none of ours. */
static bool split_type(struct slice type, struct slice value, struct input_row half[2])
{
	half[0].value = value;
	half[1].value.n = 0;
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (slice_is(type, kinds[i].misp)) {
			half[0].kind = slice_of(kinds[i].name);
			return true;
		}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!slice_is(type, types[i].type))
			continue;
		half[0].kind = slice_of(types[i].first);
		if (types[i].second) {
			half[1].kind = slice_of(types[i].second);
			half[1].value = value;
			(void)slice_cut(&half[1].value, '|', &half[0].value);
		}
		return true;
	}
	return false;
}

static enum err attribute(const struct event *ev, const json_t *o, struct diag *d)
{
	struct input_row half[2] = {{.line = doc_line(ev->doc, o)}};
	struct slice type = doc_text(o, "type"), value = doc_text(o, "value");
	enum tlp tlp = ev->tlp;
	CLEANUP_BUF struct buf tags;
	char seen[CLOCK_TEXT];
	enum err e = OK;
	bool known;

	buf_init(&tags, (TAG_MAX + 1) * TAGS_MAX);
	known = read_tags(o, &tlp, &tags) && !ev->bad;
	half[0].seen = read_time(o, seen);
	half[0].tag = buf_view(&tags);
	if (tlp)
		half[0].tlp = slice_of(tlp_name(tlp));
	half[1] = half[0];
	if (!is_set(o, "to_ids") || is_set(o, "deleted") ||
		!split_type(type, value, half)) {
		ev->in->skipped++;
		return OK;
	}
	if (!known) {
		ev->in->refuse(ev->in->ctx, half[0].line, "a TLP tag that is not known");
		return OK;
	}
	for (size_t i = 0; e == OK && i < 2; i++)
		if (half[i].kind.n && half[i].value.n)
			e = ev->in->row(ev->in->ctx, &half[i], d);
	return e;
}

static enum err attributes(const struct event *ev, const json_t *o, struct diag *d)
{
	enum err e = OK;
	json_t *x;
	size_t i;

	json_array_foreach(json_object_get(o, "Attribute"), i, x)
	{
		e = attribute(ev, x, d);
		if (e)
			break;
	}
	return e;
}

static enum err event(
	const struct doc *doc, const json_t *o, struct input *in, struct diag *d)
{
	struct event ev = {.in = in, .doc = doc};
	enum err e;
	json_t *x;
	size_t i;

	ev.bad = !read_tags(o, &ev.tlp, NULL);
	e = attributes(&ev, o, d);
	if (e)
		return e;
	json_array_foreach(json_object_get(o, "Object"), i, x)
	{
		if (is_set(x, "deleted"))
			in->skipped++;
		else
			e = attributes(&ev, x, d);
		if (e)
			break;
	}
	return e;
}

/* Down to the events: {"Event": ...}, {"response": ...} and lists of them. */
static enum err descend(const struct doc *doc, const json_t *j, size_t *events,
	struct input *in, struct diag *d)
{
	const json_t *inner = json_object_get(j, "Event");
	enum err e = OK;
	json_t *x;
	size_t i;

	if (!inner)
		inner = json_object_get(j, "response");
	if (inner)
		return descend(doc, inner, events, in, d);
	if (json_is_array(j)) {
		json_array_foreach(j, i, x)
		{
			e = descend(doc, x, events, in, d);
			if (e)
				break;
		}
		return e;
	}
	if (!json_object_get(j, "Attribute") && !json_object_get(j, "Object"))
		return OK;
	(*events)++;
	return event(doc, j, in, d);
}

enum err input_misp(struct slice text, struct input *in, struct diag *d)
{
	size_t events = 0;
	struct doc x;
	enum err e = doc_load(text, 1, true, &x, d);

	if (e)
		return e;
	e = descend(&x, x.root, &events, in, d);
	doc_done(&x);
	if (e == OK && events == 0)
		e = diag_fail(d, ERR_SYNTAX,
			"not a MISP event: no \"Event\" with \"Attribute\" in it");
	return e;
}
