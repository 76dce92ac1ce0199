/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/input/doc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"

/* jansson keeps the order of members and does not tell where a value stood. But the
 * objects, visited in that order, come as the opening braces do in the text. */
struct visit {
	struct doc *doc;
	struct slice text;
	size_t at;
	size_t line;
	bool quoted;
};

/* The line of the next opening brace outside of strings. */
static size_t next_brace(struct visit *v)
{
	for (; v->at < v->text.n; v->at++) {
		char c = v->text.p[v->at];

		if (c == '\n')
			v->line++;
		else if (v->quoted && c == '\\')
			v->at++;
		else if (c == '"')
			v->quoted = !v->quoted;
		else if (c == '{' && !v->quoted)
			break;
	}
	v->at++;
	return v->line;
}

static size_t count(const json_t *j)
{
	size_t n = json_is_object(j), i;
	const char *name;
	json_t *part;

	if (json_is_object(j)) {
		/* the iterator only lacks the const */
		json_object_foreach((json_t *)(uintptr_t)j, name, part) n += count(part);
	} else {
		json_array_foreach(j, i, part) n += count(part);
	}
	return n;
}

static void visit(struct visit *v, const json_t *j)
{
	const char *name;
	json_t *part;
	size_t i;

	if (json_is_object(j)) {
		v->doc->place[v->doc->n++] = (struct doc_place){j, next_brace(v)};
		json_object_foreach((json_t *)(uintptr_t)j, name, part) visit(v, part);
	} else {
		json_array_foreach(j, i, part) visit(v, part);
	}
}

static int cmp_place(const void *pa, const void *pb)
{
	uintptr_t a = (uintptr_t)((const struct doc_place *)pa)->object;
	uintptr_t b = (uintptr_t)((const struct doc_place *)pb)->object;

	return (a > b) - (a < b);
}

enum err doc_load(
	struct slice text, size_t line, bool all, struct doc *ret, struct diag *d)
{
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
		       (all ? 0 : JSON_DISABLE_EOF_CHECK);
	struct doc x = {0};
	struct visit v = {.doc = &x, .text = text, .line = line};
	json_error_t err;

	x.root = json_loadb(text.p ? text.p : "", text.n, flags, &err);
	if (!x.root)
		return diag_fail(d, ERR_SYNTAX, "line %zu: not JSON: %s",
			line + (err.line > 0 ? (size_t)err.line - 1 : 0), err.text);
	x.bytes = all ? text.n : (size_t)err.position;
	x.place = calloc(count(x.root) + 1, sizeof(*x.place));
	if (!x.place) {
		json_decref(x.root);
		return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	visit(&v, x.root);
	qsort(x.place, x.n, sizeof(*x.place), cmp_place);
	*ret = x;
	return OK;
}

void doc_done(struct doc *x)
{
	json_decref(x->root);
	free(x->place);
	*x = (struct doc){0};
}

size_t doc_line(const struct doc *x, const json_t *object)
{
	struct doc_place key = {object, 0}, *found;

	found = bsearch(&key, x->place, x->n, sizeof(key), cmp_place);
	return found ? found->line : 0;
}

struct slice doc_text(const json_t *object, const char *name)
{
	json_t *j = json_object_get(object, name);

	return json_is_string(j)
		       ? (struct slice){json_string_value(j), json_string_length(j)}
		       : (struct slice){"", 0};
}

struct slice doc_time(struct slice text, char *out)
{
	int64_t t;

	if (text.n < 20)
		return (struct slice){"", 0};
	(void)snprintf(out, CLOCK_TEXT, "%.19sZ", text.p);
	text.p += 19;
	text.n -= 19;
	if (text.p[0] == '.')
		do {
			text.p++;
			text.n--;
		} while (text.n && text.p[0] >= '0' && text.p[0] <= '9');
	if ((!slice_is(text, "Z") && !slice_is(text, "+00:00")) ||
		clock_parse(slice_of(out), &t, NULL))
		return (struct slice){"", 0};
	return slice_of(out);
}
