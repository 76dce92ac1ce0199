/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void known(void **state)
{
	struct hash h = hash_of(slice_of("abc")), back;
	char hex[HASH_HEX];

	(void)state;
	hash_hex(&h, hex);
	assert_string_equal(hex, ABC);
	assert_int_equal(hash_parse(slice_of(ABC), &back, NULL), OK);
	assert_true(hash_same(&h, &back));
	assert_int_equal(hash_cmp(&h, &back), 0);
	back.b[31]++;
	assert_false(hash_same(&h, &back));
	assert_true(hash_cmp(&h, &back) < 0);
}

static void refused(void **state)
{
	static const char *const bad[] = {
		"",
		"ba7816bf",
		ABC "0",
		"Ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a:",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015/d",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015`d",
		" a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	};
	struct hash h = {{7}};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(hash_parse(slice_of(bad[i]), &h, &d), ERR_SYNTAX);
		assert_non_null(strstr(d.text, "64 lower-case hex digits"));
		assert_int_equal(h.b[0], 7);
	}
	assert_int_equal(hash_parse((struct slice){ABC "\0", 65}, &h, NULL), ERR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
