/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/warninglist.h"

#include <stdio.h>

#include "common/file.h"
#include "common/json_in.h"

#define LIST_NAME_MAX 200
#define MEMORY_MAX    ((size_t)1 << 30)

struct document {
	char *name, *type;
	struct json_texts list;
};

#define AT(field) offsetof(struct document, field)
/* What else a list carries (version, description, matching_attributes) says nothing
 * about what it protects. */
static const struct json_field fields[] = {
	{"name", JSON_TEXT, AT(name), LIST_NAME_MAX, false},
	{"type", JSON_TEXT, AT(type), 32, true},
	{"list", JSON_TEXTS, AT(list), 0, true},
	{0},
};

enum type { TYPE_STRING, TYPE_HOSTNAME, TYPE_CIDR };

static enum err type_parse(const char *text, enum type *ret, struct diag *d)
{
	static const char *const names[] = {
		[TYPE_STRING] = "string",
		[TYPE_HOSTNAME] = "hostname",
		[TYPE_CIDR] = "cidr",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i]) == 0) {
			*ret = (enum type)i;
			return OK;
		}
	return diag_value(d, ERR_VALUE, "type", slice_of(text),
		"only lists of type string, hostname or cidr can be matched");
}

static enum err add(enum type type, struct slice text, const char *origin,
	struct allow *a, struct buf *value, struct diag *d)
{
	const struct kind *kind = &kinds[KIND_IP];
	enum err e;

	buf_reset(value);
	if (type == TYPE_HOSTNAME && slice_starts(text, ".")) {
		text.p++;
		text.n--;
	}
	if (type == TYPE_CIDR)
		e = kind_accept(kind, text, value, d);
	else
		e = kind_recognise(text, &kind, value, d);
	if (e)
		return e;
	if (kind->carry == CARRY_NONE)
		return diag_value(d, ERR_VALUE, kind->name, text,
			"this kind is never blocked anyway");
	return allow_add(a, kind, buf_view(value), origin, true);
}

static enum err add_all(const struct document *doc, const char *origin, struct allow *a,
	struct warninglist *ret, struct diag *d)
{
	CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
	struct warninglist w = {0};
	enum type type = TYPE_STRING;
	enum err e = type_parse(doc->type, &type, d);

	if (e)
		return e;
	for (size_t i = 0; i < doc->list.n; i++) {
		struct diag why = {""};

		e = add(type, slice_of(doc->list.item[i]), origin, a, &value, &why);
		if (e == ERR_NOMEM)
			return diag_fail(d, e, "out of memory");
		w.taken += e == OK;
		if (e && w.skipped++ == 0) {
			(void)diag_at(&why, e, "list[%zu]: ", i);
			w.first = why;
		}
	}
	if (w.taken == 0)
		return diag_fail(d, ERR_VALUE, "no entry that could be blocked%s%s",
			w.skipped ? ": " : "", w.first.text);
	*ret = w;
	return OK;
}

enum err warninglist_read(struct slice text, const char *path, struct allow *a,
	struct warninglist *ret, struct diag *d)
{
	CLEANUP_ARENA struct arena memory;
	struct document doc = {0};
	char origin[512];
	enum err e;

	arena_init(&memory, MEMORY_MAX);
	e = json_read_answer(text, fields, &doc, &memory, d);
	if (e == OK) {
		(void)snprintf(origin, sizeof(origin), "list \"%s\"",
			doc.name && doc.name[0] ? doc.name : path);
		e = add_all(&doc, origin, a, ret, d);
	}
	return e ? diag_at(d, e, "%s: ", path) : OK;
}

enum err warninglist_load(
	const char *path, struct allow *a, struct warninglist *ret, struct diag *d)
{
	CLEANUP_BUF struct buf b;
	enum err e;

	buf_init(&b, WARNINGLIST_MAX);
	e = file_read(path, &b, d);
	return e ? e : warninglist_read(buf_view(&b), path, a, ret, d);
}
