/* SPDX-License-Identifier: BSD-2-Clause */
/* STIX 2.1: the indicators of a bundle, with their TLP markings. Objects of other types
 * are passed over. */
#include <inttypes.h>
#include <stdio.h>

#include "client/agent/input/doc.h"
#include "client/agent/input/input.h"
#include "client/agent/input/label.h"
#include "client/agent/input/stix_pattern.h"
#include "common/clock.h"

#define TLP2_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
#define MARKING        "marking-definition--"
#define VALUES_MAX     (1u << 20) /* bytes of all values of one pattern */

/* The marks that every STIX product knows by their identifiers: TLP 1.0 as STIX 2.1
 * defines it, and TLP 2.0 as OASIS published it. */
static const struct {
	const char *id;
	enum tlp tlp;
} well_known[] = {
	{MARKING "613f2e26-407d-48c7-9eca-b8e91df99dc9", TLP_CLEAR},
	{MARKING "34098fce-860f-48ae-8e50-ebd3cc5e41da", TLP_GREEN},
	{MARKING "f88d31f6-486f-44da-b317-01333bde0b82", TLP_AMBER},
	{MARKING "5e57c739-391a-4eb3-b6be-7d15ca92d5ed", TLP_RED},
	{MARKING "94868c89-83c2-464b-929b-a1a8aa3c8487", TLP_CLEAR},
	{MARKING "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", TLP_GREEN},
	{MARKING "55d920b0-5e8b-4f79-9ee9-91f868d9b421", TLP_AMBER},
	{MARKING "939a9414-2ddd-4d32-a0cd-375ea402b003", TLP_AMBER_STRICT},
	{MARKING "e828b379-4e03-4974-9ac4-e53a884c97c1", TLP_RED},
};

/* The marking definitions among the objects, few of many; the caller drops the list. */
static json_t *collect_markings(const json_t *objects)
{
	json_t *list = json_array(), *o;
	size_t i;

	json_array_foreach(objects, i,
		o) if (slice_is(doc_text(o, "type"), "marking-definition"))(void)
		json_array_append(list, o); /* one missing is noticed later */
	return list;
}

static const json_t *find_marking(const json_t *markings, const char *id)
{
	json_t *o;
	size_t i;

	json_array_foreach(markings, i, o) if (slice_is(doc_text(o, "id"), id)) return o;
	return NULL;
}

/* What a marking definition that came along says of TLP; one that says nothing of it (a
 * copyright) changes nothing. */
static bool read_marking(const json_t *o, enum tlp *strictest)
{
	const json_t *ext =
		json_object_get(json_object_get(o, "extensions"), TLP2_EXTENSION);
	struct slice v2 = doc_text(ext, "tlp_2_0"),
		     v1 = doc_text(json_object_get(o, "definition"), "tlp"),
		     name = doc_text(o, "name");

	if (v2.n)
		return label_tlp(v2, strictest);
	if (v1.n)
		return label_tlp(v1, strictest);
	return !label_is_tlp(name) || label_tlp(name, strictest);
}

static const char *read_tlp(const json_t *o, const json_t *markings, enum tlp *ret)
{
	const json_t *ref, *refs = json_object_get(o, "object_marking_refs");
	size_t i, k;

	json_array_foreach(refs, i, ref)
	{
		const char *id = json_string_value(ref);
		const json_t *marking;

		for (k = 0; id && k < sizeof(well_known) / sizeof(well_known[0]); k++)
			if (strcmp(well_known[k].id, id) == 0)
				break;
		if (id && k < sizeof(well_known) / sizeof(well_known[0])) {
			if (well_known[k].tlp > *ret)
				*ret = well_known[k].tlp;
			continue;
		}
		marking = id ? find_marking(markings, id) : NULL;
		if (!marking)
			return "a marking that is not in the bundle: its TLP cannot be "
			       "told";
		if (!read_marking(marking, ret))
			return "a TLP marking that is not known";
	}
	return NULL;
}

static void read_tags(const json_t *list, struct buf *tags)
{
	json_t *x;
	size_t i;

	json_array_foreach(list, i, x) label_tag(
		(struct slice){json_string_value(x), json_string_length(x)}, tags);
}

/* Pairs of a pattern, collected before any is handed over: "kind SP value LF". */
static enum err collect(void *ctx, const struct kind *kind, struct slice value)
{
	struct buf *pairs = ctx;

	if (memchr(value.p, '\n', value.n))
		return ERR_VALUE;
	buf_printf(pairs, "%s ", kind->name);
	buf_slice(pairs, value);
	buf_putc(pairs, '\n');
	return buf_err(pairs);
}

static enum err hand_over(
	struct slice pairs, struct input_row *row, struct input *in, struct diag *d)
{
	enum err e = OK;

	while (e == OK && pairs.n) {
		(void)slice_cut(&pairs, '\n', &row->value);
		(void)slice_cut(&row->value, ' ', &row->kind);
		e = in->row(in->ctx, row, d);
	}
	return e;
}

static bool is_over(const json_t *o)
{
	char text[CLOCK_TEXT];
	struct slice until = doc_time(doc_text(o, "valid_until"), text);
	int64_t t;

	return json_is_true(json_object_get(o, "revoked")) ||
	       (until.n && clock_parse(until, &t, NULL) == OK && t <= clock_now());
}

static enum err indicator(const json_t *o, const json_t *markings, size_t line,
	struct input *in, struct diag *d)
{
	struct input_row row = {.line = line};
	struct slice type = doc_text(o, "pattern_type");
	json_t *confidence = json_object_get(o, "confidence");
	char seen[CLOCK_TEXT], number[32];
	enum tlp tlp = TLP_UNSET;
	CLEANUP_BUF struct buf pairs, tags;
	const char *bad;

	buf_init(&pairs, VALUES_MAX);
	buf_init(&tags, (TAG_MAX + 1) * TAGS_MAX);
	bad = type.n && !slice_is(type, "stix")
		      ? "pattern_type: only stix can be read"
		      : stix_pattern(doc_text(o, "pattern"), collect, &pairs);
	if (!bad)
		bad = read_tlp(o, markings, &tlp);
	if (bad) {
		in->refuse(in->ctx, line, bad);
		return OK;
	}
	row.seen = doc_time(doc_text(o, "valid_from"), seen);
	if (tlp)
		row.tlp = slice_of(tlp_name(tlp));
	if (json_is_integer(confidence)) {
		(void)snprintf(number, sizeof(number), "%" PRId64,
			(int64_t)json_integer_value(confidence));
		row.confidence = slice_of(number);
	}
	read_tags(json_object_get(o, "indicator_types"), &tags);
	read_tags(json_object_get(o, "labels"), &tags);
	row.tag = buf_view(&tags);
	return hand_over(buf_view(&pairs), &row, in, d);
}

static enum err read_objects(const struct doc *x, struct input *in, struct diag *d)
{
	const json_t *objects = json_object_get(x->root, "objects");
	json_t *markings, *o;
	enum err e = OK;
	size_t i;

	if (!slice_is(doc_text(x->root, "type"), "bundle") || !json_is_array(objects))
		return diag_fail(d, ERR_SYNTAX,
			"not a STIX bundle: no \"type\": \"bundle\" with \"objects\"");
	markings = collect_markings(objects);
	json_array_foreach(objects, i, o)
	{
		if (!slice_is(doc_text(o, "type"), "indicator") || is_over(o))
			in->skipped++;
		else
			e = indicator(o, markings, doc_line(x, o), in, d);
		if (e)
			break;
	}
	json_decref(markings);
	return e;
}

enum err input_stix(struct slice text, struct input *in, struct diag *d)
{
	struct doc x;
	enum err e = doc_load(text, 1, true, &x, d);

	if (e)
		return e;
	e = read_objects(&x, in, d);
	doc_done(&x);
	return e;
}
