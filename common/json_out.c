/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/json_out.h"

#include <assert.h>
#include <inttypes.h>

#include "common/clock.h"
#include "common/utf8.h"

/* A string in its quotes. Runs that need no escape are copied whole. */
static void put_string(struct buf *b, struct slice s)
{
	size_t from = 0, at = 0;

	buf_putc(b, '"');
	while (at < s.n) {
		unsigned char c = (unsigned char)s.p[at];
		size_t n = utf8_next((struct slice){s.p + at, s.n - at}, NULL);

		if (n > 0 && c != '"' && c != '\\' && c >= 0x20) {
			at += n;
			continue;
		}
		buf_put(b, s.p + from, at - from);
		if (n == 0)
			buf_puts(b, "\xef\xbf\xbd"); /* U+FFFD */
		else if (c < 0x20)
			buf_printf(b, "\\u%04x", c);
		else
			buf_put(b, (const char[]){'\\', (char)c}, 2);
		from = ++at;
	}
	if (at > from)
		buf_put(b, s.p + from, at - from);
	buf_putc(b, '"');
}

/* What stands before every value: the comma, and in an object the name. */
static void lead(struct json_out *j, const char *name)
{
	if (j->comma)
		buf_putc(j->b, ',');
	j->comma = true;
	if (!name)
		return;
	put_string(j->b, slice_of(name));
	buf_putc(j->b, ':');
}

static void open_level(struct json_out *j, const char *name, char c)
{
	lead(j, name);
	buf_putc(j->b, c);
	j->depth++;
	j->comma = false;
}

static void close_level(struct json_out *j, char c)
{
	assert(j->depth > 0);
	buf_putc(j->b, c);
	j->depth--;
	j->comma = true;
}

void json_put_begin(struct json_out *j, struct buf *b)
{
	*j = (struct json_out){.b = b};
}

void json_put_object(struct json_out *j, const char *name)
{
	open_level(j, name, '{');
}

void json_put_object_end(struct json_out *j)
{
	close_level(j, '}');
}

void json_put_array(struct json_out *j, const char *name)
{
	open_level(j, name, '[');
}

void json_put_array_end(struct json_out *j)
{
	close_level(j, ']');
}

void json_put_text(struct json_out *j, const char *name, struct slice value)
{
	lead(j, name);
	put_string(j->b, value);
}

void json_put_str(struct json_out *j, const char *name, const char *value)
{
	if (value)
		json_put_text(j, name, slice_of(value));
	else
		json_put_null(j, name);
}

void json_put_num(struct json_out *j, const char *name, int64_t value)
{
	lead(j, name);
	buf_printf(j->b, "%" PRId64, value);
}

void json_put_flag(struct json_out *j, const char *name, bool value)
{
	lead(j, name);
	buf_puts(j->b, value ? "true" : "false");
}

void json_put_raw(struct json_out *j, const char *name, struct slice json)
{
	lead(j, name);
	buf_slice(j->b, json);
}

void json_put_null(struct json_out *j, const char *name)
{
	lead(j, name);
	buf_puts(j->b, "null");
}

void json_put_time(struct json_out *j, const char *name, int64_t time)
{
	char text[CLOCK_TEXT];

	if (time == 0) {
		json_put_null(j, name);
		return;
	}
	clock_format(time, text);
	json_put_text(j, name, slice_of(text));
}
