/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "client/ctl/picks.h"
#include "common/limits.h"

static void add(struct picks *x, enum kind_id kind, const char *value, int64_t until)
{
	struct line l = {.kind = &kinds[kind],
		.value = slice_of(value),
		.confidence = -1,
		.until = until,
		.action = kinds[kind].action};
	struct diag d;

	assert_int_equal(picks_add(x, until ? LINE_BUNDLE : LINE_REVOKE, &l, &d), OK);
}

static void they_are_sorted_as_a_bundle_is_and_each_is_there_once(void **state)
{
	static const char *const want[] = {
		"domain a.example watch until=2027-01-15T08:00:00Z\n",
		"domain b.example block until=2027-01-15T08:00:01Z\n",
		"ip 192.0.2.1 block until=2027-01-15T08:00:00Z\n",
	};
	struct line watch = {.kind = &kinds[KIND_DOMAIN],
		.value = slice_of("a.example"),
		.confidence = -1,
		.until = 1800000000,
		.action = ACTION_WATCH};
	struct picks x;
	struct diag d;

	(void)state;
	picks_init(&x);
	add(&x, KIND_IP, "192.0.2.1", 1800000000);
	add(&x, KIND_DOMAIN, "b.example", 1800000001);
	assert_int_equal(picks_add(&x, LINE_BUNDLE, &watch, &d), OK);
	add(&x, KIND_DOMAIN, "a.example", 1800000002); /* the first one stays */
	picks_sort(&x);
	assert_int_equal(x.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(slice_is(x.p[i].line, want[i]));
	assert_ptr_equal(
		picks_find(&x, &kinds[KIND_DOMAIN], slice_of("b.example")), &x.p[1]);
	assert_null(picks_find(&x, &kinds[KIND_EMAIL], slice_of("b.example")));
	picks_done(&x);
}

static void a_revocations_line_is_kind_and_value(void **state)
{
	struct picks x;

	(void)state;
	picks_init(&x);
	add(&x, KIND_URL, "http://a.example/", 0);
	assert_true(slice_is(x.p[0].line, "url http://a.example/\n"));
	assert_true(slice_is(x.p[0].value, "http://a.example/"));
	picks_done(&x);
}

static void they_are_split_at_a_bundles_limits(void **state)
{
	char value[256], long_url[2048];
	struct picks x;
	size_t at = 0, n, bytes;

	(void)state;
	picks_init(&x);
	for (int i = 0; i < 100001; i++) {
		(void)snprintf(value, sizeof(value), "n%d.example", i);
		add(&x, KIND_DOMAIN, value, 1800000000);
	}
	assert_int_equal(picks_fit(&x, 0, 100), BUNDLE_LINES);
	assert_int_equal(picks_fit(&x, 50000, 100), BUNDLE_LINES);
	assert_int_equal(picks_fit(&x, 100000, 100), 1);
	picks_done(&x);

	picks_init(&x);
	memset(long_url, 'a', sizeof(long_url) - 1);
	long_url[sizeof(long_url) - 1] = '\0';
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(long_url, 40, "http://n%d.example/", i);
		long_url[strlen(long_url)] = 'a';
		add(&x, KIND_URL, long_url, 1800000000);
	}
	while ((n = picks_fit(&x, at, 100)) > 0) {
		bytes = 100;
		for (size_t i = at; i < at + n; i++)
			bytes += x.p[i].line.n;
		assert_true(bytes <= BUNDLE_MAX);
		at += n;
		assert_true(at == x.n || bytes + x.p[at].line.n > BUNDLE_MAX);
	}
	assert_int_equal(at, 5000);
	picks_done(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_sorted_as_a_bundle_is_and_each_is_there_once),
		cmocka_unit_test(a_revocations_line_is_kind_and_value),
		cmocka_unit_test(they_are_split_at_a_bundles_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
