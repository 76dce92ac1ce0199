/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/percent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void bytes(void **state)
{
	(void)state;
	assert_int_equal(percent_byte(slice_of("%41")), 0x41);
	assert_int_equal(percent_byte(slice_of("%fFx")), 0xff);
	assert_int_equal(percent_byte(slice_of("%00")), 0);
	assert_int_equal(percent_byte(slice_of("")), -1);
	assert_int_equal(percent_byte(slice_of("%")), -1);
	assert_int_equal(percent_byte(slice_of("%4")), -1);
	assert_int_equal(percent_byte(slice_of("%4g")), -1);
	assert_int_equal(percent_byte(slice_of("%g4")), -1);
	assert_int_equal(percent_byte(slice_of("x41")), -1);
	/* nothing is read behind the slice's end */
	assert_int_equal(percent_byte(slice_mem("%41", 2)), -1);
}

/* Whatever comes in: visible ASCII comes out, and once more changes nothing. */
static void every_byte(void **state)
{
	(void)state;
	for (int query = 0; query < 2; query++)
		for (int c = 0; c < 256; c++) {
			CLEANUP_BUF struct buf once = {.max = 16};
			CLEANUP_BUF struct buf twice = {.max = 16};
			char byte = (char)c;

			percent_normalise(slice_mem(&byte, 1), query, &once);
			for (size_t i = 0; i < once.len; i++)
				assert_true(once.data[i] > 0x20 && once.data[i] < 0x7f);
			percent_normalise(buf_view(&once), query, &twice);
			assert_string_equal(buf_str(&once), buf_str(&twice));
			/* a '?' ends a path, so in one it is written %3F */
			assert_true(c != '?' || once.len == (query ? 1 : 3));
		}
}

static void dots(void **state)
{
	/* the examples of RFC 3986 section 5.4, merged with their base, and borders */
	static const char *const cases[][2] = {
		{"/b/c/g", "/b/c/g"},
		{"/b/c/./g", "/b/c/g"},
		{"/b/c/.", "/b/c/"},
		{"/b/c/./", "/b/c/"},
		{"/b/c/..", "/b/"},
		{"/b/c/../", "/b/"},
		{"/b/c/../g", "/b/g"},
		{"/b/c/../..", "/"},
		{"/b/c/../../../g", "/g"},
		{"/b/c/../../../../g", "/g"},
		{"/b/c/g.", "/b/c/g."},
		{"/b/c/.g", "/b/c/.g"},
		{"/b/c/g..", "/b/c/g.."},
		{"/b/c/..g", "/b/c/..g"},
		{"/b/c/./../g", "/b/g"},
		{"/b/c/./g/.", "/b/c/g/"},
		{"/b/c/g/./h", "/b/c/g/h"},
		{"/b/c/g/../h", "/b/c/h"},
		{"/", "/"},
		{"/.", "/"},
		{"/..", "/"},
		{"//", "//"},
		{"//..", "/"},
		{"/a//..", "/a/"},
		{"/a/..//b", "//b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf b = {.max = 64};

		/* what stands before the path is out of reach */
		buf_puts(&b, "x/y");
		buf_puts(&b, cases[i][0]);
		dot_segments_remove(&b, 3);
		assert_memory_equal(b.data, "x/y", 3);
		assert_string_equal(b.data + 3, cases[i][1]);
		assert_int_equal(b.len, 3 + strlen(cases[i][1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(dots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
