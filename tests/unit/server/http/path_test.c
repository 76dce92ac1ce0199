/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/path.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void good_targets(void **state)
{
	static const struct {
		const char *target, *path, *query;
	} row[] = {
		{"/healthz", "/healthz", ""},
		{"/", "/", ""},
		{"/?a", "/", "a"},
		{"/v1/feed/kommuner/tile/0/x001/067.p/5",
			"/v1/feed/kommuner/tile/0/x001/067.p/5", ""},
		{"/v1/lookup?value=a%2Fb&x=1", "/v1/lookup", "value=a%2Fb&x=1"},
		{"/a?", "/a", ""},
		{"/a?b?c", "/a", "b?c"},
		{"/...", "/...", ""},
		{"/A-Z_a.z09", "/A-Z_a.z09", ""},
	};
	struct slice path, query;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		assert_int_equal(
			path_parse(slice_of(row[i].target), &path, &query, NULL), OK);
		assert_true(slice_is(path, row[i].path));
		assert_true(slice_is(query, row[i].query));
	}
}

static void bad_targets(void **state)
{
	static const struct {
		const char *target, *why;
	} row[] = {
		{"", "request target: does not begin with /"},
		{"*", "request target: does not begin with /"},
		{"http://hub/healthz", "request target: does not begin with /"},
		{"//healthz", "path: an empty segment"},
		{"/v1//orgs", "path: an empty segment"},
		{"/v1/orgs/", "path: an empty segment"},
		{"/v1/./orgs", "path: a dot segment"},
		{"/v1/../orgs", "path: a dot segment"},
		{"/v1/orgs/..", "path: a dot segment"},
		{"/v1%2Forgs", "path: byte 0x25 is none of A-Z a-z 0-9 . _ -"},
		{"/v1/%6frgs", "path: byte 0x25 is none of A-Z a-z 0-9 . _ -"},
		{"/v1;a=b", "path: byte 0x3b is none of A-Z a-z 0-9 . _ -"},
		{"/v1\\orgs", "path: byte 0x5c is none of A-Z a-z 0-9 . _ -"},
		{"/k\xc3\xb8"
		 "benhavn",
			"path: byte 0xc3 is none of A-Z a-z 0-9 . _ -"},
		{"/v1/o rgs", "path: byte 0x20 is none of A-Z a-z 0-9 . _ -"},
		{"/v1/orgs#x", "path: byte 0x23 is none of A-Z a-z 0-9 . _ -"},
	};
	struct slice path, query;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		assert_int_equal(path_parse(slice_of(row[i].target), &path, &query, &d),
			ERR_SYNTAX);
		assert_string_equal(d.text, row[i].why);
	}
}

static void long_targets(void **state)
{
	char target[TARGET_MAX + 2];
	struct slice path, query;

	(void)state;
	memset(target, 'a', sizeof(target));
	target[0] = '/';
	target[SEGMENT_MAX + 1] = '?';
	assert_int_equal(
		path_parse(slice_mem(target, TARGET_MAX), &path, &query, NULL), OK);
	assert_int_equal(
		path_parse(slice_mem(target, TARGET_MAX + 1), &path, &query, NULL),
		ERR_SYNTAX);
	target[SEGMENT_MAX + 1] = 'a';
	assert_int_equal(
		path_parse(slice_mem(target, SEGMENT_MAX + 2), &path, &query, NULL),
		ERR_SYNTAX);
}

static void forms(void **state)
{
	static const struct {
		const char *form, *path, *arg0, *arg1; /* arg0 NULL: no match */
	} row[] = {
		{"/healthz", "/healthz", "", ""},
		{"/healthz", "/healthz/x", NULL, NULL},
		{"/healthz", "/health", NULL, NULL},
		{"/v1/orgs", "/v1", NULL, NULL},
		{"/v1/reports/{id}", "/v1/reports/7", "7", ""},
		{"/v1/reports/{id}", "/v1/reports", NULL, NULL},
		{"/v1/reports/{id}", "/v1/reports/7/8", NULL, NULL},
		{"/v1/reports/{id}", "/v1/reporta/7", NULL, NULL},
		{"/v1/reports/{id}", "/v1/report", NULL, NULL},
		{"/v1/orgs/{code}/links", "/v1/orgs/0101/links", "0101", ""},
		{"/v1/orgs/{code}/links", "/v1/orgs/0101/suspend", NULL, NULL},
		{"/f/{c}/tile/{+tile}", "/f/k/tile/0/x001/067", "k", "0/x001/067"},
		{"/f/{c}/tile/{+tile}", "/f/k/tile/0", "k", "0"},
		{"/f/{c}/tile/{+tile}", "/f/k/tile", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct slice arg[REQUEST_ARGS] = {{"", 0}, {"", 0}};
		bool matches = path_matches(row[i].form, slice_of(row[i].path), arg);

		assert_int_equal(matches, row[i].arg0 != NULL);
		if (!matches)
			continue;
		assert_true(slice_is(arg[0], row[i].arg0));
		assert_true(slice_is(arg[1], row[i].arg1));
	}
}

static void queries(void **state)
{
	struct arena CLEANUP_ARENA a;
	struct param p[REQUEST_PARAMS];
	size_t n;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(query_parse(slice_of(""), "", &a, p, &n, NULL), OK);
	assert_int_equal(n, 0);
	assert_int_equal(query_parse(slice_of("kind=ip&q=a+b%20%C3%B8%2f"), "kind q", &a,
				 p, &n, NULL),
		OK);
	assert_int_equal(n, 2);
	assert_string_equal(p[0].name, "kind");
	assert_string_equal(p[0].value, "ip");
	assert_string_equal(p[1].name, "q");
	assert_string_equal(p[1].value, "a+b \xc3\xb8/");
	assert_int_equal(query_parse(slice_of("q="), "kind q", &a, p, &n, NULL), OK);
	assert_string_equal(p[0].value, "");
}

static void bad_queries(void **state)
{
	static const struct {
		const char *query, *allowed;
		enum err e;
		const char *why;
	} row[] = {
		{"x=1", "", ERR_VALUE, "query parameter x: unknown here"},
		{"x=1", "kind q", ERR_VALUE,
			"query parameter x: unknown here; known: kind q"},
		{"kin=1", "kind", ERR_VALUE,
			"query parameter kin: unknown here; known: kind"},
		{"=1", "kind", ERR_VALUE, "query parameter : unknown here; known: kind"},
		{"q=1&q=2", "q", ERR_VALUE, "query parameter q: given twice"},
		{"q=1&q=1", "q", ERR_VALUE, "query parameter q: given twice"},
		{"q", "q", ERR_SYNTAX, "query: \"q\" is not name=value"},
		{"q=1&", "q", ERR_SYNTAX, "query: \"\" is not name=value"},
		{"&q=1", "q", ERR_SYNTAX, "query: \"\" is not name=value"},
		{"q=%", "q", ERR_SYNTAX, "query parameter q: a % without two hex digits"},
		{"q=%4", "q", ERR_SYNTAX,
			"query parameter q: a % without two hex digits"},
		{"q=%zz", "q", ERR_SYNTAX,
			"query parameter q: a % without two hex digits"},
		{"q=%00", "q", ERR_SYNTAX, "query parameter q: a control character"},
		{"q=a%0a", "q", ERR_SYNTAX, "query parameter q: a control character"},
		{"q=%ff", "q", ERR_SYNTAX, "query parameter q: not UTF-8"},
		{"q=%c0%af", "q", ERR_SYNTAX, "query parameter q: not UTF-8"},
		{"%71=1", "q", ERR_VALUE, "query parameter %71: unknown here; known: q"},
	};
	struct arena CLEANUP_ARENA a;
	struct param p[REQUEST_PARAMS];
	struct diag d;
	size_t n;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		assert_int_equal(query_parse(slice_of(row[i].query), row[i].allowed, &a,
					 p, &n, &d),
			row[i].e);
		assert_string_equal(d.text, row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_targets),
		cmocka_unit_test(bad_targets),
		cmocka_unit_test(long_targets),
		cmocka_unit_test(forms),
		cmocka_unit_test(queries),
		cmocka_unit_test(bad_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
