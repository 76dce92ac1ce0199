/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HEAD   "varsel/report/v1\nhub varsel.kl.dk\norg 0101\n"
#define ISSUED "issued 2026-11-24T10:00:00Z\n"
#define TLP    "tlp amber\n"
#define LINE_1                                                               \
	"domain evil.example block confidence=90 seen=2026-11-24T09:58:00Z " \
	"tag=phishing\n"
#define LINE_2 "ip 203.0.113.7 block confidence=70\n"

static void test_header(void **state)
{
	static const char text[] =
		HEAD ISSUED TLP "comment Phishing mod lønkontoret\n\n" LINE_1 LINE_2;
	CLEANUP_BUF struct buf value, out;
	struct diag d = {""};
	bool end, fatal;
	struct report r;
	struct line l;

	(void)state;
	buf_init(&value, VALUE_MAX);
	buf_init(&out, REPORT_MAX);
	assert_int_equal(report_parse(slice_of(text), &r, &d), OK);
	assert_true(slice_is(r.hub, "varsel.kl.dk"));
	assert_true(slice_is(r.org, "0101"));
	assert_int_equal(r.issued, 1795514400);
	assert_int_equal(r.tlp, TLP_AMBER);
	assert_true(slice_is(r.comment, "Phishing mod lønkontoret"));
	report_put_header(&out, &r);

	assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), OK);
	assert_false(end || fatal);
	assert_int_equal(l.kind->id, KIND_DOMAIN);
	assert_true(slice_is(l.value, "evil.example"));
	assert_int_equal(l.confidence, 90);
	line_put(&out, LINE_REPORT, &l);
	assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), OK);
	assert_false(end || fatal);
	assert_true(slice_is(l.value, "203.0.113.7"));
	line_put(&out, LINE_REPORT, &l);
	assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), OK);
	assert_true(end);
	assert_false(fatal);
	assert_string_equal(buf_str(&out), text);

	/* comment is optional, and not written when there is none */
	assert_int_equal(report_parse(slice_of(HEAD ISSUED TLP "\n"), &r, &d), OK);
	assert_int_equal(r.comment.n, 0);
	buf_reset(&out);
	report_put_header(&out, &r);
	assert_string_equal(buf_str(&out), HEAD ISSUED TLP "\n");
}

static void refused(struct slice text, enum err want, const char *why)
{
	struct report r = {.issued = 7};
	struct diag d = {""};

	assert_int_equal(report_parse(text, &r, &d), want);
	assert_string_equal(d.text, why);
	assert_int_equal(r.issued, 7);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		enum err err;
		const char *why;
	} cases[] = {
		{"varsel/bundle/v1\n", ERR_SYNTAX,
			"line 1: type \"varsel/bundle/v1\": not \"varsel/report/v1\""},
		{HEAD TLP ISSUED "\n" LINE_1, ERR_SYNTAX,
			"line 4: field \"tlp\": unknown or out of order: \"issued\" "
			"belongs here"},
		{HEAD ISSUED "\n" LINE_1, ERR_SYNTAX, "line 5: field \"tlp\" is missing"},
		{HEAD ISSUED TLP TLP "\n" LINE_1, ERR_SYNTAX,
			"line 6: field \"tlp\" is repeated"},
		{HEAD ISSUED TLP "comment a\ncomment b\n\n" LINE_1, ERR_SYNTAX,
			"line 7: field \"comment\" is repeated"},
		{HEAD ISSUED "comment a\n" TLP "\n" LINE_1, ERR_SYNTAX,
			"line 5: field \"comment\": unknown or out of order: \"tlp\" "
			"belongs here"},
		{HEAD ISSUED TLP "sector school\n\n" LINE_1, ERR_SYNTAX,
			"line 6: field \"sector\": unknown or out of order"},
		{HEAD ISSUED TLP LINE_1, ERR_SYNTAX,
			"line 6: field \"domain\": unknown or out of order"},
		{HEAD ISSUED TLP, ERR_SYNTAX,
			"line 6: the blank line behind the header is missing"},
		{HEAD ISSUED "tlp orange\n\n", ERR_SYNTAX,
			"line 5: tlp \"orange\": not clear, green, amber, amber+strict "
			"or "
			"red"},
		{HEAD "issued 24/11-2026\n" TLP "\n", ERR_SYNTAX,
			"line 4: field \"issued\": time \"24/11-2026\": not like "
			"2026-11-24T10:00:00Z"},
		{HEAD ISSUED TLP "comment born 010190-1234 in Aarhus\n\n" LINE_1,
			ERR_VALUE,
			"line 6: field \"comment\": holds a CPR number, which may not be "
			"sent"},
		{"varsel/report/v1\nhub h\norg 01234567890123456\n" ISSUED TLP "\n",
			ERR_LIMIT, "line 3: field \"org\": 17 bytes, at most 16"},
		{HEAD ISSUED TLP "\n" LINE_1 "domain b.example\r\n", ERR_SYNTAX,
			"line 8: carriage return: lines end in LF alone"},
		{HEAD ISSUED TLP "comment \xe6\n\n" LINE_1, ERR_SYNTAX,
			"line 6: not valid UTF-8"},
		{HEAD ISSUED TLP "\n" LINE_1 "ip 203.0.113.7", ERR_SYNTAX,
			"line 8: the last line does not end in LF"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(slice_of(cases[i].text), cases[i].err, cases[i].why);
}

/* Bad lines are named and passed over; the good ones around them are taken. */
static void test_lines(void **state)
{
	static const char text[] = HEAD ISSUED TLP "\n"
						   "domain Evil.EXAMPLE.\n"
						   "domain nolabels\n"
						   "ipv7 1.2.3.4\n"
						   "ip 203.0.113.7 explode\n"
						   "ip 203.0.113.7 block\n";
	static const char *const why[] = {NULL, "line 8: domain \"nolabels\": ",
		"line 9: kind \"ipv7\": ", "line 10: action \"explode\": ", NULL};
	CLEANUP_BUF struct buf value;
	struct diag d = {""};
	bool end, fatal;
	struct report r;
	struct line l;

	(void)state;
	buf_init(&value, VALUE_MAX);
	assert_int_equal(report_parse(slice_of(text), &r, &d), OK);
	for (size_t i = 0; i < 5; i++) {
		enum err e = report_next(&r, &value, &l, &end, &fatal, &d);

		assert_false(end || fatal);
		assert_int_equal(r.body.line - 1, 7 + i);
		if (!why[i]) {
			assert_int_equal(e, OK);
			continue;
		}
		assert_int_equal(e, ERR_VALUE);
		assert_true(slice_starts(slice_of(d.text), why[i]));
	}
	assert_true(slice_is(l.value, "203.0.113.7"));
	assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), OK);
	assert_true(end);
}

/* A broken structure ends the report as a whole. */
static void test_fatal(void **state)
{
	static char text[8000] = HEAD ISSUED TLP "\n";
	size_t n = strlen(text);
	CLEANUP_BUF struct buf value;
	struct diag d = {""};
	bool end, fatal;
	struct report r;
	struct line l;

	(void)state;
	buf_init(&value, VALUE_MAX);
	assert_int_equal(
		report_parse(slice_of(HEAD ISSUED TLP "\n" LINE_1 "\n" LINE_2), &r, &d),
		OK);
	assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), OK);
	assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), ERR_SYNTAX);
	assert_true(end && fatal);
	assert_string_equal(d.text, "line 8: an empty line");
	assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), ERR_SYNTAX);

	memset(text + n, 'x', INPUT_LINE_MAX + 1);
	text[n + INPUT_LINE_MAX + 1] = '\n';
	assert_int_equal(report_parse(slice_of(text), &r, &d), OK);
	assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), ERR_LIMIT);
	assert_true(end && fatal);
	assert_string_equal(d.text, "line 7: 4097 bytes, at most 4096 in a line");
}

/* The hub keeps the note whole: a line that it must not keep is not passed over. */
static void test_cpr_is_fatal(void **state)
{
	static const char *const lines[] = {"email 010190-1234@mail.example",
		"url http://x.example/%30%31%30%31%39%30%2d1234", "citizen 010190-1234",
		"domain evil.example tag=0101901234", "010190 1234"};
	CLEANUP_BUF struct buf value;

	(void)state;
	buf_init(&value, VALUE_MAX);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[512];
		struct diag d = {""};
		bool end, fatal;
		struct report r;
		struct line l;

		(void)snprintf(
			text, sizeof(text), HEAD ISSUED TLP "\n" LINE_1 "%s\n", lines[i]);
		assert_int_equal(report_parse(slice_of(text), &r, &d), OK);
		assert_int_equal(report_next(&r, &value, &l, &end, &fatal, &d), OK);
		assert_int_equal(
			report_next(&r, &value, &l, &end, &fatal, &d), ERR_VALUE);
		assert_true(fatal);
		assert_string_equal(
			d.text, "line 8: holds a CPR number, which may not be sent");
	}
}

/* Ten thousand lines and four mebibytes pass, one more does not. */
static void test_limits(void **state)
{
	CLEANUP_BUF struct buf b, value;
	struct diag d = {""};
	bool end, fatal = false;
	struct report r;
	struct line l;
	size_t n = 0;

	(void)state;
	buf_init(&b, REPORT_MAX + 1);
	buf_init(&value, VALUE_MAX);
	buf_puts(&b, HEAD ISSUED TLP "\n");
	for (unsigned i = 0; i < REPORT_LINES; i++)
		buf_printf(&b, "ip 10.1.%u.%u\n", i / 256, i % 256);
	assert_int_equal(report_parse(buf_view(&b), &r, &d), OK);
	while (report_next(&r, &value, &l, &end, &fatal, &d) == OK && !end)
		n++;
	assert_false(fatal);
	assert_int_equal(n, REPORT_LINES);
	buf_puts(&b, "ip 10.2.0.0\n");
	refused(buf_view(&b), ERR_LIMIT,
		"line 10007: 10001 indicator lines, at most 10000 in a report");

	buf_reset(&b);
	buf_puts(&b, HEAD ISSUED TLP "\n");
	while (b.len < REPORT_MAX - 4096)
		buf_printf(&b, "domain a.example tag=%0*d\n", 4000, 0);
	while (b.len < REPORT_MAX)
		buf_puts(&b, b.len + 2 < REPORT_MAX ? "x" : "\n");
	assert_int_equal(b.len, REPORT_MAX);
	assert_int_equal(report_parse(buf_view(&b), &r, &d), OK);
	buf_puts(&b, "\n");
	refused(buf_view(&b), ERR_LIMIT, "report: 4194305 bytes, at most 4194304");

	buf_reset(&b);
	buf_printf(&b, HEAD ISSUED TLP "comment %0*d\n\n", COMMENT_MAX, 0);
	assert_int_equal(report_parse(buf_view(&b), &r, &d), OK);
	buf_reset(&b);
	buf_printf(&b, HEAD ISSUED TLP "comment %0*d\n\n", COMMENT_MAX + 1, 0);
	refused(buf_view(&b), ERR_LIMIT,
		"line 6: field \"comment\": 501 bytes, at most 500");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_fatal),
		cmocka_unit_test(test_cpr_is_fatal),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
