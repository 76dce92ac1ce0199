/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/position.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW 1795687200

static void only_what_stands_outside_counts(void **state)
{
	struct marks m = {0};
	uint64_t id = mark_id(KIND_DOMAIN, slice_of("evil.example"));

	(void)state;
	assert_true(id != mark_id(KIND_EMAIL, slice_of("evil.example")));
	assert_false(marks_has(&m, id, 10, 100));
	/* what this run has counted does not hide the rest of it */
	assert_int_equal(marks_add(&m, id, 10), OK);
	assert_int_equal(marks_add(&m, id, 40), OK);
	assert_false(marks_has(&m, id, 20, 100));
	marks_settle(&m);
	assert_false(marks_has(&m, id, 9, 100));
	assert_true(marks_has(&m, id, 10, 100));
	assert_true(marks_has(&m, id, 20, 100));
	assert_true(marks_has(&m, id, 40, 100));
	assert_false(marks_has(&m, id, 41, 100));
	marks_done(&m);
}

static void of_what_could_not_be_kept_nothing_counts_again(void **state)
{
	struct marks m = {0};

	(void)state;
	for (uint64_t id = 1; id <= MARKS_MAX + 1; id++)
		assert_int_equal(marks_add(&m, id, 7), OK);
	assert_int_equal(m.n, MARKS_MAX);
	assert_true(marks_has(&m, MARKS_MAX + 1, 99, 100));
	assert_false(marks_has(&m, MARKS_MAX + 1, 100, 100));
	marks_done(&m);
}

static void what_is_saved_is_loaded(void **state)
{
	char path[] = "/tmp/varsel.XXXXXX";
	int fd = mkstemp(path);
	struct positions p = {.run = 7}, got = {0};
	struct stat st = {.st_dev = 1, .st_ino = 0};
	struct diag d = {""};

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	/* more marks than are kept in all: the oldest log loses its own */
	for (unsigned i = 0; i < 5; i++) {
		struct position *x;

		st.st_ino = i + 1;
		x = positions_at(&p, "/var/log/a b", &st);
		assert_non_null(x);
		x->offset = 100 + i;
		x->size = 120;
		x->tail = 99;
		x->used = NOW;
		for (uint64_t id = 1; id <= (i ? MARKS_MAX : 1); id++)
			assert_int_equal(marks_put(&x->marks, id, 5, 50), OK);
	}
	assert_int_equal(positions_save(path, &p, NOW, &d), OK);
	assert_int_equal(positions_load(path, &got, &d), OK);
	assert_string_equal(d.text, "");
	assert_int_equal(got.run, 7);
	assert_int_equal(got.n, 5);
	assert_true(got.p[0].marks.full && got.p[0].marks.n == 0);
	for (size_t i = 1; i < 5; i++) {
		assert_int_equal(got.p[i].marks.n, MARKS_MAX);
		assert_false(got.p[i].marks.full);
	}
	assert_true(marks_has(&got.p[4].marks, MARKS_MAX, 50, 100));
	assert_false(marks_has(&got.p[4].marks, MARKS_MAX, 51, 100));
	assert_int_equal(positions_last(&got, "/var/log/a b")->offset, 104);
	assert_int_equal(got.p[4].size, 120);
	assert_int_equal(got.p[4].tail, 99);
	positions_done(&p);
	positions_done(&got);
	(void)unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_stands_outside_counts),
		cmocka_unit_test(of_what_could_not_be_kept_nothing_counts_again),
		cmocka_unit_test(what_is_saved_is_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
