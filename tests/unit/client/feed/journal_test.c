/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/feed/journal.h"
#include "common/file.h"

static void records_come_back_in_order(void **state)
{
	struct buf b;
	struct slice in, note;
	struct diag d;
	uint64_t index;

	(void)state;
	buf_init(&b, JOURNAL_MAX);
	journal_put(&b, 7, slice_of("first\n"));
	journal_put(&b, UINT64_C(1) << 40, slice_of(""));
	in = buf_view(&b);
	assert_int_equal(journal_next(&in, &index, &note, &d), OK);
	assert_int_equal(index, 7);
	assert_true(slice_is(note, "first\n"));
	assert_int_equal(journal_next(&in, &index, &note, &d), OK);
	assert_true(index == UINT64_C(1) << 40);
	assert_int_equal(note.n, 0);
	assert_int_equal(in.n, 0);
	buf_done(&b);
}

static void damage_is_seen(void **state)
{
	struct buf b;
	struct slice in, note;
	struct diag d;
	uint64_t index;

	(void)state;
	buf_init(&b, JOURNAL_MAX);
	journal_put(&b, 7, slice_of("a statement\n"));
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 0x20;
		in = buf_view(&b);
		assert_int_equal(journal_next(&in, &index, &note, &d), ERR_SYNTAX);
		b.data[i] ^= 0x20;
	}
	for (size_t n = 0; n < b.len; n++) {
		in = slice_mem(b.data, n);
		assert_int_equal(journal_next(&in, &index, &note, &d), ERR_SYNTAX);
	}
	buf_done(&b);
}

static void appending_cuts_what_never_counted(void **state)
{
	char path[] = "/tmp/varsel.XXXXXX";
	struct diag d;
	struct buf b;
	int fd = mkstemp(path);

	(void)state;
	assert_int_not_equal(fd, -1);
	(void)close(fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(journal_append(path, 0, slice_of("one"), &d), OK);
	assert_int_equal(journal_append(path, 3, slice_of("twotwotwotwo"), &d), OK);
	assert_int_equal(journal_append(path, 6, slice_of("three"), &d), OK);
	buf_init(&b, 4096);
	assert_int_equal(file_read(path, &b, &d), OK);
	assert_string_equal(buf_str(&b), "onetwothree");
	buf_done(&b);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(
		journal_append("/nonexistent/j", 0, slice_of("x"), &d), ERR_CANTCREAT);
	assert_non_null(strstr(d.text, "/nonexistent/j"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_back_in_order),
		cmocka_unit_test(damage_is_seen),
		cmocka_unit_test(appending_cuts_what_never_counted),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
