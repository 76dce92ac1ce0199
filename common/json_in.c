/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/json_in.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>

/* Where we are, as `name[3].field`: a chain on the stack, written out when needed. */
struct place {
	const char *array; /* NULL: one object */
	size_t index;
};

static void json_unref(json_t **j)
{
	json_decref(*j);
}
#define CLEANUP_JSON __attribute__((cleanup(json_unref)))

/* Puts the field's path before what the diag says. */
static enum err at(const struct place *in, const char *field, enum err e, struct diag *d)
{
	if (!in->array)
		return diag_at(d, e, "\"%s\": ", field);
	return diag_at(d, e, "\"%s[%zu].%s\": ", in->array, in->index, field);
}

static enum err load(struct slice text, json_t **ret, struct diag *d)
{
	json_error_t why;
	json_t *j =
		json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &why);

	if (!j)
		return diag_fail(d, ERR_SYNTAX, "JSON: line %d, column %d: %s", why.line,
			why.column, why.text);
	*ret = j;
	return OK;
}

static enum err take_text(
	const json_t *v, size_t max, struct arena *a, char **ret, struct diag *d)
{
	size_t n = json_string_length(v);
	char *text;

	if (!json_is_string(v))
		return diag_fail(d, ERR_SYNTAX, "not a string");
	if (max && n > max)
		return diag_fail(d, ERR_LIMIT, "%zu bytes, at most %zu", n, max);
	text = arena_dup(a, (struct slice){json_string_value(v), n});
	if (!text)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	*ret = text;
	return OK;
}

static enum err take_num(const json_t *v, size_t max, int64_t *ret, struct diag *d)
{
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v))
		return diag_fail(d, ERR_SYNTAX, "not a whole number");
	if (n < 0 || (max && (uint64_t)n > max))
		return diag_fail(d, ERR_LIMIT, "%lld is not between 0 and %llu",
			(long long)n, max ? (unsigned long long)max : INT64_MAX);
	*ret = n;
	return OK;
}

/* Room for the array's elements; *ret_n its length. */
static enum err take_array(const json_t *v, size_t max, size_t item, struct arena *a,
	void **ret, size_t *ret_n, struct diag *d)
{
	size_t n = json_array_size(v);

	if (!json_is_array(v))
		return diag_fail(d, ERR_SYNTAX, "not an array");
	if (max && n > max)
		return diag_fail(d, ERR_LIMIT, "%zu elements, at most %zu", n, max);
	*ret = arena_alloc(a, (n ? n : 1) * item);
	if (!*ret)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	*ret_n = n;
	return OK;
}

static enum err take_nums(const json_t *v, size_t max, struct arena *a,
	struct json_nums *ret, struct diag *d)
{
	struct json_nums nums;
	void *room;
	enum err e = take_array(v, max, sizeof(*nums.item), a, &room, &nums.n, d);

	if (e)
		return e;
	nums.item = room;
	for (size_t i = 0; i < nums.n; i++) {
		e = take_num(json_array_get(v, i), 0, &nums.item[i], d);
		if (e)
			return diag_at(d, e, "element %zu: ", i);
	}
	*ret = nums;
	return OK;
}

static enum err take_texts(const json_t *v, size_t max, struct arena *a,
	struct json_texts *ret, struct diag *d)
{
	struct json_texts texts;
	void *room;
	enum err e = take_array(v, max, sizeof(*texts.item), a, &room, &texts.n, d);

	if (e)
		return e;
	texts.item = room;
	for (size_t i = 0; i < texts.n; i++) {
		e = take_text(json_array_get(v, i), 0, a, &texts.item[i], d);
		if (e)
			return diag_at(d, e, "element %zu: ", i);
	}
	*ret = texts;
	return OK;
}

static enum err take_inner(const json_t *v, struct arena *a, char **ret, struct diag *d)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

	*ret = text ? arena_dup(a, slice_of(text)) : NULL;
	free(text);
	return *ret ? OK : diag_fail(d, ERR_NOMEM, "JSON: out of memory");
}

static enum err take_value(const json_t *v, const struct json_field *f, void *into,
	struct arena *a, struct diag *d)
{
	void *to = (char *)into + f->offset;

	switch (f->type) {
	case JSON_TEXT:
		return take_text(v, f->max, a, to, d);
	case JSON_NUM:
		return take_num(v, f->max, to, d);
	case JSON_NUMS:
		return take_nums(v, f->max, a, to, d);
	case JSON_TEXTS:
		return take_texts(v, f->max, a, to, d);
	case JSON_ROWS:
		if (!json_is_array(v))
			return diag_fail(d, ERR_SYNTAX, "not an array");
		if (f->max && json_array_size(v) > f->max)
			return diag_fail(d, ERR_LIMIT, "%zu elements, at most %zu",
				json_array_size(v), f->max);
		return OK;
	case JSON_INNER:
		return take_inner(v, a, to, d);
	case JSON_FLAG:
		if (!json_is_boolean(v))
			return diag_fail(d, ERR_SYNTAX, "not true or false");
		*(bool *)to = json_is_true(v);
		return OK;
	}
	return ERR_INTERNAL;
}

static bool is_field(const struct json_field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (strcmp(fields->name, name) == 0)
			return true;
	return false;
}

static enum err read_fields(json_t *obj, const struct json_field *fields, bool ignore,
	const struct place *in, void *into, struct arena *a, struct diag *d)
{
	const char *key;
	json_t *v;
	enum err e;

	if (!json_is_object(obj)) {
		if (in->array)
			return diag_fail(d, ERR_SYNTAX, "\"%s[%zu]\": not an object",
				in->array, in->index);
		return diag_fail(d, ERR_SYNTAX, "JSON: not an object");
	}
	json_object_foreach(obj, key, v)
	{
		if (ignore || is_field(fields, key))
			continue;
		(void)diag_fail(d, ERR_SYNTAX, "unknown field");
		return at(in, key, ERR_SYNTAX, d);
	}
	for (const struct json_field *f = fields; f->name; f++) {
		v = json_object_get(obj, f->name);
		if (v && !json_is_null(v)) {
			if ((e = take_value(v, f, into, a, d)) != OK)
				return at(in, f->name, e, d);
		} else if (f->required) {
			(void)diag_fail(d, ERR_SYNTAX, "missing");
			return at(in, f->name, ERR_SYNTAX, d);
		}
	}
	return OK;
}

static enum err read_object(struct slice text, const struct json_field *fields,
	bool ignore, void *into, struct arena *a, struct diag *d)
{
	CLEANUP_JSON json_t *j = NULL;
	enum err e = load(text, &j, d);

	return e ? e : read_fields(j, fields, ignore, &(struct place){0}, into, a, d);
}

enum err json_read_object(struct slice text, const struct json_field *fields, void *into,
	struct arena *a, struct diag *d)
{
	return read_object(text, fields, false, into, a, d);
}

enum err json_read_answer(struct slice text, const struct json_field *fields, void *into,
	struct arena *a, struct diag *d)
{
	return read_object(text, fields, true, into, a, d);
}

enum err json_read_page(struct slice text, const struct json_field *own, void *into,
	const char *name, const struct json_field *fields, size_t size, bool ignore,
	enum err (*each)(void *ctx, size_t i, void *item, struct diag *d), void *ctx,
	struct arena *a, struct diag *d)
{
	CLEANUP_JSON json_t *j = NULL;
	struct place in = {.array = name ? name : ""};
	json_t *list;
	void *item;
	enum err e = load(text, &j, d);

	if (!e && own)
		e = read_fields(j, own, true, &(struct place){0}, into, a, d);
	if (e)
		return e;
	list = name ? json_object_get(j, name) : j;
	if (!json_is_array(list))
		return diag_fail(d, ERR_SYNTAX, "\"%s\": not an array", in.array);
	item = malloc(size);
	if (!item)
		return diag_fail(d, ERR_NOMEM, "JSON: out of memory");
	for (; !e && in.index < json_array_size(list); in.index++) {
		memset(item, 0, size);
		e = read_fields(
			json_array_get(list, in.index), fields, ignore, &in, item, a, d);
		if (!e)
			e = each(ctx, in.index, item, d);
	}
	free(item);
	return e;
}

enum err json_read_array(struct slice text, const char *name,
	const struct json_field *fields, size_t size, bool ignore,
	enum err (*each)(void *ctx, size_t i, void *item, struct diag *d), void *ctx,
	struct arena *a, struct diag *d)
{
	return json_read_page(
		text, NULL, NULL, name, fields, size, ignore, each, ctx, a, d);
}
