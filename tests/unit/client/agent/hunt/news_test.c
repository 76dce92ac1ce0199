/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/news.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/buf.h"

#define NOW 1795687200

static char dir[] = "/tmp/varsel.XXXXXX";
static char path[64], old[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	(void)snprintf(old, sizeof(old), "%s/log.1", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(old);
	return rmdir(dir);
}

static void append(const char *file, const char *text)
{
	FILE *f = fopen(file, "a");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static enum err take(void *ctx, struct slice line)
{
	buf_slice(ctx, line);
	buf_putc(ctx, '|');
	return slice_is(line, "stop") ? ERR_NOMEM : OK;
}

static void reads(struct positions *p, const char *want)
{
	CLEANUP_BUF struct buf b = {.max = 1 << 20};
	struct diag d = {""};

	assert_int_equal(news_read(p, path, NOW, take, &b, &d), OK);
	assert_string_equal(buf_str(&b), want);
}

static void only_whole_lines_and_each_once(void **state)
{
	struct positions p = {0};

	(void)state;
	append(path, "a\nb\nc");
	reads(&p, "a|b|");
	reads(&p, "");
	append(path, "d\ne\n");
	reads(&p, "cd|e|");
	/* renamed with a line more, and another in its place */
	append(path, "f\n");
	assert_int_equal(rename(path, old), 0);
	append(path, "g\n");
	reads(&p, "f|g|");
	reads(&p, "");
	/* emptied in place, and shorter than it was */
	assert_int_equal(truncate(path, 0), 0);
	append(path, "h\n");
	reads(&p, "h|");
	positions_done(&p);
}

static void a_line_without_end_is_passed_over(void **state)
{
	struct positions p = {0};
	char *longest = calloc(1, 700001);

	(void)state;
	assert_non_null(longest);
	memset(longest, 'x', 700000);
	append(path, longest);
	reads(&p, "");
	append(path, "x\ny\n");
	reads(&p, "y|");
	free(longest);
	positions_done(&p);
}

static void what_failed_is_read_again(void **state)
{
	CLEANUP_BUF struct buf b = {.max = 1 << 20};
	struct positions p = {0};
	struct diag d = {""};

	(void)state;
	append(path, "a\nstop\nb\n");
	assert_int_equal(news_read(&p, path, NOW, take, &b, &d), ERR_NOMEM);
	assert_string_equal(buf_str(&b), "a|stop|");
	buf_reset(&b);
	assert_int_equal(news_read(&p, path, NOW, take, &b, &d), ERR_NOMEM);
	assert_string_equal(buf_str(&b), "stop|");
	assert_int_equal(news_read(&p, dir, NOW, take, &b, &d), ERR_IO);
	assert_int_equal(news_read(&p, "/nowhere/log", NOW, take, &b, &d), ERR_NOT_FOUND);
	positions_done(&p);
}

static int fresh(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(old);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_whole_lines_and_each_once, fresh),
		cmocka_unit_test_setup(a_line_without_end_is_passed_over, fresh),
		cmocka_unit_test_setup(what_failed_is_read_again, fresh),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
