/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/fields.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A document of three fields, one of them optional, and a body of lines. */
struct doc {
	struct slice name, note;
	int64_t when, size;
	size_t lines;
};

static enum err read_doc(struct slice text, struct doc *ret, struct diag *d)
{
	struct fields f;
	struct slice line;

	*ret = (struct doc){0};
	fields_begin(&f, text, "test/v1", d);
	fields_text(&f, "name", 10, &ret->name);
	fields_time(&f, "when", &ret->when);
	(void)fields_optional(&f, "note", 20, &ret->note);
	fields_number(&f, "size", &ret->size);
	fields_blank(&f);
	while (fields_line(&f, &line))
		ret->lines++;
	return fields_end(&f);
}

#define WHEN "when 2026-11-24T10:00:00Z\n"
#define GOOD "test/v1\nname a\n" WHEN "size 7\n\n"

static void refused(struct slice text, enum err want, const char *why)
{
	struct diag d = {""};
	struct doc doc;

	assert_int_equal(read_doc(text, &doc, &d), want);
	assert_string_equal(d.text, why);
}

static void test_order(void **state)
{
	struct diag d = {""};
	struct doc doc;

	(void)state;
	assert_int_equal(read_doc(slice_of(GOOD "x\ny z\n"), &doc, &d), OK);
	assert_true(slice_is(doc.name, "a"));
	assert_int_equal(doc.when, 1795514400);
	assert_int_equal(doc.size, 7);
	assert_int_equal(doc.note.n, 0);
	assert_int_equal(doc.lines, 2);
	assert_int_equal(read_doc(slice_of("test/v1\nname a b\n" WHEN
					   "note  two blanks \nsize 0\n\n"),
				 &doc, &d),
		OK);
	assert_true(slice_is(doc.name, "a b"));
	assert_true(slice_is(doc.note, " two blanks "));
	assert_int_equal(doc.lines, 0);
}

static const struct {
	const char *text, *why;
} refusals[] = {
	{"", "line 1: the text is empty"},
	{"\n", "line 1: type \"\": not \"test/v1\""},
	{"test/v2\nname a\n", "line 1: type \"test/v2\": not \"test/v1\""},
	{"test/v1 \nname a\n", "line 1: type \"test/v1 \": not \"test/v1\""},
	{"test/v1", "line 1: the last line does not end in LF"},
	{"test/v1\n", "line 2: field \"name\" is missing"},
	{"test/v1\n" WHEN "size 7\n\n", "line 2: field \"name\" is missing"},
	{"test/v1\nname a\nsize 7\n\n", "line 3: field \"when\" is missing"},
	{"test/v1\nname a\n\n", "line 3: field \"when\" is missing"},
	/* a body line of that name is no field */
	{"test/v1\nname a\nsize 7\n\nwhen 1\n", "line 3: field \"when\" is missing"},
	{"test/v1\nname a\nname a\n" WHEN "size 7\n\n",
		"line 3: field \"name\" is repeated"},
	{"test/v1\nname a\n" WHEN "note x\nnote x\nsize 7\n\n",
		"line 5: field \"note\" is repeated"},
	{"test/v1\nname a\n" WHEN "size 7\nsize 7\n\n",
		"line 5: field \"size\" is repeated"},
	{"test/v1\n" WHEN "name a\nsize 7\n\n",
		"line 2: field \"when\": unknown or out of order: \"name\" "
		"belongs here"},
	{"test/v1\nname a\nnote x\n" WHEN "size 7\n\n",
		"line 3: field \"note\": unknown or out of order: \"when\" "
		"belongs here"},
	{"test/v1\nname a\nother 1\n" WHEN "size 7\n\n",
		"line 3: field \"other\": unknown or out of order: \"when\" "
		"belongs here"},
	{"test/v1\nname a\n" WHEN "size 7\nother 1\n\n",
		"line 5: field \"other\": unknown or out of order"},
	{"test/v1\nname a\n" WHEN "size 7\n",
		"line 5: the blank line behind the header is missing"},
	{"test/v1\nname\n" WHEN "size 7\n\n", "line 2: field \"name\" has no value"},
	{"test/v1\nname \n" WHEN "size 7\n\n", "line 2: field \"name\" has no value"},
	{"test/v1\nname\ta\n" WHEN "size 7\n\n",
		"line 2: control byte 0x09: only LF is allowed"},
	{"test/v1\nname a\n" WHEN "size 7\n\na\n\nb\n", "line 7: an empty line"},
	{"test/v1\nname a\n" WHEN "size 07\n\n",
		"line 4: field \"size\": number \"07\": not decimal digits below "
		"2^63 without a leading zero"},
	{"test/v1\nname a\n" WHEN "size -1\n\n",
		"line 4: field \"size\": number \"-1\": not decimal digits below "
		"2^63 without a leading zero"},
	{"test/v1\nname a\n" WHEN "size 9223372036854775808\n\n",
		"line 4: field \"size\": number \"9223372036854775808\": not "
		"decimal digits below 2^63 without a leading zero"},
	{"test/v1\nname a\nwhen 2026-02-30T00:00:00Z\nsize 7\n\n",
		"line 3: field \"when\": time \"2026-02-30T00:00:00Z\": not like "
		"2026-11-24T10:00:00Z"},
	{"test/v1\r\nname a\r\n", "line 1: carriage return: lines end in LF alone"},
	{"test/v1\nname a\n" WHEN "size 7\n\nx\r\n",
		"line 6: carriage return: lines end in LF alone"},
	{"test/v1\nname \xc3\x28\n" WHEN "size 7\n\n", "line 2: not valid UTF-8"},
	{"test/v1\nname \x7f\n" WHEN "size 7\n\n",
		"line 2: control byte 0x7f: only LF is allowed"},
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		refused(slice_of(refusals[i].text), ERR_SYNTAX, refusals[i].why);
	refused((struct slice){"test/v1\nna\0me a\n", 16}, ERR_SYNTAX,
		"line 2: control byte 0x00: only LF is allowed");
}

static void test_limits(void **state)
{
	char text[sizeof(GOOD) + INPUT_LINE_MAX + 2] = GOOD;

	(void)state;
	refused(slice_of("test/v1\nname 01234567890\n" WHEN "size 7\n\n"), ERR_LIMIT,
		"line 2: field \"name\": 11 bytes, at most 10");
	refused(slice_of("test/v1\nname a\n" WHEN
			 "note 012345678901234567890\nsize 7\n\n"),
		ERR_LIMIT, "line 4: field \"note\": 21 bytes, at most 20");
	memset(text + sizeof(GOOD) - 1, 'x', INPUT_LINE_MAX + 1);
	text[sizeof(text) - 2] = '\n';
	refused((struct slice){text, sizeof(text) - 1}, ERR_LIMIT,
		"line 6: 4097 bytes, at most 4096 in a line");
}

/* Names of two words, and one field many times: what root documents have. */
static void test_words(void **state)
{
	struct diag d = {""};
	struct fields f;
	struct slice v;
	int64_t a = 0, b = 0;
	int keys = 0;

	(void)state;
	fields_begin(&f, slice_of("m\nlow root 2\nlow leaf 1\nkey a\nkey b\n"), "m", &d);
	fields_number(&f, "low root", &a);
	fields_number(&f, "low leaf", &b);
	while (fields_optional(&f, "key", 9, &v))
		keys++;
	assert_int_equal(fields_end(&f), OK);
	assert_int_equal(a * 100 + b * 10 + keys, 212);

	fields_begin(&f, slice_of("m\nlow leaf 1\nlow root 2\n"), "m", &d);
	fields_number(&f, "low root", &a);
	assert_int_equal(fields_end(&f), ERR_SYNTAX);
	fields_begin(&f, slice_of("m\nlow root 2\nlow root 2\n"), "m", &d);
	fields_number(&f, "low root", &a);
	fields_number(&f, "low leaf", &a);
	assert_int_equal(fields_end(&f), ERR_SYNTAX);
	assert_string_equal(d.text, "line 3: field \"low root\" is repeated");
}

/* The first refusal stands; results stay untouched; fields_fail() names the field's line.
 */
static void test_sticky(void **state)
{
	struct diag d = {""};
	struct hash h = {{1}};
	struct fields f;
	struct slice v = {"old", 3};
	int64_t n = 5;

	(void)state;
	fields_begin(&f, slice_of("m\na 1\nb 2\nc zz\n\nx\n"), "m", &d);
	fields_text(&f, "a", 9, &v);
	fields_number(&f, "b", &n);
	fields_fail(&f, ERR_VALUE, "%s", "too odd");
	fields_hash(&f, "c", &h);
	fields_blank(&f);
	assert_false(fields_line(&f, &v));
	assert_false(fields_optional(&f, "c", 9, &v));
	assert_int_equal(fields_end(&f), ERR_VALUE);
	assert_string_equal(d.text, "line 3: too odd");
	assert_int_equal(h.b[0], 1);
	assert_true(slice_is(v, "1"));

	fields_begin(&f, slice_of("m\nc zz\n"), "m", &d);
	fields_hash(&f, "c", &h);
	assert_int_equal(fields_err(&f), ERR_SYNTAX);
	assert_memory_equal(d.text, "line 2: field \"c\": ", 19);

	fields_begin(&f, slice_of("m\n\n"), "m", NULL);
	assert_int_equal(fields_end(&f), ERR_SYNTAX);
}

static void test_clean(void **state)
{
	size_t line = 0;

	(void)state;
	assert_true(text_is_clean(slice_of("a\nb\n"), &line));
	assert_true(text_is_clean(slice_of(""), &line));
	assert_true(text_is_clean(slice_of("r\xc3\xb8"
					   "d gr\xc3\xb8"
					   "d\n"),
		&line));
	assert_int_equal(line, 0);
	assert_false(text_is_clean(slice_of("a\nb\x1f\n"), &line));
	assert_int_equal(line, 2);
	assert_false(text_is_clean(slice_of("a\n\xed\xa0\x80\n"), &line));
	assert_int_equal(line, 2);
	assert_false(text_is_clean(slice_of("\xc0\xaf\n"), &line));
	assert_int_equal(line, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
