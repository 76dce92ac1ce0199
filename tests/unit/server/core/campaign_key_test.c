/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/campaign_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/kind.h"

/* What a value's neighbourhood is; NULL: none. */
static const struct {
	const char *kind, *value;
	enum join join;
	const char *near;
} cases[] = {
	{"domain", "evil.example", JOIN_DOMAIN, "evil.example"},
	{"domain", "a.b.evil.example", JOIN_DOMAIN, "evil.example"},
	{"domain", "a.evil.co.uk", JOIN_DOMAIN, "evil.co.uk"},
	{"domain", "mallory.github.io", JOIN_DOMAIN, "mallory.github.io"},
	{"domain", "www.mallory.github.io", JOIN_DOMAIN, "mallory.github.io"},
	{"domain", "github.io", JOINS, NULL},
	{"domain", "co.uk", JOINS, NULL},
	{"url", "https://a.evil.example:8443/x?y=z", JOIN_DOMAIN, "evil.example"},
	{"url", "http://evil.example", JOIN_DOMAIN, "evil.example"},
	{"url", "http://45.1.1.159/x", JOIN_NET, "45.1.1.0/24"},
	{"url", "http://[2001:db8:1:2::3]:8080/x", JOIN_NET, "2001:db8:1::/48"},
	{"email", "who@mail.evil.example", JOIN_DOMAIN, "evil.example"},
	{"ip", "45.1.1.159", JOIN_NET, "45.1.1.0/24"},
	{"ip", "45.1.1.128/25", JOIN_NET, "45.1.1.0/24"},
	{"ip", "45.1.1.0/24", JOIN_NET, "45.1.1.0/24"},
	{"ip", "45.1.0.0/23", JOINS, NULL},
	{"ip", "2001:db8:1:2::3", JOIN_NET, "2001:db8:1::/48"},
	{"ip", "2001:db8::/32", JOINS, NULL},
	{"md5", "d41d8cd98f00b204e9800998ecf8427e", JOINS, NULL},
};

static void neighbourhoods(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[NEAR_TEXT] = "";
		enum join join = JOINS;
		bool has = near_of(NULL, slice_of(cases[i].kind),
			slice_of(cases[i].value), &join, text);

		if (has != (cases[i].near != NULL))
			print_error("%s: \"%s\"\n", cases[i].value, text);
		assert_int_equal(has, cases[i].near != NULL);
		if (!has)
			continue;
		assert_string_equal(text, cases[i].near);
		assert_int_equal(join, cases[i].join);
	}
}

static void what_many_share_joins_nothing(void **state)
{
	struct allow never_block;
	char text[NEAR_TEXT];
	enum join join;

	(void)state;
	allow_init(&never_block);
	assert_int_equal(allow_add(&never_block, kind_by_name(slice_of("domain")),
				 slice_of("drive.example"), "test", false),
		OK);
	assert_int_equal(allow_seal(&never_block), OK);
	assert_false(near_of(&never_block, slice_of("url"),
		slice_of("https://drive.example/d/7"), &join, text));
	assert_true(near_of(&never_block, slice_of("domain"), slice_of("drives.example"),
		&join, text));
	allow_done(&never_block);
}

static void keys_differ(void **state)
{
	struct slice none = {0}, evil = slice_of("evil.example");
	int64_t key = join_key(JOIN_DOMAIN, none, evil);

	(void)state;
	assert_int_not_equal(key, 0);
	assert_true(key == join_key(JOIN_DOMAIN, none, evil));
	assert_true(key != join_key(JOIN_TAG, none, evil));
	assert_true(key != join_key(JOIN_INDICATOR, slice_of("domain"), evil));
	assert_true(join_key(JOIN_INDICATOR, slice_of("domain"), evil) !=
		    join_key(JOIN_INDICATOR, slice_of("email"), evil));
}

static void the_longer_a_report_the_more_it_takes(void **state)
{
	(void)state;
	assert_int_equal(report_needs(3, 2), 3);
	assert_int_equal(report_needs(3, CAMPAIGN_STEP), 3);
	assert_int_equal(report_needs(3, CAMPAIGN_STEP + 1), 4);
	assert_int_equal(report_needs(2, 2 * CAMPAIGN_STEP + 1), 4);
	assert_int_equal(report_needs(3, CAMPAIGN_REPORT), 7);
}

static void names(void **state)
{
	(void)state;
	for (enum join j = 0; j < JOINS; j++)
		assert_int_equal(join_by_name(slice_of(join_name(j))), j);
	assert_int_equal(join_by_name(slice_of("cousin")), JOINS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbourhoods),
		cmocka_unit_test(what_many_share_joins_nothing),
		cmocka_unit_test(keys_differ),
		cmocka_unit_test(the_longer_a_report_the_more_it_takes),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
