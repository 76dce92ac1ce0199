/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/json_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

static void nesting(void **state)
{
	CLEANUP_BUF struct buf b;
	struct json_out j;

	(void)state;
	buf_init(&b, 1000);
	json_put_begin(&j, &b);
	json_put_object(&j, NULL);
	json_put_num(&j, "a", INT64_MIN);
	json_put_array(&j, "b");
	json_put_num(&j, NULL, 1);
	json_put_object(&j, NULL);
	json_put_object_end(&j);
	json_put_array(&j, NULL);
	json_put_array_end(&j);
	json_put_flag(&j, NULL, true);
	json_put_array_end(&j);
	json_put_flag(&j, "c", false);
	json_put_null(&j, "d");
	json_put_str(&j, "e", NULL);
	json_put_str(&j, "f", "x");
	json_put_time(&j, "g", 0);
	json_put_time(&j, "h", 1795514400);
	json_put_object_end(&j);
	assert_int_equal(j.depth, 0);
	assert_string_equal(buf_str(&b),
		"{\"a\":-9223372036854775808,\"b\":[1,{},[],true],\"c\":false,"
		"\"d\":null,\"e\":null,\"f\":\"x\",\"g\":null,"
		"\"h\":\"2026-11-24T10:00:00Z\"}");
}

static void put(struct buf *b, struct slice text)
{
	struct json_out j;

	buf_reset(b);
	json_put_begin(&j, b);
	json_put_array(&j, NULL);
	json_put_text(&j, NULL, text);
	json_put_array_end(&j);
}

static void escapes(void **state)
{
	static const struct {
		struct slice in;
		const char *out;
	} row[] = {
		{{"", 0}, "[\"\"]"},
		{{NULL, 0}, "[\"\"]"},
		{{"a\"b\\c/", 6}, "[\"a\\\"b\\\\c/\"]"},
		{{"\0\n\x1f\x7f", 4}, "[\"\\u0000\\u000a\\u001f\x7f\"]"},
		{{"\xc3\xa6\xe2\x80\x94", 5}, "[\"\xc3\xa6\xe2\x80\x94\"]"},
		{{"a\xff"
		  "b",
			 3},
			"[\"a\xef\xbf\xbd"
			"b\"]"},
		{{"\xc3", 1}, "[\"\xef\xbf\xbd\"]"},
		{{"\xed\xa0\x80", 3}, "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]"},
		{{"\xc3\"", 2}, "[\"\xef\xbf\xbd\\\"\"]"},
	};
	CLEANUP_BUF struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		put(&b, row[i].in);
		assert_string_equal(buf_str(&b), row[i].out);
	}
}

static void names_too(void **state)
{
	CLEANUP_BUF struct buf b;
	struct json_out j;

	(void)state;
	buf_init(&b, 1000);
	json_put_begin(&j, &b);
	json_put_object(&j, NULL);
	json_put_num(&j, "a\"\xff", 1);
	json_put_object_end(&j);
	assert_string_equal(buf_str(&b), "{\"a\\\"\xef\xbf\xbd\":1}");
}

/* Whatever goes in, a strict reader takes what comes out, and valid text unchanged. */
static void always_valid(void **state)
{
	CLEANUP_BUF struct buf b;
	unsigned seed = 1;

	(void)state;
	buf_init(&b, 10000);
	for (int round = 0; round < 20000; round++) {
		unsigned char text[12];
		size_t n = (size_t)rand_r(&seed) % sizeof(text);
		json_t *back;

		for (size_t i = 0; i < n; i++)
			text[i] = (unsigned char)(rand_r(&seed) >> 8);
		put(&b, slice_mem(text, n));
		back = json_loadb(b.data, b.len, JSON_ALLOW_NUL, NULL);
		if (!back)
			fail_msg("not JSON: %s", buf_str(&b));
		json_decref(back);
	}
}

static void limit(void **state)
{
	CLEANUP_BUF struct buf b;

	(void)state;
	buf_init(&b, 8);
	put(&b, slice_of("123456789"));
	assert_int_equal(buf_err(&b), ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nesting),
		cmocka_unit_test(escapes),
		cmocka_unit_test(names_too),
		cmocka_unit_test(always_valid),
		cmocka_unit_test(limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
