/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/limits.h"
#include "server/core/window.h"

#define NOW INT64_C(1800000000) /* 2027-01-15T08:00:00Z */

static void test_edges(void **state)
{
	static const struct {
		const struct window *w;
		int64_t issued;
		enum err e;
	} cases[] = {
		{&window_report, NOW - REPORT_AGE_MAX, OK},
		{&window_report, NOW - REPORT_AGE_MAX - 1, ERR_STALE},
		{&window_report, NOW + REPORT_AHEAD_MAX, OK},
		{&window_report, NOW + REPORT_AHEAD_MAX + 1, ERR_FUTURE},
		{&window_request, NOW - TOKEN_SKEW_MAX, OK},
		{&window_request, NOW - TOKEN_SKEW_MAX - 1, ERR_STALE},
		{&window_request, NOW + TOKEN_SKEW_MAX, OK},
		{&window_request, NOW + TOKEN_SKEW_MAX + 1, ERR_FUTURE},
	};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(
			window_check_time("it", cases[i].issued, NOW, cases[i].w, &d),
			cases[i].e);
}

static void test_words(void **state)
{
	struct core c = {.hub = "hub.example"};
	struct diag d;

	(void)state;
	assert_int_equal(window_check(&c, "report", slice_of("hub.example"), NOW, NOW,
				 &window_report, &d),
		OK);
	assert_int_equal(window_check(&c, "report", slice_of("hub.example.org"), NOW, NOW,
				 &window_report, &d),
		ERR_WRONG_HUB);
	assert_string_equal(
		d.text, "report: for hub hub.example.org, this is hub.example");
	assert_int_equal(window_check(&c, "report", slice_of("hub.example"),
				 NOW - 8 * 86400, NOW, &window_report, &d),
		ERR_STALE);
	assert_string_equal(d.text, "report: issued 2027-01-07T08:00:00Z, over 604800 "
				    "seconds before the hub's time 2027-01-15T08:00:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
