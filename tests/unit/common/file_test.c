/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every test works in a folder of its own, which is the working folder. */
static char folder[] = "/tmp/varsel.XXXXXX";
static char home[4096];

static int enter(void **state)
{
	(void)state;
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	return !getcwd(home, sizeof(home)) || !mkdtemp(folder) || chdir(folder) != 0;
}

static int leave(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	(void)state;
	while (dir && (e = readdir(dir)))
		if (unlink(e->d_name) != 0)
			(void)rmdir(e->d_name);
	if (dir)
		(void)closedir(dir);
	return chdir(home) != 0 || rmdir(folder) != 0;
}

static size_t entries(void)
{
	DIR *dir = opendir(".");
	size_t n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		(void)closedir(dir);
	return n - 2;
}

static void assert_content(const char *path, const char *want)
{
	CLEANUP_BUF struct buf b = {.max = 1 << 20};

	assert_int_equal(file_read(path, &b, NULL), OK);
	assert_string_equal(buf_str(&b), want);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void replacing(void **state)
{
	mode_t old = umask(077);

	(void)state;
	assert_int_equal(file_write("a", slice_of("one"), 0644, NULL), OK);
	assert_content("a", "one");
	/* the mode asked for, whatever the umask */
	assert_int_equal(mode_of("a"), 0644);
	assert_int_equal(file_write("a", slice_of(""), 0600, NULL), OK);
	assert_content("a", "");
	assert_int_equal(mode_of("a"), 0600);
	/* what a killed run left is no obstacle */
	assert_int_equal(symlink("/nonexistent/x", "a.tmp"), 0);
	assert_int_equal(file_write("./a", slice_of("two"), 0600, NULL), OK);
	assert_content("a", "two");
	assert_int_equal(entries(), 1);
	(void)umask(old);
}

static void failing(void **state)
{
	struct diag d;

	(void)state;
	assert_int_equal(file_write("none/a", slice_of("x"), 0600, &d), ERR_CANTCREAT);
	assert_non_null(strstr(d.text, "none/a"));
	/* a folder in the way: it stays, and no temporary file does */
	assert_int_equal(file_mkdir("b", 0700, NULL), OK);
	assert_int_equal(file_write("b", slice_of("x"), 0600, &d), ERR_CANTCREAT);
	assert_int_equal(entries(), 1);
	/* a full disk is noticed, although the bytes wait in a buffer until the end */
	assert_int_equal(symlink("/dev/full", "full"), 0);
	{
		struct file_draft x = {.path = strdup("c"), .tmp = strdup("c.tmp")};

		x.f = fopen("full", "w");
		assert_non_null(x.f);
		assert_int_equal(fputs("x", x.f), 1);
		assert_int_equal(file_draft_commit(&x, &d), ERR_CANTCREAT);
		assert_null(x.f);
		assert_non_null(strstr(d.text, "No space left"));
		assert_false(file_exists("c"));
	}
}

static void creating(void **state)
{
	struct diag d;

	(void)state;
	assert_int_equal(file_create("k", slice_of("one"), 0600, NULL), OK);
	assert_int_equal(file_create("k", slice_of("two"), 0600, &d), ERR_CONFLICT);
	assert_content("k", "one");
	assert_int_equal(mode_of("k"), 0600);
	assert_int_equal(entries(), 1);
}

static void drafts(void **state)
{
	struct file_draft x;

	(void)state;
	assert_int_equal(file_write("a", slice_of("old"), 0600, NULL), OK);
	assert_int_equal(file_draft_open(&x, "a", 0600, NULL), OK);
	assert_true(fputs("new", x.f) >= 0);
	assert_int_equal(file_draft_finish(&x, NULL), OK);
	/* complete for a check tool, and not yet in place */
	assert_content("a.tmp", "new");
	assert_content("a", "old");
	assert_int_equal(file_draft_commit(&x, NULL), OK);
	assert_content("a", "new");
	assert_int_equal(file_draft_open(&x, "a", 0600, NULL), OK);
	assert_true(fputs("never", x.f) >= 0);
	file_draft_drop(&x);
	file_draft_drop(&x);
	assert_content("a", "new");
	assert_int_equal(entries(), 1);
}

static void reading(void **state)
{
	CLEANUP_BUF struct buf b = {.max = 3};
	struct diag d;

	(void)state;
	assert_int_equal(file_write("a", slice_of("abc"), 0600, NULL), OK);
	assert_int_equal(file_read("a", &b, NULL), OK);
	assert_int_equal(b.len, 3);
	buf_reset(&b);
	assert_int_equal(file_write("a", slice_of("abcd"), 0600, NULL), OK);
	assert_int_equal(file_read("a", &b, &d), ERR_LIMIT);
	assert_string_equal(d.text, "a: over 3 bytes");
	buf_reset(&b);
	assert_int_equal(file_read("none", &b, &d), ERR_NOT_FOUND);
	assert_string_equal(d.text, "none: No such file or directory");
	assert_int_equal(file_read(".", &b, &d), ERR_IO);
}

static void folders_and_removal(void **state)
{
	struct diag d;

	(void)state;
	assert_int_equal(file_mkdir("f", 0700, NULL), OK);
	assert_int_equal(file_mkdir("f", 0700, NULL), OK);
	assert_int_equal(file_mkdir("g/h", 0700, &d), ERR_CANTCREAT);
	assert_int_equal(file_write("a", slice_of(""), 0600, NULL), OK);
	assert_int_equal(file_mkdir("a", 0700, &d), ERR_CANTCREAT);
	assert_true(file_exists("a"));
	assert_int_equal(file_remove("a", NULL), OK);
	assert_false(file_exists("a"));
	assert_int_equal(file_remove("a", NULL), OK);
	assert_int_equal(file_remove("f", &d), ERR_CANTCREAT);
}

static void locking(void **state)
{
	int first = -1, second = -1;
	struct diag d;

	(void)state;
	assert_int_equal(file_lock("lock", &first, NULL), OK);
	assert_int_equal(file_lock("lock", &second, &d), ERR_TEMPFAIL);
	assert_int_equal(second, -1);
	assert_non_null(strstr(d.text, "another run"));
	file_close(&first);
	assert_int_equal(first, -1);
	file_close(&first);
	assert_int_equal(file_lock("lock", &second, NULL), OK);
	file_close(&second);
	assert_int_equal(file_lock("none/lock", &second, &d), ERR_CANTCREAT);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(replacing),
		IN_FOLDER(failing),
		IN_FOLDER(creating),
		IN_FOLDER(drafts),
		IN_FOLDER(reading),
		IN_FOLDER(folders_and_removal),
		IN_FOLDER(locking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
