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

/* However it is cut, also where what is held together is full. */
static void in_parts(void **state)
{
	static const size_t sizes[] = {1, 50, 64, 1000, 1023, 1024, 1025, 2048, 5000};
	static char text[5000];
	struct hash whole, h;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7 + i / 256);
	whole = hash_of(slice_mem(text, sizeof(text)));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
			struct hasher x;
			size_t at = 0;

			hasher_init(&x);
			for (bool odd = false; at < sizeof(text); odd = !odd) {
				size_t n = sizes[odd ? i : k], left = sizeof(text) - at;

				hasher_add(&x, slice_of(""));
				hasher_add(&x, slice_mem(text + at, n < left ? n : left));
				at += n < left ? n : left;
			}
			h = hasher_end(&x);
			assert_true(hash_same(&h, &whole));
		}
	{
		struct hasher x;

		hasher_init(&x);
		h = hasher_end(&x);
		whole = hash_of(slice_of(""));
		assert_true(hash_same(&h, &whole));
	}
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
		cmocka_unit_test(in_parts),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
