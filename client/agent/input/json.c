/* SPDX-License-Identifier: BSD-2-Clause */
/* Our own JSON: objects with the names of the CSV columns, in an array or one after the
 * other. An object that is broken is refused alone when it has its line to itself. */
#include <inttypes.h>
#include <stdio.h>

#include "client/agent/input/doc.h"
#include "client/agent/input/input.h"
#include "common/limits.h"

#define TAG_TEXT ((TAG_MAX + 1) * TAGS_MAX)

/* Texts of a row that do not stand in the document as such. */
struct scratch {
	char number[32];
	char tags[TAG_TEXT];
	char bad[200];
};

static bool join_tags(const json_t *list, struct scratch *s)
{
	size_t n = 0, i;
	json_t *tag;

	s->tags[0] = '\0';
	json_array_foreach(list, i, tag)
	{
		int len;

		if (!json_is_string(tag))
			return false;
		len = snprintf(s->tags + n, TAG_TEXT - n, "%s%s", n ? "," : "",
			json_string_value(tag));
		if (len < 0 || (size_t)len >= TAG_TEXT - n)
			return false;
		n += (size_t)len;
	}
	return true;
}

/* NULL, or why the object is refused. */
static const char *read_object(
	const json_t *object, struct input_row *row, struct scratch *s)
{
	const char *name;
	json_t *j;

	if (!json_is_object(object))
		return "not an object";
	json_object_foreach((json_t *)(uintptr_t)object, name, j)
	{
		struct slice text = {"", 0};

		if (json_is_string(j)) {
			text = (struct slice){
				json_string_value(j), json_string_length(j)};
		} else if (json_is_integer(j) && strcmp(name, "confidence") == 0) {
			(void)snprintf(s->number, sizeof(s->number), "%" PRId64,
				(int64_t)json_integer_value(j));
			text = slice_of(s->number);
		} else if (json_is_array(j) && strcmp(name, "tag") == 0 &&
			   join_tags(j, s)) {
			text = slice_of(s->tags);
		} else if (!json_is_null(j)) {
			(void)snprintf(s->bad, sizeof(s->bad),
				"field \"%.60s\": not a text", name);
			return s->bad;
		}
		if (!input_set(row, slice_of(name), text)) {
			(void)snprintf(s->bad, sizeof(s->bad),
				"field \"%.60s\": not one of %s", name, input_columns);
			return s->bad;
		}
	}
	return row->value.n ? NULL : "there is no value";
}

static enum err take(const json_t *object, size_t line, struct input *in, struct diag *d)
{
	struct input_row row = {.line = line};
	struct scratch s;
	const char *bad = read_object(object, &row, &s);

	if (!bad)
		return in->row(in->ctx, &row, d);
	in->refuse(in->ctx, line, bad);
	return OK;
}

static enum err read_array(const struct doc *x, struct input *in, struct diag *d)
{
	enum err e = OK;
	json_t *object;
	size_t i;

	json_array_foreach(x->root, i, object)
	{
		e = json_is_object(object) ? take(object, doc_line(x, object), in, d)
					   : diag_fail(d, ERR_SYNTAX,
						     "element %zu: not an object", i + 1);
		if (e)
			break;
	}
	return e;
}

/* Over blanks and line ends to what follows. */
static void skip_blanks(struct slice *text, size_t *line)
{
	while (text->n && memchr(" \t\r\n", text->p[0], 4)) {
		*line += text->p[0] == '\n';
		text->p++;
		text->n--;
	}
}

static void skip_line(struct slice *text, size_t *line)
{
	struct slice gone;

	*line += slice_cut(text, '\n', &gone);
}

static enum err read_stream(struct slice text, struct input *in, struct diag *d)
{
	struct diag bad = {""};
	size_t line = 1;
	struct doc x;
	enum err e = OK;

	for (;;) {
		skip_blanks(&text, &line);
		if (e || text.n == 0)
			return e;
		if (doc_load(text, line, false, &x, &bad)) {
			const char *colon = strstr(bad.text, ": ");

			in->refuse(in->ctx, line, colon ? colon + 2 : bad.text);
			skip_line(&text, &line);
			continue;
		}
		e = take(x.root, line, in, d);
		for (size_t i = 0; i < x.bytes; i++)
			line += text.p[i] == '\n';
		text.p += x.bytes;
		text.n -= x.bytes;
		doc_done(&x);
	}
}

enum err input_json(struct slice text, struct input *in, struct diag *d)
{
	size_t line = 1;
	struct slice rest = text;
	struct doc x;
	enum err e;

	skip_blanks(&rest, &line);
	if (rest.n == 0 || rest.p[0] != '[')
		return read_stream(text, in, d);
	e = doc_load(text, 1, true, &x, d);
	if (e)
		return e;
	e = read_array(&x, in, d);
	doc_done(&x);
	return e;
}
