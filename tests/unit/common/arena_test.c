/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void allocations(void **state)
{
	CLEANUP_ARENA struct arena a;
	unsigned char *p[200];

	(void)state;
	arena_init(&a, 64 << 20);
	for (size_t i = 0; i < 200; i++) {
		size_t n = i * i + 1;

		p[i] = arena_alloc(&a, n);
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(p[i][k], 0);
		memset(p[i], (int)i, n);
	}
	/* none lies in another */
	for (size_t i = 0; i < 200; i++)
		for (size_t k = 0; k < i * i + 1; k++)
			if (p[i][k] != i)
				fail_msg("allocation %zu, byte %zu", i, k);
	/* larger than a chunk */
	assert_non_null(arena_alloc(&a, 1 << 20));
}

static void texts(void **state)
{
	CLEANUP_ARENA struct arena a;

	(void)state;
	arena_init(&a, 1 << 16);
	assert_string_equal(arena_dup(&a, slice_mem("abcdef", 3)), "abc");
	assert_string_equal(arena_dup(&a, (struct slice){NULL, 0}), "");
	assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
	assert_string_equal(arena_printf(&a, "%s", ""), "");
}

static void limit(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 64);
	assert_non_null(arena_alloc(&a, 64));
	assert_null(arena_alloc(&a, 1));
	assert_null(arena_dup(&a, slice_of("x")));
	assert_null(arena_printf(&a, "x"));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 8));
	arena_done(&a);
	arena_done(&a);
	assert_non_null(arena_alloc(&a, 64));
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations),
		cmocka_unit_test(texts),
		cmocka_unit_test(limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
