/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/alert/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* printf '%s' '1800000000.{"x":1}' | openssl dgst -sha256 -hmac 'a secret of 20 chars' */
static void as_openssl_has_it(void **state)
{
	CLEANUP_BUF struct buf b = {.max = 200};

	(void)state;
	alert_sign_put(&b, (const unsigned char *)"a secret of 20 chars", 20, 1800000000,
		slice_of("{\"x\":1}"));
	assert_string_equal(buf_str(&b),
		"t=1800000000,v1="
		"695f42abf6953a3efa52e5feed56c94da5551b3ab58731d46bfae9fe63ac2c21");
}

static void every_part_counts(void **state)
{
	CLEANUP_BUF struct buf a = {.max = 200}, b = {.max = 200}, c = {.max = 200};
	const unsigned char *key = (const unsigned char *)"0123456789abcdef0";

	(void)state;
	alert_sign_put(&a, key, 16, 1, slice_of("1.x"));
	alert_sign_put(&b, key, 17, 1, slice_of("1.x"));
	alert_sign_put(&c, key, 16, 11, slice_of("x"));
	assert_string_not_equal(buf_str(&a) + 4, buf_str(&b) + 4);
	assert_string_not_equal(buf_str(&a) + 4, buf_str(&c) + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_openssl_has_it),
		cmocka_unit_test(every_part_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
