/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

static struct input_row row(size_t line, const char *value)
{
	return (struct input_row){.line = line, .value = slice_of(value)};
}

static void add(struct batch *b, const struct input_row *r)
{
	struct diag d = {""};

	if (batch_add(b, r, &d))
		fail_msg("%s", d.text);
}

/* All lines as a report would have them. */
static void expect(const struct batch *b, const char *want)
{
	CLEANUP_BUF struct buf text = {.max = 1u << 20};

	for (size_t i = 0; i < b->n; i++)
		buf_slice(&text, b->line[i].text);
	assert_string_equal(buf_str(&text), want);
}

static void canonical(void **state)
{
	static const char *const values[] = {"hxxps://Evil[.]example/a",
		"EVIL[.]Example.", "203.0.113[.]7", "2001:DB8:0::1", "x[@]Evil.example",
		"D41D8CD98F00B204E9800998ECF8427E", "bl\xc3\xa5 b\xc3\xa6r.example"};
	struct batch b;
	struct diag d;
	struct input_row r;

	(void)state;
	batch_init(&b);
	for (size_t i = 0; i < 6; i++) {
		r = row(i + 1, values[i]);
		add(&b, &r);
	}
	r = row(7, values[6]);
	assert_int_equal(batch_add(&b, &r, &d), ERR_VALUE);
	assert_non_null(strstr(d.text, "holds a blank"));
	expect(&b, "url https://evil.example/a\ndomain evil.example\nip 203.0.113.7\n"
		   "ip 2001:db8::1\nemail x@evil.example\n"
		   "md5 d41d8cd98f00b204e9800998ecf8427e\n");
	assert_int_equal(b.line[1].source, 2);
	batch_done(&b);
}

static void refusals(void **state)
{
	static const struct {
		struct input_row row;
		const char *want;
	} cases[] = {
		{{.value = {"nonsense", 8}}, "nonsense"},
		{{.value = {"a.example", 9}, .kind = {"planet", 6}}, "planet"},
		{{.value = {"a.example", 9}, .kind = {"ip", 2}}, "ip \"a.example\""},
		{{.value = {"a.example", 9}, .action = {"burn", 4}}, "burn"},
		{{.value = {"d41d8cd98f00b204e9800998ecf8427e", 32},
			 .action = {"block", 5}},
			"md5"},
		{{.value = {"a.example", 9}, .confidence = {"101", 3}}, "confidence"},
		{{.value = {"a.example", 9}, .seen = {"yesterday", 9}}, "yesterday"},
		{{.value = {"a.example", 9}, .tlp = {"mauve", 5}}, "mauve"},
		{{.value = {"a.example", 9}, .tag = {"a b", 3}}, "holds a blank"},
		{{.value = {"a.example", 9}, .tag = {"x tlp=clear", 11}},
			"holds a blank"},
		{{.value = {"a.example\nip", 12}}, "holds a blank"},
		{{.value = {"a\xff.example", 10}}, "UTF-8"},
	};
	struct batch b;
	struct diag d;

	(void)state;
	batch_init(&b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum err e = batch_add(&b, &cases[i].row, &d);

		if (e != ERR_VALUE && e != ERR_SYNTAX && e != ERR_LIMIT)
			fail_msg("case %zu: %s", i, err_slug(e));
		if (!strstr(d.text, cases[i].want))
			fail_msg("case %zu: %s", i, d.text);
	}
	assert_int_equal(b.n, 0);
	batch_done(&b);
}

static void merges(void **state)
{
	struct input_row r = row(1, "evil.example");
	struct batch b;

	(void)state;
	batch_init(&b);
	r.confidence = slice_of("50");
	r.tag = slice_of("a,b");
	r.action = slice_of("watch");
	add(&b, &r);
	r = row(2, "192.0.2.1");
	add(&b, &r);
	r = row(3, "hxxp://not.it/");
	add(&b, &r);
	r = row(4, "Evil[.]Example");
	r.confidence = slice_of("40");
	r.seen = slice_of("2026-11-24T10:00:00Z");
	r.tlp = slice_of("red");
	r.tag = slice_of("b,c");
	add(&b, &r);
	r = row(5, "evil.example");
	r.tlp = slice_of("green");
	r.action = slice_of("block");
	add(&b, &r);
	assert_int_equal(b.n, 3);
	assert_int_equal(b.merged, 2);
	expect(&b, "domain evil.example block tlp=red confidence=50 "
		   "seen=2026-11-24T10:00:00Z tag=a,b,c\nip 192.0.2.1\nurl "
		   "http://not.it/\n");
	assert_int_equal(b.line[0].source, 1);
	batch_done(&b);
}

/* A line that says nothing has the header's mark: a laxer one does not lower it. */
static void merging_keeps_the_header_strict(void **state)
{
	struct input_row r = row(1, "evil.example");
	struct batch b;

	(void)state;
	batch_init(&b);
	add(&b, &r);
	r.tlp = slice_of("clear");
	add(&b, &r);
	expect(&b, "domain evil.example\n");
	batch_done(&b);
}

static void default_action(void **state)
{
	struct input_row r = row(1, "evil.example");
	struct batch b;

	(void)state;
	batch_init(&b);
	b.action_given = true;
	b.action = ACTION_WATCH;
	add(&b, &r);
	r = row(2, "b.example");
	r.action = slice_of("block");
	add(&b, &r);
	b.action = ACTION_BLOCK;
	/* a kind that cannot be blocked keeps its own */
	r = row(3, "d41d8cd98f00b204e9800998ecf8427e");
	add(&b, &r);
	r = row(4, "c.example");
	add(&b, &r);
	expect(&b, "domain evil.example watch\ndomain b.example block\n"
		   "md5 d41d8cd98f00b204e9800998ecf8427e\ndomain c.example block\n");
	batch_done(&b);
}

static void splits(void **state)
{
	const struct report head = {.hub = {"hub.test", 8},
		.org = {"0101", 4},
		.issued = 1795687200,
		.tlp = TLP_AMBER};
	CLEANUP_BUF struct buf text = {.max = REPORT_MAX};
	char value[64];
	struct batch b;
	size_t at;

	(void)state;
	batch_init(&b);
	for (unsigned i = 0; i < REPORT_LINES + 5; i++) {
		struct input_row r;

		(void)snprintf(value, sizeof(value), "10.%u.%u.1", i >> 8, i & 0xff);
		r = row(i + 1, value);
		add(&b, &r);
	}
	at = batch_report(&b, 0, &head, &text);
	assert_int_equal(at, REPORT_LINES);
	buf_reset(&text);
	assert_int_equal(batch_report(&b, at, &head, &text), REPORT_LINES + 5);
	assert_non_null(strstr(buf_str(&text), "\n\nip 10.39.16.1\n"));
	assert_int_equal(buf_err(&text), OK);
	batch_done(&b);
}

/* Long lines fill a report by bytes before they fill it by number. */
static void splits_by_bytes(void **state)
{
	const struct report head = {.hub = {"hub.test", 8},
		.org = {"0101", 4},
		.issued = 1795687200,
		.tlp = TLP_AMBER};
	CLEANUP_BUF struct buf text = {.max = REPORT_MAX};
	char value[2000];
	struct batch b;
	size_t at;

	(void)state;
	batch_init(&b);
	memset(value, 'a', sizeof(value));
	for (unsigned i = 0; i < 3000; i++) {
		struct input_row r;
		int n = snprintf(value, sizeof(value), "http://evil.example/%u/", i);

		value[n] = 'a';
		value[sizeof(value) - 1] = '\0';
		r = row(i + 1, value);
		add(&b, &r);
	}
	at = batch_report(&b, 0, &head, &text);
	assert_true(at > 2000 && at < 3000);
	assert_int_equal(buf_err(&text), OK);
	assert_true(text.len <= REPORT_MAX);
	batch_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical),
		cmocka_unit_test(refusals),
		cmocka_unit_test(merges),
		cmocka_unit_test(merging_keeps_the_header_strict),
		cmocka_unit_test(default_action),
		cmocka_unit_test(splits),
		cmocka_unit_test(splits_by_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
