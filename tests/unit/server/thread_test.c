/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/thread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct halt halt;

static void *sleeper(void *arg)
{
	atomic_int *turns = arg;

	while (halt_rest(&halt, 1))
		atomic_fetch_add(turns, 1);
	return NULL;
}

static void *long_sleeper(void *arg)
{
	(void)arg;
	while (halt_rest(&halt, INT32_MAX))
		;
	return NULL;
}

/* The test ends: all of them were woken. */
static void all_are_woken(void **state)
{
	struct thread t[3] = {{0}};
	atomic_int turns = 0;
	struct diag d;

	(void)state;
	halt_init(&halt);
	assert_int_equal(thread_start(&t[0], sleeper, &turns, &d), OK);
	assert_int_equal(thread_start(&t[1], long_sleeper, NULL, &d), OK);
	assert_int_equal(thread_start(&t[2], long_sleeper, NULL, &d), OK);
	while (atomic_load(&turns) < 3)
		;
	assert_true(t[0].started);
	halt_raise(&halt);
	for (size_t i = 0; i < 3; i++)
		thread_join(&t[i]);
	assert_false(t[0].started);
	assert_false(halt_rest(&halt, INT32_MAX));
	thread_join(&t[0]); /* once more */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_are_woken)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
