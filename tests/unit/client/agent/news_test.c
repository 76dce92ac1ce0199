/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/news.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/file.h"

#define NAMES  12
#define ROUNDS 300

static char now[] = "/tmp/varsel.XXXXXX", old[] = "/tmp/varsel.XXXXXX";

/* What is news, in one text, and what stands in front of it. */
static void read_all(
	const char *now_text, const char *old_text, size_t head, struct buf *ret)
{
	CLEANUP_BUF struct buf first = {.max = 4096};
	struct slice line;
	struct news n;

	assert_int_equal(file_write(now, slice_of(now_text), 0600, NULL), OK);
	if (old_text)
		assert_int_equal(file_write(old, slice_of(old_text), 0600, NULL), OK);
	assert_int_equal(
		news_open(&n, now, old_text ? old : NULL, head, &first, NULL), OK);
	assert_memory_equal(buf_str(&first), now_text, first.len);
	buf_reset(ret);
	while ((line = news_next(&n)).n)
		buf_slice(ret, line);
	assert_false(news_failed(&n));
	news_done(&n);
}

static void lines(void **state)
{
	static const struct {
		const char *now, *old, *news;
	} row[] = {
		{"h\na\nb\n", NULL, "a\nb\n"},
		{"h\na\nb\n", "", "a\nb\n"},
		{"h\na\nb\n", "i\na\nb\n", ""},
		{"h\na\nb\nc\n", "h\nb\n", "a\nc\n"},
		{"h\nc\n", "h\na\nb\nc\nd\n", ""},
		{"h\na .\n*.a .\nb .\n", "h\na .\nb .\n", "*.a .\n"},
		{"h\na.b .\n*.a.b .\n", "h\na .\n*.a .\na.b .\n*.a.b .\n", ""},
		/* another thing of the same name */
		{"h\na .\nb .\n", "h\na pass.\nb .\n", "a .\n"},
		/* twice is once too often */
		{"h\na\na\n", "h\na\n", "a\n"},
		/* cut off */
		{"h\na\n", "h\na", "a\n"},
		/* the head passed as a head, not as a line */
		{"h\ni\n", "i\nj\n", "i\n"},
	};
	CLEANUP_BUF struct buf b = {.max = 4096};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		read_all(row[i].now, row[i].old, 1, &b);
		assert_string_equal(buf_str(&b), row[i].news);
	}
}

/* Some of the names, in order or in none. */
static const char *make(bool sorted, unsigned *seed, struct buf *ret)
{
	buf_reset(ret);
	for (int i = 0; i < NAMES; i++) {
		int name = sorted ? i : rand_r(seed) % NAMES;

		if (rand_r(seed) % 3 == 0)
			continue;
		buf_printf(ret, "n%02d .\n", name);
		if (rand_r(seed) % 2)
			buf_printf(ret, "*.n%02d .\n", name);
	}
	return buf_str(ret);
}

static bool has(const char *text, const char *line, size_t n)
{
	for (; *text; text = strchr(text, '\n') + 1)
		if (strncmp(text, line, n) == 0)
			return true;
	return false;
}

/* In order it is exactly what the old file has not; without order no such line is
 * missing. */
static void any(void **state)
{
	CLEANUP_BUF struct buf a_text = {.max = 4096}, b_text = {.max = 4096},
			       got = {.max = 4096};
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		bool sorted = round % 2;
		const char *a = make(sorted, &seed, &a_text);
		const char *b = make(sorted, &seed, &b_text), *next;

		read_all(a, b, 0, &got);
		for (const char *p = a; *p; p = next) {
			bool known, told;
			size_t n;

			next = strchr(p, '\n') + 1;
			n = (size_t)(next - p);
			known = has(b, p, n);
			told = has(buf_str(&got), p, n);
			if (known ? sorted && told : !told)
				fail_msg("%.*s of\n%s\nand\n%s", (int)n, p, a, b);
		}
	}
}

static void no_file(void **state)
{
	struct buf head = {.max = 64};
	struct news n;

	(void)state;
	assert_int_equal(
		news_open(&n, "/nonexistent/file", NULL, 0, &head, NULL), ERR_IO);
	news_done(&n);
	assert_int_equal(news_open(&n, now, "/nonexistent/file", 0, &head, NULL), OK);
	news_done(&n);
	news_done(&n);
	assert_int_equal(news_open(&n, "/", NULL, 0, &head, NULL), OK);
	assert_int_equal(news_next(&n).n, 0);
	assert_true(news_failed(&n));
	news_done(&n);
	buf_done(&head);
}

/* Sanitizers want memory of their own. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LONG_LINE (64L << 20)

/* What is not read any more is not taken for the end. */
static void no_memory(void **state)
{
	CLEANUP_BUF struct buf head = {.max = 64};
	struct rlimit all, little;
	struct news n;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_AS, &all), 0);
	little = all;
	little.rlim_cur = LONG_LINE;
	assert_int_equal(file_write(now, slice_of("a\nb\n"), 0600, NULL), OK);
	assert_int_equal(truncate(now, LONG_LINE), 0);
	assert_int_equal(news_open(&n, now, NULL, 1, &head, NULL), OK);
	assert_int_equal(news_next(&n).n, 2);
	assert_false(news_failed(&n));
	assert_int_equal(setrlimit(RLIMIT_AS, &little), 0);
	assert_int_equal(news_next(&n).n, 0);
	assert_int_equal(setrlimit(RLIMIT_AS, &all), 0);
	assert_true(news_failed(&n));
	news_done(&n);
}
#endif

static int setup(void **state)
{
	int a = mkstemp(now), b = mkstemp(old);

	(void)state;
	return a < 0 || b < 0 ? -1 : close(a) | close(b);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(now) | unlink(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(any),
		cmocka_unit_test(no_file),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
		cmocka_unit_test(no_memory),
#endif
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
