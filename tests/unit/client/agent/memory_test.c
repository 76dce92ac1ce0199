/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

#define MOST 64

static char path[] = "/tmp/varsel.XXXXXX";

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

static enum err each(void *ctx, struct slice line)
{
	++*(int *)ctx;
	return slice_is(line, "bad") ? ERR_SYNTAX : OK;
}

static void table(void **state)
{
	static const struct {
		const char *text;
		enum err e;
		int64_t run;
		int lines;
	} row[] = {
		{"x 1 7\n", OK, 7, 0},
		{"x 1 7\na\nb\n", OK, 7, 2},
		{"x 1 7", OK, 7, 0},
		{"", ERR_SYNTAX, 0, 0},
		{"\n", ERR_SYNTAX, 0, 0},
		{"x 1 \n", ERR_SYNTAX, 0, 0},
		{"x 1 07\n", ERR_SYNTAX, 0, 0},
		{"x 1 -7\n", ERR_SYNTAX, 0, 0},
		{"x 1 9223372036854775808\n", ERR_SYNTAX, 0, 0},
		{"x 2 7\na\n", ERR_SYNTAX, 0, 0},
		{"x 1 7\na\nbad\nb\n", ERR_SYNTAX, 7, 2},
		{"x 1 7\n0123456789012345678901234567890123456789012345678901234567\n",
			ERR_LIMIT, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct diag d = {""};
		int64_t run = -1;
		int lines = 0;

		assert_int_equal(file_write(path, slice_of(row[i].text), 0600, &d), OK);
		assert_int_equal(memory_load(path, MOST, "x 1 ", &run, each, &lines, &d),
			row[i].e);
		assert_int_equal(run, row[i].run);
		assert_int_equal(lines, row[i].lines);
	}
}

static void nothing_yet(void **state)
{
	struct diag d = {"x"};
	int64_t run = -1;
	int lines = 0;

	(void)state;
	assert_int_equal(
		memory_load("/nowhere/at/all", MOST, "x 1 ", &run, each, &lines, &d), OK);
	assert_int_equal(run, 0);
	assert_string_equal(d.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(nothing_yet),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
