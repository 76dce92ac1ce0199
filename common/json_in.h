/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON from outside (RFC 8259) by table of fields: jansson with JSON_REJECT_DUPLICATES,
 * unknown fields refused, errors that name the field's path. Does not expose jansson, so
 * that layers which must not see it can still be handed the results.
 */
#ifndef VARSEL_JSON_IN_H
#define VARSEL_JSON_IN_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/diag.h"

enum json_type {
	JSON_TEXT,  /* char *, copied to the arena, no NUL inside; max = bytes */
	JSON_NUM,   /* int64_t from 0; max = largest */
	JSON_FLAG,  /* bool */
	JSON_NUMS,  /* struct json_nums: array of numbers, max = how many */
	JSON_TEXTS, /* struct json_texts: array of strings */
	JSON_ROWS,  /* array of objects, not taken here: json_read_array(); max = how
		     * many */
	JSON_INNER, /* char *: the value's own JSON, to be read by a call of its own */
};

struct json_nums {
	int64_t *item;
	size_t n;
};

struct json_texts {
	char **item;
	size_t n;
};

struct json_field {
	const char *name;
	enum json_type type;
	size_t offset;
	size_t max; /* 0: no limit of its own */
	bool required;
};

/* One object; `fields` ends with name == NULL; *into is left as it was for absent fields,
 * and null is absent. ERR_SYNTAX (not JSON, unknown field, wrong type), ERR_LIMIT; after
 * an error *into may be filled in part. */
enum err json_read_object(struct slice text, const struct json_field *fields, void *into,
	struct arena *a, struct diag *d) CHECK_RESULT;

/* The same where unknown fields are ignored: for a program reading a newer hub's answers.
 */
enum err json_read_answer(struct slice text, const struct json_field *fields, void *into,
	struct arena *a, struct diag *d) CHECK_RESULT;
/* Each element of the array `name` in the object `text` (or of `text` itself when name is
 * NULL), into a zeroed struct of `size` bytes, one call of `each` for every one; `ignore`
 * unknown fields of the elements (those beside the array are not looked at). The struct
 * is ours: what `each` wants to keep it copies; texts live in the arena. Stops at the
 * first error of `each`. The diag names `name[3].field`. */
enum err json_read_array(struct slice text, const char *name,
	const struct json_field *fields, size_t size, bool ignore,
	enum err (*each)(void *ctx, size_t i, void *item, struct diag *d), void *ctx,
	struct arena *a, struct diag *d) CHECK_RESULT;
/* Both of an answer that has fields beside its array, which is parsed once: `own` as
 * json_read_answer(), then the array. */
enum err json_read_page(struct slice text, const struct json_field *own, void *into,
	const char *name, const struct json_field *fields, size_t size, bool ignore,
	enum err (*each)(void *ctx, size_t i, void *item, struct diag *d), void *ctx,
	struct arena *a, struct diag *d) CHECK_RESULT;

#endif
