/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/bundle.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SALT   "salt 00112233445566778899aabbccddeeff\n"
#define REASON "reason Campaign 2026-114, three municipalities\n"
#define HEAD   "varsel/bundle/v1\n" SALT REASON "\n"
#define LINE_1                                                                          \
	"domain evil.example block until=2026-12-24T00:00:00Z tlp=amber confidence=80 " \
	"orgs=3 tag=phishing\n"
#define LINE_2                                                                     \
	"ip 203.0.113.7 block until=2026-12-01T00:00:00Z tlp=green confidence=70 " \
	"orgs=1\n"
#define UNTIL " watch until=2026-12-24T00:00:00Z\n"

static void test_approve(void **state)
{
	static const char text[] = HEAD LINE_1 LINE_2;
	const unsigned char salt[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
		0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
	CLEANUP_BUF struct buf out;
	struct diag d = {""};
	struct bundle b;
	struct line l;
	size_t n = 0;

	(void)state;
	buf_init(&out, BUNDLE_MAX);
	assert_int_equal(bundle_parse(LINE_BUNDLE, slice_of(text), &b, &d), OK);
	assert_true(slice_is(b.salt, "00112233445566778899aabbccddeeff"));
	assert_int_equal(b.body_line, 5);
	assert_int_equal(b.count, 2);
	assert_int_equal(b.skipped, 0);
	assert_int_equal(b.latest, 1798070400);
	assert_true(slice_is(b.body, LINE_1 LINE_2));

	bundle_put_header(&out, salt, b.reason);
	while (bundle_next(LINE_BUNDLE, &b.body, &l)) {
		line_put(&out, LINE_BUNDLE, &l);
		n++;
	}
	assert_int_equal(n, 2);
	assert_string_equal(buf_str(&out), text);
}

static void test_revoke(void **state)
{
	struct diag d = {""};
	struct bundle b;
	struct line l;

	(void)state;
	assert_int_equal(
		bundle_parse(LINE_REVOKE,
			slice_of(HEAD "domain evil.example\nip 203.0.113.7\n"), &b, &d),
		OK);
	assert_int_equal(b.count, 2);
	assert_int_equal(b.latest, 0);
	assert_true(bundle_next(LINE_REVOKE, &b.body, &l));
	assert_true(slice_is(l.value, "evil.example"));
	assert_true(bundle_next(LINE_REVOKE, &b.body, &l));
	assert_true(slice_is(l.value, "203.0.113.7"));
	assert_false(bundle_next(LINE_REVOKE, &b.body, &l));
	/* one form's lines are not the other's */
	assert_int_equal(
		bundle_parse(LINE_REVOKE, slice_of(HEAD LINE_1), &b, &d), ERR_SYNTAX);
	assert_int_equal(
		bundle_parse(LINE_BUNDLE, slice_of(HEAD "ip 203.0.113.7\n"), &b, &d),
		ERR_SYNTAX);
}

/* What a later version may add is skipped and counted, but has its place in the order. */
static void test_skipped(void **state)
{
	static const char text[] = HEAD
		"asn 64496" UNTIL "domain a.example sinkhole until=2030-01-01T00:00:00Z\n"
		"domain b.example" UNTIL
		"domain c.example watch until=2026-12-24T00:00:00Z new=1\n"
		"ja4 t13d" UNTIL;
	struct diag d = {""};
	struct bundle b;
	struct line l;

	(void)state;
	assert_int_equal(bundle_parse(LINE_BUNDLE, slice_of(text), &b, &d), OK);
	assert_int_equal(b.count, 5);
	assert_int_equal(b.skipped, 3);
	assert_int_equal(b.latest, 1798070400);
	assert_true(bundle_next(LINE_BUNDLE, &b.body, &l));
	assert_true(slice_is(l.value, "b.example"));
	assert_true(bundle_next(LINE_BUNDLE, &b.body, &l));
	assert_true(slice_is(l.value, "c.example"));
	assert_false(bundle_next(LINE_BUNDLE, &b.body, &l));
	assert_int_equal(bundle_parse(LINE_BUNDLE,
				 slice_of(HEAD "ja4 t13d" UNTIL "asn 1" UNTIL), &b, &d),
		ERR_SYNTAX);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"varsel/bundle/v1\n" REASON SALT "\n",
			"line 2: field \"reason\": unknown or out of order: \"salt\" "
			"belongs here"},
		{"varsel/bundle/v1\n" SALT "\n" LINE_1,
			"line 3: field \"reason\" is missing"},
		{"varsel/bundle/v1\nsalt 0011\n" REASON "\n",
			"line 2: field \"salt\": not 32 lower-case hex digits"},
		{"varsel/bundle/v1\nsalt 00112233445566778899AABBCCDDEEFF\n" REASON "\n",
			"line 2: field \"salt\": not 32 lower-case hex digits"},
		{HEAD, "line 4: no indicator line follows"},
		{HEAD "ip\n", "line 5: not a kind and a value"},
		{HEAD "ip 203.0.113.7" UNTIL "domain evil.example" UNTIL,
			"line 6: line \"domain evil.example\": not sorted behind the "
			"line "
			"before"},
		{HEAD "ip 203.0.113.7" UNTIL "ip 203.0.113.7" UNTIL,
			"line 6: line \"ip 203.0.113.7\": repeated"},
		/* an order of bytes, not of addresses */
		{HEAD "ip 9.0.0.1" UNTIL "ip 10.0.0.1" UNTIL,
			"line 6: line \"ip 10.0.0.1\": not sorted behind the line "
			"before"},
		{HEAD "domain evil.example" UNTIL "\nip 203.0.113.7" UNTIL,
			"line 6: an empty line"},
	};
	struct diag d = {""};
	struct bundle b = {.count = 7};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			bundle_parse(LINE_BUNDLE, slice_of(cases[i].text), &b, &d),
			ERR_SYNTAX);
		assert_string_equal(d.text, cases[i].why);
	}
	assert_int_equal(bundle_parse(LINE_BUNDLE,
				 slice_of(HEAD "domain Evil.example" UNTIL), &b, &d),
		ERR_VALUE);
	assert_true(slice_starts(slice_of(d.text), "line 5: domain \"Evil.example\": "));
	assert_int_equal(b.count, 7);
}

static void put_lines(struct buf *b, unsigned n)
{
	buf_reset(b);
	buf_puts(b, HEAD);
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "domain d%05u.example" UNTIL, i);
}

static void test_limits(void **state)
{
	CLEANUP_BUF struct buf text;
	struct diag d = {""};
	struct bundle b;

	(void)state;
	buf_init(&text, 2 * BUNDLE_MAX);
	put_lines(&text, BUNDLE_LINES);
	assert_int_equal(bundle_parse(LINE_BUNDLE, buf_view(&text), &b, &d), OK);
	assert_int_equal(b.count, BUNDLE_LINES);
	put_lines(&text, BUNDLE_LINES + 1);
	assert_int_equal(bundle_parse(LINE_BUNDLE, buf_view(&text), &b, &d), ERR_LIMIT);
	assert_string_equal(d.text, "line 50005: over 50000 indicator lines in a bundle");
	while (text.len <= BUNDLE_MAX)
		buf_puts(&text, "x\n");
	assert_int_equal(
		bundle_parse(LINE_BUNDLE, slice_mem(text.data, BUNDLE_MAX + 1), &b, &d),
		ERR_LIMIT);
	assert_string_equal(d.text, "bundle: 8388609 bytes, at most 8388608");
	buf_reset(&text);
	buf_printf(&text, "varsel/bundle/v1\n" SALT "reason %0*d\n\n" LINE_1,
		REASON_MAX + 1, 0);
	assert_int_equal(bundle_parse(LINE_BUNDLE, buf_view(&text), &b, &d), ERR_LIMIT);
	assert_string_equal(d.text, "line 3: field \"reason\": 501 bytes, at most 500");
}

/* A statement binds its bundle in every number that it states. */
static void test_open(void **state)
{
	struct slice text = slice_of(HEAD LINE_1 LINE_2);
	struct statement st = {.verb = VERB_APPROVE,
				 .expires = 1798070400,
				 .bundle = hash_of(text),
				 .bytes = (int64_t)text.n,
				 .count = 2},
			 bad;
	struct diag d = {""};
	struct bundle b;

	(void)state;
	assert_int_equal(bundle_open(&st, text, &b, &d), OK);
	assert_int_equal(b.count, 2);
	bad = st;
	bad.bytes++;
	assert_int_equal(bundle_open(&bad, text, &b, &d), ERR_VALUE);
	bad = st;
	bad.bundle.b[31] ^= 1;
	assert_int_equal(bundle_open(&bad, text, &b, &d), ERR_VALUE);
	assert_string_equal(d.text, "bundle: SHA-256 is not the statement's");
	bad = st;
	bad.count = 1;
	assert_int_equal(bundle_open(&bad, text, &b, &d), ERR_VALUE);
	assert_string_equal(d.text, "bundle: 2 lines, the statement says 1");
	for (int change = -1; change <= 1; change += 2) {
		bad = st;
		bad.expires += change;
		assert_int_equal(bundle_open(&bad, text, &b, &d), ERR_VALUE);
		assert_string_equal(d.text,
			"bundle: its latest until is not the statement's expires");
	}
	bad = st;
	bad.verb = VERB_REVOKE;
	assert_int_equal(bundle_open(&bad, text, &b, &d), ERR_SYNTAX);
}

/* A line of a later version may be the last to end; what is known here still may not
 * outlive the statement. */
static void test_open_skipped(void **state)
{
	struct slice text =
		slice_of(HEAD "asn 64496 block until=2027-01-01T00:00:00Z\n" LINE_2);
	struct statement st = {.verb = VERB_APPROVE,
		.expires = 1798761600,
		.bundle = hash_of(text),
		.bytes = (int64_t)text.n,
		.count = 2};
	struct diag d = {""};
	struct bundle b;

	(void)state;
	assert_int_equal(bundle_open(&st, text, &b, &d), OK);
	assert_int_equal(b.skipped, 1);
	st.expires = 1790000000;
	assert_int_equal(bundle_open(&st, text, &b, &d), ERR_VALUE);
}

/* Walking a bundle of any size takes no memory. */
static void test_no_memory(void **state)
{
	CLEANUP_BUF struct buf text;
	struct mallinfo2 before, after;
	struct diag d = {""};
	struct bundle b;
	struct line l;
	size_t n = 0;

	(void)state;
	buf_init(&text, BUNDLE_MAX);
	put_lines(&text, 2000);
	assert_int_equal(bundle_parse(LINE_BUNDLE, buf_view(&text), &b, &d), OK);
	before = mallinfo2();
	while (bundle_next(LINE_BUNDLE, &b.body, &l))
		n++;
	after = mallinfo2();
	assert_int_equal(n, 2000);
	assert_int_equal(before.uordblks, after.uordblks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_approve),
		cmocka_unit_test(test_revoke),
		cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_open_skipped),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
