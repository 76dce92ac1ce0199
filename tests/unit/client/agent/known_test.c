/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINES 5000 /* the table grows several times */

static char path[] = "/tmp/varsel.XXXXXX";

static bool has(const struct known *k, const char *before, int i, const char *behind)
{
	char line[32];

	(void)snprintf(line, sizeof(line), "%s%d%s", before, i, behind);
	return known_has(k, slice_of(line));
}

static void lines(void **state)
{
	struct known k;
	FILE *f = fopen(path, "w");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < LINES; i++)
		(void)fprintf(f, "%d\n", i % (LINES - 100));
	assert_int_equal(fclose(f), 0);
	assert_int_equal(known_read(&k, path, 2, NULL), OK);
	/* repeated ones count once; the two in front stand there again at the end */
	assert_int_equal(k.n, LINES - 100);
	assert_true(k.cap >= 2 * k.n);
	for (int i = 0; i < LINES - 100; i++) {
		assert_true(has(&k, "", i, "\n"));
		assert_false(has(&k, "", i, ""));
		assert_false(has(&k, "x", i, "\n"));
	}
	known_done(&k);
	assert_false(has(&k, "", 7, "\n"));
	known_done(&k);
}

static void no_file(void **state)
{
	struct known k;

	(void)state;
	assert_int_equal(known_read(&k, "/nonexistent/file", 0, NULL), OK);
	assert_false(has(&k, "", 7, "\n"));
	known_done(&k);
	assert_int_equal(known_read(&k, "/", 0, NULL), ERR_IO);
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(no_file),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
