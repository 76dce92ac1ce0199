/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 4180 with a header line. The separator is the comma, or what the header uses
 * instead of it: a Danish spreadsheet writes semicolons.
 */
#include <ctype.h>
#include <stdio.h>

#include "client/agent/input/input.h"
#include "common/buf.h"
#include "common/limits.h"

#define COLUMNS_MAX 16

struct csv {
	struct slice rest;
	size_t line; /* of the record read last */
	size_t next; /* of the record to come */
	char separator;
	/* fields of one record, quotes taken off */
	struct buf text;
	struct {
		size_t at, n;
	} field[COLUMNS_MAX];
	size_t n;
	const char *bad; /* why the record cannot be read, or NULL */
};

/* Reads a quoted field; *c->rest stands behind the opening quote. */
static void quoted(struct csv *c)
{
	while (c->rest.n) {
		char x = *c->rest.p;

		c->rest.p++;
		c->rest.n--;
		if (x == '"' && c->rest.n && *c->rest.p == '"') {
			c->rest.p++;
			c->rest.n--;
		} else if (x == '"') {
			return;
		} else if (x == '\n') {
			c->next++;
		}
		buf_putc(&c->text, x);
	}
	c->bad = "a quote is opened and never closed";
}

static void one_field(struct csv *c)
{
	size_t at = c->text.len;

	while (c->rest.n && memchr(" \t", *c->rest.p, 2) && *c->rest.p != c->separator) {
		c->rest.p++;
		c->rest.n--;
	}
	if (c->rest.n && *c->rest.p == '"') {
		c->rest.p++;
		c->rest.n--;
		quoted(c);
	}
	while (c->rest.n && *c->rest.p != c->separator && *c->rest.p != '\n') {
		buf_putc(&c->text, *c->rest.p);
		c->rest.p++;
		c->rest.n--;
	}
	if (c->n == COLUMNS_MAX) {
		c->bad = "more fields than there are columns";
		return;
	}
	c->field[c->n].at = at;
	c->field[c->n].n = c->text.len - at;
	c->n++;
}

/* The next record; false at the end. */
static bool record(struct csv *c)
{
	if (c->rest.n == 0)
		return false;
	c->line = c->next;
	c->n = 0;
	c->bad = NULL;
	buf_reset(&c->text);
	for (;;) {
		one_field(c);
		if (c->rest.n == 0)
			return true;
		c->rest.n--;
		if (*c->rest.p++ == '\n') {
			c->next++;
			return true;
		}
	}
}

static struct slice field(const struct csv *c, size_t i)
{
	return input_trim(
		(struct slice){buf_view(&c->text).p + c->field[i].at, c->field[i].n});
}

/* Copies of the column names, so that they outlive the header's record. */
struct header {
	char name[COLUMNS_MAX][16];
	size_t n;
};

static enum err read_header(struct csv *c, struct header *h, struct diag *d)
{
	struct slice first = c->rest;
	struct input_row row = {0};
	bool value = false;

	(void)slice_cut(&(struct slice){c->rest.p, c->rest.n}, '\n', &first);
	c->separator = memchr(first.p ? first.p : "", ';', first.n)    ? ';'
		       : memchr(first.p ? first.p : "", '\t', first.n) ? '\t'
								       : ',';
	if (!record(c))
		return diag_fail(d, ERR_SYNTAX,
			"line 1: empty; a header names the columns: %s", input_columns);
	if (c->bad)
		return diag_fail(d, ERR_SYNTAX, "line 1: %s", c->bad);
	for (h->n = 0; h->n < c->n; h->n++) {
		struct slice name = field(c, h->n);
		char *copy = h->name[h->n];

		(void)snprintf(copy, sizeof(h->name[0]), "%.*s", SLICE_ARG(name));
		for (char *p = copy; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		if (!input_set(&row, slice_of(copy), slice_of("x")))
			return diag_fail(d, ERR_SYNTAX,
				"line 1: column \"%.*s\": not one of %s",
				name.n > 80 ? 80 : (int)name.n, name.p, input_columns);
		for (size_t i = 0; i < h->n; i++)
			if (strcmp(h->name[i], copy) == 0)
				return diag_fail(d, ERR_SYNTAX,
					"line 1: column \"%s\" stands there twice",
					h->name[i]);
		value |= strcmp(copy, "value") == 0;
	}
	return value ? OK
		     : diag_fail(d, ERR_SYNTAX, "line 1: there is no column \"value\"");
}

enum err input_csv(struct slice text, struct input *in, struct diag *d)
{
	struct csv c = {.rest = text, .next = 1};
	struct header h;
	enum err e;

	buf_init(&c.text, INPUT_MAX);
	e = read_header(&c, &h, d);
	while (e == OK && record(&c)) {
		struct input_row row = {.line = c.line};

		if (c.n == 1 && field(&c, 0).n == 0 && !c.bad)
			continue; /* an empty line */
		if (!c.bad && c.n > h.n)
			c.bad = "more fields than there are columns";
		if (c.bad) {
			in->refuse(in->ctx, c.line, c.bad);
			continue;
		}
		for (size_t i = 0; i < c.n; i++)
			(void)input_set(&row, slice_of(h.name[i]), field(&c, i));
		if (row.value.n == 0)
			in->refuse(in->ctx, c.line, "the value is empty");
		else
			e = in->row(in->ctx, &row, d);
	}
	if (e == OK && buf_err(&c.text))
		e = diag_fail(d, buf_err(&c.text), "line %zu: %s", c.line,
			err_text(buf_err(&c.text)));
	buf_done(&c.text);
	return e;
}
