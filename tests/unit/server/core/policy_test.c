/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/core/policy.h"
#include "server/db/indicator.h"

static struct line line(enum kind_id kind, const char *value)
{
	return (struct line){
		.kind = &kinds[kind], .value = slice_of(value), .confidence = -1};
}

static void test_report(void **state)
{
	static const struct {
		enum kind_id kind;
		const char *value;
		int flags; /* -1: refused */
	} cases[] = {
		{KIND_DOMAIN, "evil.example", 0},
		{KIND_DOMAIN, "co.uk", -1},
		{KIND_DOMAIN, "x.co.uk", 0},
		{KIND_DOMAIN, "github.io", INDICATOR_PRIVATE_SUFFIX},
		{KIND_DOMAIN, "duckdns.org", INDICATOR_PRIVATE_SUFFIX},
		{KIND_DOMAIN, "a.github.io", 0},
		{KIND_URL, "http://github.io/x", 0},
		{KIND_IP, "203.0.113.7", 0},
		{KIND_IP, "198.18.0.0/16", 0},
		{KIND_IP, "198.18.0.0/15", -1},
		{KIND_IP, "0.0.0.0/0", -1},
		{KIND_IP, "2001:db8::/32", 0},
		{KIND_IP, "2001:da0::/31", -1},
		{KIND_IP, "::/0", -1},
	};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct line l = line(cases[i].kind, cases[i].value);
		int flags = -1;
		enum err e = policy_report(NULL, &l, &flags, &d);

		assert_int_equal(e, cases[i].flags < 0 ? ERR_VALUE : OK);
		assert_int_equal(flags, cases[i].flags);
		if (e)
			assert_non_null(strstr(d.text, cases[i].value));
	}
}

static void test_approve(void **state)
{
	struct line plain = line(KIND_DOMAIN, "evil.example"),
		    suffix = line(KIND_DOMAIN, "github.io"),
		    top = line(KIND_DOMAIN, "co.uk"), wide = line(KIND_IP, "10.0.0.0/8");
	struct diag d;
	int flags;

	(void)state;
	assert_int_equal(policy_approve(NULL, &plain, &flags, &d), OK);
	plain.tlp = TLP_AMBER_STRICT;
	assert_int_equal(policy_approve(NULL, &plain, &flags, &d), OK);
	plain.tlp = TLP_RED;
	assert_int_equal(policy_approve(NULL, &plain, &flags, &d), ERR_VALUE);
	assert_non_null(strstr(d.text, "domain \"evil.example\": tlp red"));
	plain.override = true; /* lifts flags, not this */
	assert_int_equal(policy_approve(NULL, &plain, &flags, &d), ERR_VALUE);

	assert_int_equal(policy_approve(NULL, &suffix, &flags, &d), ERR_VALUE);
	assert_non_null(strstr(d.text, "override"));
	suffix.override = true;
	assert_int_equal(policy_approve(NULL, &suffix, &flags, &d), OK);
	top.override = wide.override = true;
	assert_int_equal(policy_approve(NULL, &top, &flags, &d), ERR_VALUE);
	assert_int_equal(policy_approve(NULL, &wide, &flags, &d), ERR_VALUE);
}

static void test_never_block(void **state)
{
	struct line l = line(KIND_DOMAIN, "www.kl.dk");
	struct allow list;
	struct diag d;
	int flags = 0;

	(void)state;
	allow_init(&list);
	assert_int_equal(allow_add(&list, &kinds[KIND_DOMAIN], slice_of("kl.dk"),
				 "the list", false),
		OK);
	assert_int_equal(allow_seal(&list), OK);
	/* may be reported, and is flagged; approving takes an override */
	assert_int_equal(policy_report(&list, &l, &flags, &d), OK);
	assert_int_equal(flags, INDICATOR_NEVER_BLOCK);
	assert_int_equal(policy_approve(&list, &l, &flags, &d), ERR_VALUE);
	assert_non_null(strstr(d.text, "the list"));
	l.override = true;
	assert_int_equal(policy_approve(&list, &l, &flags, &d), OK);
	allow_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_approve),
		cmocka_unit_test(test_never_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
