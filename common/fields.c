/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/fields.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/utf8.h"

#define BLOCK 64

/* Whether all of a block is plain ASCII: nearly every one of a bundle. Without a way out
 * of the loop, so that the compiler looks at many bytes at once. */
static bool is_plain(const unsigned char *p)
{
	unsigned char other = 0;

	for (size_t i = 0; i < BLOCK; i++)
		other |= (unsigned char)((p[i] < 0x20 && p[i] != '\n') || p[i] >= 0x7f);
	return !other;
}

/* Offset of the first byte that may not stand in a text, or text.n. */
static size_t first_bad(struct slice text)
{
	const unsigned char *p = (const unsigned char *)text.p;
	size_t i = 0, step;

	while (i < text.n) {
		if (text.n - i >= BLOCK && is_plain(p + i)) {
			i += BLOCK;
			continue;
		}
		if ((p[i] < 0x20 && p[i] != '\n') || p[i] == 0x7f)
			break;
		step = utf8_next((struct slice){text.p + i, text.n - i}, NULL);
		if (step == 0)
			break;
		i += step;
	}
	return i;
}

static size_t line_at(struct slice text, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += text.p[i] == '\n';
	return line;
}

bool text_is_clean(struct slice text, size_t *ret_line)
{
	size_t at = first_bad(text);

	if (at == text.n)
		return true;
	*ret_line = line_at(text, at);
	return false;
}

enum err text_check(struct slice text, struct diag *d)
{
	size_t at = first_bad(text), line;

	if (at < text.n) {
		unsigned char c = (unsigned char)text.p[at];

		line = line_at(text, at);
		if (c == '\r')
			return diag_fail(d, ERR_SYNTAX,
				"line %zu: carriage return: lines end in LF alone", line);
		if (c < 0x80)
			return diag_fail(d, ERR_SYNTAX,
				"line %zu: control byte 0x%02x: only LF is allowed", line,
				c);
		return diag_fail(d, ERR_SYNTAX, "line %zu: not valid UTF-8", line);
	}
	if (text.n == 0)
		return diag_fail(d, ERR_SYNTAX, "line 1: the text is empty");
	if (text.p[text.n - 1] != '\n')
		return diag_fail(d, ERR_SYNTAX,
			"line %zu: the last line does not end in LF",
			line_at(text, text.n));
	return OK;
}

/* `line N: ` and the reason, once. */
static void __attribute__((format(printf, 4, 0)))
fail_at(struct fields *f, size_t line, enum err e, const char *fmt, va_list ap)
{
	char text[DIAG_MAX];

	if (f->err)
		return;
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	f->err = diag_fail(f->d, e, "line %zu: %s", line, text);
}

/* Refuses the line at the cursor. */
static void __attribute__((format(printf, 3, 4)))
refuse(struct fields *f, enum err e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail_at(f, f->line, e, fmt, ap);
	va_end(ap);
}

void fields_fail(struct fields *f, enum err e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail_at(f, f->line - 1, e, fmt, ap);
	va_end(ap);
}

static bool has_name(struct slice line, const char *name)
{
	size_t n = strlen(name);

	return slice_starts(line, name) && (line.n == n || line.p[n] == ' ');
}

/* Whether a field stands in what is left of the header. */
static bool comes_later(struct slice rest, const char *name)
{
	struct slice line;

	while (rest.n && slice_cut(&rest, '\n', &line) && line.n)
		if (has_name(line, name))
			return true;
	return false;
}

static struct slice peek(const struct fields *f)
{
	struct slice rest = f->rest, line;

	(void)slice_cut(&rest, '\n', &line);
	return line;
}

static void advance(struct fields *f)
{
	struct slice line;

	(void)slice_cut(&f->rest, '\n', &line);
	f->line++;
}

/* What is wrong with the line at the cursor, where `name` belongs (NULL: where the header
 * ends). */
static void explain(struct fields *f, const char *name)
{
	struct slice line = peek(f), word;

	for (size_t i = 0; i < f->nseen; i++)
		if (has_name(line, f->seen[i])) {
			refuse(f, ERR_SYNTAX, "field \"%s\" is repeated", f->seen[i]);
			return;
		}
	if (name && !comes_later(f->rest, name)) {
		refuse(f, ERR_SYNTAX, "field \"%s\" is missing", name);
		return;
	}
	(void)slice_cut(&line, ' ', &word);
	f->err = name ? diag_value(f->d, ERR_SYNTAX, "field", word,
				"unknown or out of order: \"%s\" belongs here", name)
		      : diag_value(f->d, ERR_SYNTAX, "field", word,
				"unknown or out of order");
	(void)diag_at(f->d, f->err, "line %zu: ", f->line);
}

void fields_begin(struct fields *f, struct slice text, const char *magic, struct diag *d)
{
	struct slice line;

	*f = (struct fields){.rest = text, .line = 1, .d = d};
	f->err = text_check(text, d);
	line = peek(f);
	if (!f->err && !slice_is(line, magic))
		f->err = diag_value(
			d, ERR_SYNTAX, "line 1: type", line, "not \"%s\"", magic);
	advance(f);
}

bool fields_optional(struct fields *f, const char *name, size_t max, struct slice *ret)
{
	struct slice line = peek(f);
	size_t n = strlen(name);

	if (f->err || !has_name(line, name))
		return false;
	if (line.n < n + 2) {
		refuse(f, ERR_SYNTAX, "field \"%s\" has no value", name);
		return false;
	}
	if (line.n - n - 1 > max) {
		refuse(f, ERR_LIMIT, "field \"%s\": %zu bytes, at most %zu", name,
			line.n - n - 1, max);
		return false;
	}
	*ret = (struct slice){line.p + n + 1, line.n - n - 1};
	if (f->nseen < FIELDS_SEEN &&
		(f->nseen == 0 || strcmp(f->seen[f->nseen - 1], name) != 0))
		f->seen[f->nseen++] = name;
	advance(f);
	return true;
}

void fields_text(struct fields *f, const char *name, size_t max, struct slice *ret)
{
	if (!fields_optional(f, name, max, ret) && !f->err)
		explain(f, name);
}

/* Puts the place in front of what a value's own parser said. */
static void bad_value(struct fields *f, const char *name, enum err e)
{
	f->err = diag_at(f->d, e, "line %zu: field \"%s\": ", f->line - 1, name);
}

void fields_time(struct fields *f, const char *name, int64_t *ret)
{
	struct slice text;
	enum err e;

	fields_text(f, name, INPUT_LINE_MAX, &text);
	if (f->err)
		return;
	e = clock_parse(text, ret, f->d);
	if (e)
		bad_value(f, name, e);
}

void fields_number(struct fields *f, const char *name, int64_t *ret)
{
	struct slice text;
	enum err e;

	fields_text(f, name, INPUT_LINE_MAX, &text);
	if (f->err)
		return;
	e = number_parse(text, ret, f->d);
	if (e)
		bad_value(f, name, e);
}

void fields_hash(struct fields *f, const char *name, struct hash *ret)
{
	struct slice text;
	enum err e;

	fields_text(f, name, INPUT_LINE_MAX, &text);
	if (f->err)
		return;
	e = hash_parse(text, ret, f->d);
	if (e)
		bad_value(f, name, e);
}

void fields_blank(struct fields *f)
{
	if (f->err)
		return;
	if (f->rest.n == 0)
		refuse(f, ERR_SYNTAX, "the blank line behind the header is missing");
	else if (peek(f).n)
		explain(f, NULL);
	else
		advance(f);
}

bool fields_line(struct fields *f, struct slice *ret)
{
	struct slice line = peek(f);

	if (f->err || f->rest.n == 0)
		return false;
	if (line.n == 0) {
		refuse(f, ERR_SYNTAX, "an empty line");
		return false;
	}
	if (line.n > INPUT_LINE_MAX) {
		refuse(f, ERR_LIMIT, "%zu bytes, at most %d in a line", line.n,
			INPUT_LINE_MAX);
		return false;
	}
	*ret = line;
	advance(f);
	return true;
}

enum err fields_end(struct fields *f)
{
	if (!f->err && f->rest.n) {
		if (peek(f).n)
			explain(f, NULL);
		else
			refuse(f, ERR_SYNTAX, "nothing may follow the last field");
	}
	return f->err;
}
