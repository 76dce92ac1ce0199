/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small streaming JSON writer (RFC 8259) into a buf: commas and nesting are its
 * business, what is written is always valid UTF-8 JSON. `name` is NULL inside arrays and
 * at the top. The names say "put" because jansson owns json_object() and its like: one of
 * ours by that name would be called by every library that uses jansson.
 */
#ifndef VARSEL_JSON_OUT_H
#define VARSEL_JSON_OUT_H

#include <stdint.h>

#include "common/buf.h"

struct json_out {
	struct buf *b;
	unsigned depth;
	bool comma; /* something stands before on this level */
};

void json_put_begin(struct json_out *j, struct buf *b);
void json_put_object(struct json_out *j, const char *name);
void json_put_object_end(struct json_out *j);
void json_put_array(struct json_out *j, const char *name);
void json_put_array_end(struct json_out *j);
/* Bytes that are not UTF-8 come out as U+FFFD. */
void json_put_text(struct json_out *j, const char *name, struct slice value);
void json_put_str(
	struct json_out *j, const char *name, const char *value); /* NULL: null */
void json_put_num(struct json_out *j, const char *name, int64_t value);
void json_put_flag(struct json_out *j, const char *name, bool value);
/* What is JSON already. */
void json_put_raw(struct json_out *j, const char *name, struct slice json);
void json_put_null(struct json_out *j, const char *name);
void json_put_time(struct json_out *j, const char *name, int64_t time); /* 0: null */

#endif
