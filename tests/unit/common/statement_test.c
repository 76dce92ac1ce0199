/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HEAD     "varsel/statement/v1\nlog varsel.kl.dk/feed/kommuner\n"
#define ISSUED   "issued 2026-11-24T10:05:00Z\n"
#define HEX      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define EXPIRES  "expires 2026-12-24T00:00:00Z\n"
#define REVOKED  "expires 2027-11-25T10:05:00Z\n" /* exactly 366 days */
#define LIST     "bundle " HEX "\nbytes 48213\ncount 1200\n"
#define APPROVE  HEAD ISSUED "verb approve\n" EXPIRES LIST
#define REVOKE   HEAD ISSUED "verb revoke\n" REVOKED LIST
#define VOIDING  HEAD ISSUED "verb void\nstatement " HEX "\n"
#define ATTEST   HEAD ISSUED "verb attest\nsize 12\nroot " HEX "\n"
#define NOTICE   HEAD ISSUED "verb notice\nbundle " HEX "\nbytes 9\nseverity critical\n"
#define ISSUED_S 1795514700

static struct statement parsed(const char *text)
{
	struct diag d = {""};
	struct statement s;
	CLEANUP_BUF struct buf b;

	if (statement_parse(slice_of(text), &s, &d))
		fail_msg("%s", d.text);
	/* what was read is written back, byte for byte */
	buf_init(&b, STATEMENT_MAX);
	statement_put(&b, &s);
	assert_string_equal(buf_str(&b), text);
	return s;
}

static void test_verbs(void **state)
{
	struct statement s = parsed(APPROVE);
	char hex[HASH_HEX];

	(void)state;
	assert_string_equal(s.log, "varsel.kl.dk/feed/kommuner");
	assert_int_equal(s.issued, ISSUED_S);
	assert_int_equal(s.verb, VERB_APPROVE);
	assert_int_equal(s.bytes, 48213);
	assert_int_equal(s.count, 1200);
	hash_hex(&s.bundle, hex);
	assert_string_equal(hex, HEX);
	assert_int_equal(statement_end(&s), s.expires);

	s = parsed(REVOKE);
	assert_int_equal(s.verb, VERB_REVOKE);
	assert_int_equal(s.expires, ISSUED_S + 366 * 86400);
	assert_int_equal(statement_end(&s), s.expires);

	s = parsed(VOIDING);
	assert_int_equal(s.verb, VERB_VOID);
	hash_hex(&s.target, hex);
	assert_string_equal(hex, HEX);
	assert_int_equal(statement_end(&s), ISSUED_S + 366 * 86400);

	s = parsed(ATTEST);
	assert_int_equal(s.verb, VERB_ATTEST);
	assert_int_equal(s.size, 12);
	hash_hex(&s.root, hex);
	assert_string_equal(hex, HEX);
	assert_int_equal(statement_end(&s), ISSUED_S + 366 * 86400);

	s = parsed(NOTICE);
	assert_int_equal(s.verb, VERB_NOTICE);
	assert_int_equal(s.severity, SEVERITY_CRITICAL);
	assert_int_equal(s.bytes, 9);
	for (int v = 0; v < VERB_COUNT; v++)
		assert_true(strlen(verb_name((enum verb)v)) > 3);
}

static void refused(const char *text, enum err want, const char *why)
{
	struct statement s = {.size = 77};
	struct diag d = {""};

	assert_int_equal(statement_parse(slice_of(text), &s, &d), want);
	assert_string_equal(d.text, why);
	assert_int_equal(s.size, 77);
}

static void test_refusals(void **state)
{
	(void)state;
	refused("varsel/report/v1\n", ERR_SYNTAX,
		"line 1: type \"varsel/report/v1\": not \"varsel/statement/v1\"");
	refused(HEAD ISSUED "verb forget\n", ERR_SYNTAX,
		"line 4: verb \"forget\": unknown");
	refused(HEAD ISSUED "verb approve\n" LIST, ERR_SYNTAX,
		"line 5: field \"expires\" is missing");
	refused(HEAD ISSUED "verb void\n" EXPIRES "statement " HEX "\n", ERR_SYNTAX,
		"line 5: field \"expires\": unknown or out of order: \"statement\" "
		"belongs here");
	refused(VOIDING "statement " HEX "\n", ERR_SYNTAX,
		"line 6: field \"statement\" is repeated");
	refused(APPROVE "count 1200\n", ERR_SYNTAX,
		"line 9: field \"count\" is repeated");
	refused(APPROVE "comment x\n", ERR_SYNTAX,
		"line 9: field \"comment\": unknown or out of order");
	refused(APPROVE "\n", ERR_SYNTAX, "line 9: nothing may follow the last field");
	refused(HEAD ISSUED "verb attest\nsize 012\nroot " HEX "\n", ERR_SYNTAX,
		"line 5: field \"size\": number \"012\": not decimal digits below 2^63 "
		"without a leading zero");
	refused(HEAD ISSUED "verb notice\nbundle " HEX "\nbytes 9\nseverity grave\n",
		ERR_SYNTAX, "line 7: severity \"grave\": unknown");
}

/* The limits on times and sizes, each with the last value that passes. */
static void test_limits(void **state)
{
#define AS(verb, expires, bytes, count)                                                \
	HEAD ISSUED "verb " verb "\nexpires " expires "\nbundle " HEX "\nbytes " bytes \
		    "\ncount " count "\n"
	(void)state;
	parsed(AS("approve", "2026-11-24T10:05:01Z", "8388608", "50000"));
	parsed(AS("approve", "2027-11-25T10:05:00Z", "1", "1"));
	refused(AS("approve", "2026-11-24T10:05:00Z", "1", "1"), ERR_SYNTAX,
		"line 5: field \"expires\": not later than \"issued\"");
	refused(AS("approve", "2027-11-25T10:05:01Z", "1", "1"), ERR_LIMIT,
		"line 5: field \"expires\": over 366 days behind \"issued\"");
	refused(AS("revoke", "2027-11-25T10:05:01Z", "1", "1"), ERR_SYNTAX,
		"line 5: field \"expires\": a revoke's is exactly 366 days behind "
		"issued");
	refused(AS("revoke", "2027-11-25T10:04:59Z", "1", "1"), ERR_SYNTAX,
		"line 5: field \"expires\": a revoke's is exactly 366 days behind "
		"issued");
	refused(AS("approve", "2026-12-24T00:00:00Z", "8388609", "1"), ERR_LIMIT,
		"line 7: field \"bytes\": 8388609, 1 to 8388608");
	refused(AS("approve", "2026-12-24T00:00:00Z", "0", "1"), ERR_LIMIT,
		"line 7: field \"bytes\": 0, 1 to 8388608");
	refused(AS("approve", "2026-12-24T00:00:00Z", "1", "50001"), ERR_LIMIT,
		"line 8: field \"count\": 50001, 1 to 50000");
	refused(AS("approve", "2026-12-24T00:00:00Z", "1", "0"), ERR_LIMIT,
		"line 8: field \"count\": 0, 1 to 50000");
}

/* Neither an over-long log name nor an over-long text comes near the fixed array. */
static void test_long(void **state)
{
	static char text[STATEMENT_MAX + 64];
	struct statement s;
	struct diag d = {""};
	size_t max = sizeof(s.log) - 1;
	int n;

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		n = snprintf(text, sizeof(text),
			"varsel/statement/v1\nlog %0*d\n" ISSUED "verb attest\nsize 1\n"
			"root " HEX "\n",
			(int)(max + extra), 0);
		assert_int_equal(statement_parse((struct slice){text, (size_t)n}, &s, &d),
			extra ? ERR_LIMIT : OK);
	}
	assert_string_equal(d.text, "line 2: field \"log\": 176 bytes, at most 175");
	memset(text, 'x', sizeof(text));
	assert_int_equal(statement_parse((struct slice){text, STATEMENT_MAX + 1}, &s, &d),
		ERR_LIMIT);
	assert_string_equal(d.text, "statement: 8193 bytes, at most 8192");
}

static bool is_of(enum verb verb, const char *log, const char *origin)
{
	struct statement s = {.verb = verb};

	(void)snprintf(s.log, sizeof(s.log), "%s", log);
	return statement_is_of(&s, origin);
}

/* A decision counts in each log of its channel, an attest in its own. */
static void test_log(void **state)
{
	(void)state;
	assert_true(is_of(VERB_APPROVE, "h/feed/c", "h/feed/c"));
	assert_true(is_of(VERB_APPROVE, "h/feed/c", "h/feed/c/2"));
	assert_true(is_of(VERB_REVOKE, "h/feed/c/2", "h/feed/c/3"));
	assert_true(is_of(VERB_VOID, "h/feed/c/2", "h/feed/c"));
	assert_false(is_of(VERB_APPROVE, "h/feed/cd", "h/feed/c"));
	assert_false(is_of(VERB_APPROVE, "h/feed/c", "h/feed/cd/2"));
	assert_false(is_of(VERB_APPROVE, "g/feed/c", "h/feed/c/2"));
	assert_false(is_of(VERB_REVOKE, "h/feed/d", "h/feed/c"));
	assert_true(is_of(VERB_ATTEST, "h/feed/c", "h/feed/c"));
	assert_false(is_of(VERB_ATTEST, "h/feed/c", "h/feed/c/2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
