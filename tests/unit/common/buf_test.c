/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void writing(void **state)
{
	CLEANUP_BUF struct buf b = {0};

	(void)state;
	buf_init(&b, 100);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_view(&b).n, 0);
	buf_puts(&b, "one ");
	buf_putc(&b, '2');
	buf_put(&b, " three", 4);
	buf_slice(&b, slice_of("!"));
	buf_slice(&b, (struct slice){NULL, 0});
	buf_printf(&b, " %d%s", 4, "th");
	buf_hex(&b, "\x00\xfa", 2);
	buf_base64(&b, "\xff\xfe", 2);
	assert_int_equal(buf_err(&b), OK);
	assert_string_equal(buf_str(&b), "one 2 thr! 4th00fa//4=");
	assert_int_equal(buf_view(&b).n, b.len);
	assert_int_equal(b.data[b.len], '\0');
	buf_reset(&b);
	assert_string_equal(buf_str(&b), "");
	buf_num(&b, 0);
	buf_putc(&b, ' ');
	buf_num(&b, -10);
	buf_putc(&b, ' ');
	buf_num(&b, INT64_MAX);
	buf_num(&b, INT64_MIN);
	assert_string_equal(buf_str(&b), "0 -10 9223372036854775807-9223372036854775808");
	buf_reset(&b);
	for (int64_t v = 1; v < 100000; v = v * 10 + 7) {
		buf_num(&b, v);
		buf_num(&b, v - 1);
		buf_putc(&b, ' ');
	}
	assert_string_equal(buf_str(&b), "10 1716 177176 17771776 1777717776 ");
	buf_done(&b);
	buf_done(&b);
	buf_puts(&b, "again");
	assert_string_equal(buf_str(&b), "again");
}

/* The limit may be met exactly; the first write over it, and all after it, add nothing.
 */
static void limit(void **state)
{
	CLEANUP_BUF struct buf b = {.max = 4};

	(void)state;
	buf_puts(&b, "abcd");
	assert_int_equal(buf_err(&b), OK);
	buf_put(&b, "", 0);
	assert_int_equal(buf_err(&b), OK);
	buf_putc(&b, 'e');
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	assert_string_equal(buf_str(&b), "abcd");
	b.len = 0;
	buf_putc(&b, 'f');
	buf_printf(&b, "f");
	buf_hex(&b, "f", 1);
	buf_base64(&b, "f", 1);
	assert_int_equal(b.len, 0);
	buf_reset(&b);
	buf_printf(&b, "%05d", 1);
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	buf_reset(&b);
	buf_hex(&b, "abc", 3);
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	buf_reset(&b);
	buf_base64(&b, "abc", 3);
	assert_string_equal(buf_str(&b), "YWJj");
	buf_reset(&b);
	buf_put(&b, "x", SIZE_MAX);
	assert_int_equal(buf_err(&b), ERR_LIMIT);
}

static void growth(void **state)
{
	CLEANUP_BUF struct buf b = {.max = 1 << 20};

	(void)state;
	for (int i = 0; i < 1 << 20; i++)
		buf_putc(&b, (char)('a' + i % 26));
	assert_int_equal(buf_err(&b), OK);
	for (int i = 0; i < 1 << 20; i++)
		if (b.data[i] != 'a' + i % 26)
			fail_msg("byte %d", i);
	buf_putc(&b, 'x');
	assert_int_equal(buf_err(&b), ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writing),
		cmocka_unit_test(limit),
		cmocka_unit_test(growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
