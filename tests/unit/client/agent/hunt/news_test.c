/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/news.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"

#define NOW 1795687200
#define ALL INT64_MAX

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

	assert_int_equal(news_read(p, path, ALL, NOW, take, &b, &d), OK);
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
	assert_int_equal(news_read(&p, path, ALL, NOW, take, &b, &d), ERR_NOMEM);
	assert_string_equal(buf_str(&b), "a|stop|");
	buf_reset(&b);
	assert_int_equal(news_read(&p, path, ALL, NOW, take, &b, &d), ERR_NOMEM);
	assert_string_equal(buf_str(&b), "stop|");
	assert_int_equal(news_read(&p, dir, ALL, NOW, take, &b, &d), ERR_CONFIG);
	assert_int_equal(
		news_read(&p, "/nowhere/log", ALL, NOW, take, &b, &d), ERR_NOT_FOUND);
	positions_done(&p);
}

/* One byte is allowed: what is read at once, and no more. */
static int rounds(struct positions *p, struct buf *b)
{
	struct diag d = {""};
	int n = 0;
	size_t before;

	do {
		before = b->len;
		assert_int_equal(news_read(p, path, 1, NOW, take, b, &d), OK);
		n++;
	} while (b->len > before && n < 1000);
	return n;
}

static void a_long_log_is_read_bit_by_bit(void **state)
{
	CLEANUP_BUF struct buf want = {.max = 1 << 22}, got = {.max = 1 << 22};
	struct positions p = {0};
	FILE *f = fopen(path, "w");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 200000; i++) {
		(void)fprintf(f, "%d\n", i);
		buf_printf(&want, "%d|", i);
	}
	assert_int_equal(fclose(f), 0);
	buf_puts(&want, "new|");
	/* renamed when a part of it was read */
	assert_int_equal(news_read(&p, path, 1, NOW, take, &got, NULL), OK);
	assert_true(got.len > 0 && got.len < want.len);
	assert_int_equal(rename(path, old), 0);
	append(path, "new\n");
	assert_true(rounds(&p, &got) > 2);
	assert_string_equal(buf_str(&got), buf_str(&want));
	positions_done(&p);
}

/* Whoever may write to the log's folder must not stop a pull. */
static void nobody_is_waited_for(void **state)
{
	struct positions p = {0};
	struct diag d = {""};

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	(void)alarm(60);
	assert_int_equal(news_read(&p, path, ALL, NOW, take, NULL, &d), ERR_CONFIG);
	(void)alarm(0);
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
		cmocka_unit_test_setup(a_long_log_is_read_bit_by_bit, fresh),
		cmocka_unit_test_setup(nobody_is_waited_for, fresh),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
