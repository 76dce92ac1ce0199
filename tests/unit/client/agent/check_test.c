/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/file.h"

static char folder[] = "/tmp/varsel.XXXXXX";
static char path[64], seen[64];

/* Notes how many lines it was given and which were the first and last, and refuses "bad".
 */
static void look(const struct output_conf *c, const char *file, struct output_argv *ret)
{
	static char script[256];

	(void)c;
	(void)snprintf(script, sizeof(script),
		"echo $(wc -l <$0) $(head -n 2 $0) $(tail -n 1 $0) >>%s; ! grep -q bad "
		"$0",
		seen);
	output_argv_put(ret, "sh");
	output_argv_put(ret, "-c");
	output_argv_put(ret, script);
	output_argv_put(ret, file);
}

static void absent(const struct output_conf *c, const char *file, struct output_argv *ret)
{
	(void)c;
	output_argv_put(ret, "varsel-no-such-tool");
	output_argv_put(ret, file);
}

static void by_zone(
	const struct output_conf *c, const char *file, struct output_argv *ret)
{
	output_argv_put(ret, "sh");
	output_argv_put(ret, c->zone ? c->zone : "-");
	output_argv_put(ret, file);
}

static struct output_conf conf;
static struct output_type type = {.check = look, .check_head = 2};

static const char *passed; /* a file, or NULL */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Parts are looked at beside each other: their lines come in any order. */
static void sort_lines(struct buf *b)
{
	char *line[16] = {NULL}, *text = strdup(buf_str(b)), *rest = text;
	size_t n = 0;

	assert_non_null(text);
	while (rest && *rest) {
		assert_in_range(n, 0, 15);
		line[n++] = strsep(&rest, "\n");
	}
	qsort(line, n, sizeof(char *), by_text);
	buf_reset(b);
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s\n", line[i]);
	free(text);
}

/* What the tool saw of the file. */
static enum err check(const char *content, size_t rows, struct buf *ret)
{
	enum err e;

	assert_int_equal(file_write(path, slice_of(content), 0600, NULL), OK);
	assert_int_equal(file_remove(seen, NULL), OK);
	type.check_rows = rows;
	e = check_file(&type, &conf, true, path, passed, NULL);
	buf_reset(ret);
	assert_int_equal(file_read(seen, ret, NULL), OK);
	sort_lines(ret);
	return e;
}

static void in_parts(void **state)
{
	CLEANUP_BUF struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(check("h1\nh2\n1\n2\n3\n4\n5\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "3 h1 h2 5\n4 h1 h2 2\n4 h1 h2 4\n");
	/* a last part that is full, and nothing behind it */
	assert_int_equal(check("h1\nh2\n1\n2\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "4 h1 h2 2\n");
	/* a head alone is looked at, too */
	assert_int_equal(check("h1\nh2\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "2 h1 h2 h2\n");
}

static void refused(void **state)
{
	CLEANUP_BUF struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_not_equal(check("h1\nh2\n1\n2\nbad\n4\n5\n", 2, &b), OK);
	assert_non_null(strstr(buf_str(&b), "4 h1 h2 4\n"));
	/* the last of all, and the first: then it is not gone on with for long */
	assert_int_not_equal(check("h1\nh2\n1\n2\n3\n4\n5\n6\n7\nbad\n", 1, &b), OK);
	assert_non_null(strstr(buf_str(&b), "3 h1 h2 bad\n"));
	assert_int_not_equal(check("h1\nh2\nbad\n1\n2\n3\n4\n5\n6\n", 1, &b), OK);
	assert_null(strstr(buf_str(&b), "3 h1 h2 6\n"));
	assert_int_not_equal(check("h1\nh2\nbad\n", 0, &b), OK);
}

/* Of a file that passed before only what is new in this one is looked at, and the head
 * always. */
static void only_news(void **state)
{
	CLEANUP_BUF struct buf b;
	char before[64];

	(void)state;
	buf_init(&b, 4096);
	(void)snprintf(before, sizeof(before), "%s/before", folder);
	passed = before;
	assert_int_equal(
		file_write(before, slice_of("g1\nh2\n1\n3\n4\n9\nlast"), 0600, NULL), OK);
	assert_int_equal(check("h1\nh2\n1\n2\n3\n4\n5\n6\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "3 h1 h2 6\n4 h1 h2 5\n");
	/* its head is no line that passed; a line that was cut is not that line */
	assert_int_equal(check("h1\nh2\n9\ng1\nlast\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "4 h1 h2 last\n");
	/* nothing new */
	assert_int_equal(check("h1\nh2\n1\n9\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "2 h1 h2 h2\n");
	assert_int_not_equal(check("h1\nbad\n1\n9\n", 2, &b), OK);
	assert_int_not_equal(check("h1\nh2\n1\nbad\n9\n", 2, &b), OK);
	/* a tool that wants it whole gets it whole */
	assert_int_equal(check("h1\nh2\n1\n9\n", 0, &b), OK);
	assert_string_equal(buf_str(&b), "4 h1 h2 9\n");
	assert_int_equal(file_remove(before, NULL), OK);
	/* gone meanwhile */
	assert_int_equal(check("h1\nh2\n1\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "3 h1 h2 1\n");
	passed = NULL;
}

/* A name and all below it are one record more for the tool, if it says so. */
static void twins(void **state)
{
	CLEANUP_BUF struct buf b;

	(void)state;
	buf_init(&b, 4096);
	type.check_twins = true;
	assert_int_equal(check("h1\nh2\na\n*.a\nb\n*.b\nc\n*.d\n*.e\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "3 h1 h2 *.e\n4 h1 h2 *.b\n4 h1 h2 *.d\n");
	/* also where a part ends between them */
	assert_int_equal(check("h1\nh2\na\n*.a\nb\n*.b\n", 1, &b), OK);
	assert_string_equal(buf_str(&b), "3 h1 h2 *.a\n3 h1 h2 *.b\n");
	/* one that has none is looked at itself */
	assert_int_equal(check("h1\nh2\nbad\n", 1, &b), ERR_CANTCREAT);
	assert_int_equal(check("h1\nh2\nbad\n*.other\n", 1, &b), ERR_CANTCREAT);
	assert_int_equal(check("h1\nh2\nbad\n*.ba\n", 1, &b), ERR_CANTCREAT);
	assert_int_equal(check("h1\nh2\nbad\n*.bad\n", 1, &b), ERR_CANTCREAT);
	type.check_twins = false;
	assert_int_equal(check("h1\nh2\na\n*.a\n", 2, &b), OK);
	assert_string_equal(buf_str(&b), "4 h1 h2 *.a\n");
}

/* Whether another tool, or the same one called otherwise, would do the same check. */
static void identity(void **state)
{
	struct output_type t = type;
	char first[HASH_HEX], again[HASH_HEX];
	char name[] = "other.rpz";
	const struct output_conf zones[] = {{.zone = NULL}, {.zone = name}};

	(void)state;
	t.check_rows = 2;
	check_identity(&t, &conf, first);
	assert_int_equal(strlen(first), HASH_HEX - 1);
	check_identity(&t, &conf, again);
	assert_string_equal(first, again);
	t.check = absent;
	check_identity(&t, &conf, again);
	assert_string_equal(again, "");
	t = type;
	t.check_rows = 0;
	check_identity(&t, &conf, again);
	assert_string_equal(again, "");
	/* the zone decides whether a name fits into it */
	t = (struct output_type){.check = by_zone, .check_rows = 2};
	check_identity(&t, &zones[0], first);
	check_identity(&t, &zones[1], again);
	assert_string_not_equal(first, again);
}

static void whole(void **state)
{
	CLEANUP_BUF struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(check("h1\nh2\n1\n2\n3\n", 0, &b), OK);
	assert_string_equal(buf_str(&b), "5 h1 h2 3\n");
}

static void without_tool(void **state)
{
	const struct output_type none = {.name = "none"}, not_here = {.check = absent};

	(void)state;
	assert_int_equal(check_file(&none, &conf, true, path, NULL, NULL), OK);
	assert_int_equal(check_file(&not_here, &conf, true, path, NULL, NULL), OK);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	(void)snprintf(seen, sizeof(seen), "%s/seen", folder);
	return 0;
}

/* Nothing but what the test wrote is left. */
static int teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(seen);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_parts),
		cmocka_unit_test(refused),
		cmocka_unit_test(only_news),
		cmocka_unit_test(twins),
		cmocka_unit_test(identity),
		cmocka_unit_test(whole),
		cmocka_unit_test(without_tool),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
