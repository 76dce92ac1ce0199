/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/domain.h"

#include "tests/unit/common/canonical.h"

#define L63 "a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-abc"

static void names(void **state)
{
	static const struct canonical_case cases[] = {
		{"evil.example", "evil.example"},
		{"EVIL.Example", "evil.example"},
		{"evil.example.", "evil.example"},
		{"a.b", "a.b"},
		{"4chan.org", "4chan.org"},
		{"1.2.3.4.com", "1.2.3.4.com"},
		/* names that resolve although IDNA and host name rules forbid them */
		{"r3---sn-4g5e6nez.googlevideo.com", "r3---sn-4g5e6nez.googlevideo.com"},
		{"_dmarc.evil.example", "_dmarc.evil.example"},
		{"a_b.evil.example", "a_b.evil.example"},
		{"-a.evil.example", "-a.evil.example"},
		{"a-.evil.example", "a-.evil.example"},
		{"xn--blbr-roah.dk", "xn--blbr-roah.dk"},
		{"XN--BLBR-ROAH.DK", "xn--blbr-roah.dk"},
		{"xn--nonsense-.example", "xn--nonsense-.example"},
		{L63 ".example", L63 ".example"},
		/* outside ASCII */
		{"blåbær.dk", "xn--blbr-roah.dk"},
		{"BLÅBÆR.DK", "xn--blbr-roah.dk"},
		{"bla\u030ab\u00e6r.dk", "xn--blbr-roah.dk"},
		{"rødgrød.æøå.dk", "xn--rdgrd-vuad.xn--5cab8c.dk"},
		{"straße.de", "xn--strae-oqa.de"},
		{"faß.de", "xn--fa-hia.de"},
		{"公司.cn", "xn--55qx5d.cn"},
		{"пример.рф", "xn--e1afmkfd.xn--p1ai"},
		{"ｅｖｉｌ.example", "evil.example"},
		{"evil.ＥＸＡＭＰＬＥ", "evil.example"},
		{"ev\u00adil.example", "evil.example"},
		{"ev\u200bil.example", "evil.example"},
		{"_æ.example", "xn--_-4fa.example"},
		/* the dots of IDNA */
		{"evil\u3002example", "evil.example"},
		{"evil\uff0eexample", "evil.example"},
		{"evil\uff61example", "evil.example"},
		{"evil.example\u3002", "evil.example"},
		{"blåbær\u3002dk", "xn--blbr-roah.dk"},
	};

	(void)state;
	assert_cases(&kinds[KIND_DOMAIN], cases);
}

static void refusals(void **state)
{
	static const struct canonical_case cases[] = {
		{"", "!no name"},
		{".", "!a label is empty"},
		{"..", "!a label is empty"},
		{".evil.example", "!a label is empty"},
		{"evil..example", "!a label is empty"},
		{"evil.example..", "!a label is empty"},
		{"evil\u3002.example", "!a label is empty"},
		{"\u00ad.example", "!a label is empty"},
		{"\u200b.example", "!a label is empty"},
		{"dk", "!a public suffix cannot be blocked"},
		{"dk.", "!a public suffix cannot be blocked"},
		{"localhost", "!needs two labels"},
		{"æ", "!needs two labels"},
		{"1.2.3.4", "!the last label is a number"},
		{"1.2.3.4.", "!the last label is a number"},
		{"1.2.3.04", "!the last label is a number"},
		{"127.1", "!the last label is a number"},
		{"2130706433", "!the last label is a number"},
		{"evil.123", "!the last label is a number"},
		{"１２７.０.０.１", "!the last label is a number"},
		{"１２７\u3002０\uff0e０\uff61１", "!the last label is a number"},
		{"①②.①", "!the last label is a number"},
		{"evil.example/", "!\"/\" cannot stand in a name"},
		{"evil.example:80", "!\":\" cannot stand in a name"},
		{"http://evil.example", "!\":\" cannot stand in a name"},
		{"*.evil.example", "!\"*\" cannot stand in a name"},
		{"a@evil.example", "!\"@\" cannot stand in a name"},
		{"evil[.]example", "!\"[\" cannot stand in a name"},
		{"evil\\.example", "!\"\\\" cannot stand in a name"},
		{"\"evil.example\"", "!\"\"\" cannot stand in a name"},
		{"evil,example.dk", "!\",\" cannot stand in a name"},
		{"evil%2eexample.dk", "!\"%\" cannot stand in a name"},
		{"ev il.example", "!a blank or control character"},
		{" evil.example", "!a blank or control character"},
		{"evil.example\n", "!a blank or control character"},
		{"evil.example\r", "!a blank or control character"},
		{"evil\t.example", "!a blank or control character"},
		{"evil.\x7f.example", "!a blank or control character"},
		/* IDNA maps these to bytes that are no part of a name, or to a dot */
		{"a℀b.example", "!\"/\" cannot stand in a name"},
		{"a\u2024b.example", "!no internationalised name"},
		{"⒈a.example", "!no internationalised name"},
		{"a\u00a0æ.example", "!no internationalised name"},
		{"a\u2028b.example", "!no internationalised name"},
		{"\u0301a.example", "!no internationalised name"},
		{"-æ.example", "!no internationalised name"},
		{"xn--æ.example", "!no internationalised name"},
		{"a\u202eb.example", "!no internationalised name"},
		{"\xff.example", "!no internationalised name"},
		{"\xc3.example", "!no internationalised name"},
		{"\xed\xa0\x80.example", "!no internationalised name"},
		{"\xc0\xae.example", "!no internationalised name"},
		{L63 "d.example", "!longer than 63 bytes"},
	};

	(void)state;
	assert_cases(&kinds[KIND_DOMAIN], cases);
}

/* The limits, met exactly and passed by one. */
static void limits(void **state)
{
	/* three times 64, and 48: 240 */
	static const char longest[] =
		L63 "." L63 "." L63 ".a23456789-b23456789-c23456789-d23456789.example";
	static const struct canonical_case at = {longest, longest};
	CLEANUP_BUF struct buf text = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	struct diag d;

	(void)state;
	assert_int_equal(strlen(longest), DOMAIN_MAX - 1);
	assert_canonical(&kinds[KIND_DOMAIN], &at);
	buf_printf(&text, "%ss.", longest);
	assert_int_equal(domain_canonicalise(buf_view(&text), &out, &d), OK);
	assert_int_equal(out.len, DOMAIN_MAX);
	buf_reset(&text);
	buf_reset(&out);
	buf_printf(&text, "%sss", longest);
	assert_int_equal(domain_canonicalise(buf_view(&text), &out, &d), ERR_LIMIT);
	assert_non_null(strstr(d.text, "longer than 240 bytes"));
	assert_int_equal(out.len, 0);

	/* a label that only its encoding makes too long, and one that never ends */
	buf_reset(&text);
	for (int i = 0; i < 60; i++)
		buf_puts(&text, "æ");
	buf_puts(&text, ".dk");
	assert_int_not_equal(domain_canonicalise(buf_view(&text), &out, &d), OK);
	buf_reset(&text);
	for (int i = 0; i < 800; i++)
		buf_puts(&text, "\u00ad");
	buf_puts(&text, "a.dk");
	assert_int_equal(domain_canonicalise(buf_view(&text), &out, &d), ERR_LIMIT);
	assert_int_equal(out.len, 0);
}

static void embedded_nul(void **state)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	struct diag d;

	(void)state;
	assert_int_equal(
		domain_canonicalise(slice_mem("evil.example\0.dk", 16), &out, &d),
		ERR_VALUE);
	assert_int_equal(
		domain_canonicalise(slice_mem("\xc3\xa6\0.dk", 6), &out, &d), ERR_VALUE);
	assert_int_equal(out.len, 0);
}

static void containment(void **state)
{
	(void)state;
	assert_true(domain_contains(slice_of("evil.example"), slice_of("evil.example")));
	assert_true(
		domain_contains(slice_of("evil.example"), slice_of("a.evil.example")));
	assert_true(
		domain_contains(slice_of("evil.example"), slice_of("a.b.evil.example")));
	assert_false(
		domain_contains(slice_of("evil.example"), slice_of("devil.example")));
	assert_false(
		domain_contains(slice_of("a.evil.example"), slice_of("evil.example")));
	assert_false(
		domain_contains(slice_of("evil.example"), slice_of("evil.example.dk")));
	assert_false(domain_contains(slice_of("evil.example"), slice_of("example")));
}

/* The name that is a suffix, its subdomain, and what only looks like one. */
static void public_suffixes(void **state)
{
	static const struct {
		const char *name;
		enum suffix suffix;
	} cases[] = {
		{"co.uk", SUFFIX_ICANN},
		{"evil.co.uk", SUFFIX_NONE},
		{"com.cn", SUFFIX_ICANN},
		{"xn--55qx5d.cn", SUFFIX_ICANN},
		{"evil.xn--55qx5d.cn", SUFFIX_NONE},
		/* *.ck, but for www.ck */
		{"evil.ck", SUFFIX_ICANN},
		{"www.ck", SUFFIX_NONE},
		{"github.io", SUFFIX_PRIVATE},
		{"evil.github.io", SUFFIX_NONE},
		{"duckdns.org", SUFFIX_PRIVATE},
		{"evil.duckdns.org", SUFFIX_NONE},
		{"evil.dk", SUFFIX_NONE},
		{"evil.example", SUFFIX_NONE},
		{"a.evil.example", SUFFIX_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (domain_suffix(slice_of(cases[i].name)) != cases[i].suffix)
			fail_msg("%s: %d", cases[i].name,
				domain_suffix(slice_of(cases[i].name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(refusals),
		cmocka_unit_test(limits),
		cmocka_unit_test(embedded_nul),
		cmocka_unit_test(containment),
		cmocka_unit_test(public_suffixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
