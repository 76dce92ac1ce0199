/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/link.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEX    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SECRET "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHv8"
#define BEHIND "varsel.kl.dk,0101,1," SECRET "," HEX
#define LINK   "https://varsel.kl.dk:8443/enrol#v1," BEHIND

static void test_parse(void **state)
{
	struct enrol_link l;
	CLEANUP_BUF struct buf b;
	char hex[HASH_HEX];

	(void)state;
	assert_int_equal(link_parse(slice_of(LINK), &l, NULL), OK);
	assert_true(slice_is(l.url, "https://varsel.kl.dk:8443"));
	assert_true(slice_is(l.hub, "varsel.kl.dk"));
	assert_true(slice_is(l.org, "0101"));
	assert_int_equal(l.n, 1);
	for (int i = 0; i < LINK_SECRET - 1; i++)
		assert_int_equal(l.secret[i], i);
	assert_int_equal(l.secret[31], 0xff);
	hash_hex(&l.root, hex);
	assert_string_equal(hex, HEX);

	buf_init(&b, 1024);
	link_put(&b, &l);
	assert_string_equal(buf_str(&b), LINK);
	assert_int_equal(
		link_parse(slice_of("http://127.0.0.1:80/enrol#v1," BEHIND), &l, NULL),
		OK);
	assert_true(slice_is(l.url, "http://127.0.0.1:80"));
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "enrolment link: not like https://HOST/enrol#v1,..."},
		{"https://varsel.kl.dk/enrol",
			"enrolment link: not like https://HOST/enrol#v1,..."},
		{"ftp://varsel.kl.dk/enrol#v1," BEHIND,
			"enrolment link \"ftp://varsel.kl.dk\": not the address of a "
			"hub"},
		{"https:///enrol#v1," BEHIND,
			"enrolment link \"https://\": not the address of a hub"},
		{"https://a@b/enrol#v1," BEHIND,
			"enrolment link \"https://a@b\": not the address of a hub"},
		{"https://b/x/enrol#v1," BEHIND,
			"enrolment link \"https://b/x\": not the address of a hub"},
		{"https://b/enrol#v2," BEHIND, "enrolment link: version \"v2\": not v1"},
		{"https://b/enrol#v1,", "enrolment link: no name of a hub"},
		{"https://b/enrol#v1,h", "enrolment link: no name of a hub"},
		{"https://b/enrol#v1,h,,1," SECRET "," HEX,
			"enrolment link: no organisation's code"},
		{"https://b/enrol#v1,h,0 1,1," SECRET "," HEX,
			"enrolment link: no organisation's code"},
		{"https://b/enrol#v1,h,01234567890123456,1," SECRET "," HEX,
			"enrolment link: no organisation's code"},
		{"https://b/enrol#v1,h,0101,01," SECRET "," HEX,
			"enrolment link: no key number"},
		{"https://b/enrol#v1,h,0101,1,AAEC," HEX,
			"enrolment link: the secret is damaged; is the link complete?"},
		{"https://b/enrol#v1,h,0101,1," SECRET "=," HEX,
			"enrolment link: the secret is damaged; is the link complete?"},
		{"https://b/enrol#v1,h,0101,1," SECRET ",0011",
			"enrolment link: the hash at its end is damaged; is the link "
			"complete?"},
		{LINK "\n", "enrolment link: the hash at its end is damaged; is the link "
			    "complete?"},
	};
	struct enrol_link l = {.n = 7};
	static char big[1026];
	struct diag d = {""};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(link_parse(slice_of(cases[i].text), &l, &d), ERR_SYNTAX);
		assert_string_equal(d.text, cases[i].why);
		assert_null(strstr(d.text, SECRET));
	}
	assert_int_equal(l.n, 7);
	memset(big, 'x', 1025);
	assert_int_equal(link_parse(slice_of(big), &l, &d), ERR_LIMIT);
	assert_string_equal(d.text, "enrolment link: 1025 bytes, at most 1024");
}

/* A link cut at any byte is refused, never half believed. */
static void test_cut(void **state)
{
	struct enrol_link l;

	(void)state;
	for (size_t n = 0; n < strlen(LINK); n++)
		assert_int_equal(link_parse(slice_mem(LINK, n), &l, NULL), ERR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
