/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/email.h"

#include "tests/unit/common/canonical.h"

#define L64 "a123456789b123456789c123456789d123456789e123456789f123456789abcd"

static void emails(void **state)
{
	static const struct canonical_case cases[] = {
		{"user@evil.example", "user@evil.example"},
		{"User.Name@EVIL.example.", "user.name@evil.example"},
		{"a@blåbær.dk", "a@xn--blbr-roah.dk"},
		{"a@evil\u3002example", "a@evil.example"},
		{"'!#$%&'*+-/=?^_`|~'@evil.example", "'!#$%&'*+-/=?^_`|~'@evil.example"},
		{"prvs=1234=user+tag@evil.example", "prvs=1234=user+tag@evil.example"},
		{"1@a_b.evil.example", "1@a_b.evil.example"},
		{L64 "@evil.example", L64 "@evil.example"},

		{"", "!no @"},
		{"evil.example", "!no @"},
		{"@evil.example", "!nothing before the @"},
		{"@", "!nothing before the @"},
		{"a@", "!no name"},
		{"a@.", "!a label is empty"},
		{"a@evil", "!needs two labels"},
		{"a@b@evil.example", "!\"@\" cannot stand in a name"},
		{"a@@evil.example", "!\"@\" cannot stand in a name"},
		{"a@192.0.2.1", "!the last label is a number"},
		{"a@[192.0.2.1]", "!\"[\" cannot stand in a name"},
		{"a@evil.example>", "!\">\" cannot stand in a name"},
		{"a@evil example.dk", "!a blank or control character"},
		{"a@evil.example\n", "!a blank or control character"},
		{"a..b@evil.example", "!a dot at an end"},
		{".a@evil.example", "!a dot at an end"},
		{"a.@evil.example", "!a dot at an end"},
		{".@evil.example", "!a dot at an end"},
		{"\"a b\"@evil.example", "!only ASCII letters"},
		{"a b@evil.example", "!only ASCII letters"},
		{" a@evil.example", "!only ASCII letters"},
		{"<a@evil.example", "!only ASCII letters"},
		{"a,b@evil.example", "!only ASCII letters"},
		{"a:b@evil.example", "!only ASCII letters"},
		{"a(c)@evil.example", "!only ASCII letters"},
		{"a{.}b@evil.example", "!only ASCII letters"},
		{"a\\b@evil.example", "!only ASCII letters"},
		{"a\x01@evil.example", "!only ASCII letters"},
		{"ø@evil.example", "!only ASCII letters"},
		{L64 "e@evil.example", "!more than 64 bytes before the @"},
	};

	(void)state;
	assert_cases(&kinds[KIND_EMAIL], cases);
}

static void embedded_nul(void **state)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};

	(void)state;
	assert_int_equal(
		email_canonicalise(slice_mem("a\0@evil.example", 15), &out, NULL),
		ERR_VALUE);
	assert_int_equal(out.len, 0);
}

/* The longest local part and the longest name together are within the kind's limit. */
static void longest(void **state)
{
	CLEANUP_BUF struct buf in = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};

	(void)state;
	buf_puts(&in, L64 "@");
	for (int i = 0; i < DOMAIN_MAX - 2; i += 2)
		buf_puts(&in, "a.");
	buf_puts(&in, "dk");
	assert_int_equal(email_canonicalise(buf_view(&in), &out, NULL), OK);
	assert_int_equal(out.len, EMAIL_LOCAL_MAX + 1 + DOMAIN_MAX);
	assert_true(out.len <= EMAIL_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(emails),
		cmocka_unit_test(embedded_nul),
		cmocka_unit_test(longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
