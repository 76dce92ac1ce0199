/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small streaming JSON writer (RFC 8259) into a buf: commas and nesting are its
 * business, what is written is always valid UTF-8 JSON. `name` is NULL inside arrays and
 * at the top.
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

void json_begin(struct json_out *j, struct buf *b);
void json_object(struct json_out *j, const char *name);
void json_object_end(struct json_out *j);
void json_array(struct json_out *j, const char *name);
void json_array_end(struct json_out *j);
void json_text(struct json_out *j, const char *name, struct slice value);
void json_str(struct json_out *j, const char *name, const char *value); /* NULL: null */
void json_num(struct json_out *j, const char *name, int64_t value);
void json_flag(struct json_out *j, const char *name, bool value);
void json_null(struct json_out *j, const char *name);
void json_time(struct json_out *j, const char *name, int64_t time); /* 0: null */

#endif
