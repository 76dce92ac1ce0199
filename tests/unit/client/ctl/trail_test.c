/* SPDX-License-Identifier: BSD-2-Clause */
/* The chain of audit rows: each way to tamper with it is seen, and the row named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "client/ctl/trail.h"

#define ROWS 9

static struct audit_row row[ROWS];
static char subject[ROWS][16];
static struct diag d;

static struct trail_page page(size_t n)
{
	return (struct trail_page){.row = row, .n = n, .first = true};
}

static void chain(size_t from)
{
	for (size_t i = from; i < ROWS; i++) {
		struct hash none = {{0}};

		assert_int_equal(
			audit_hash(i ? &row[i - 1].hash : &none, &row[i], &row[i].hash),
			OK);
	}
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		(void)snprintf(subject[i], sizeof(subject[i]), "%zu", i);
		row[i] = (struct audit_row){.id = (int64_t)i + 1,
			.at = 1800000000,
			.actor = "hub/login/anna",
			.action = "reject",
			.subject = subject[i],
			.detail = i % 2 ? "why" : ""};
	}
	chain(0);
	return 0;
}

static void refused(struct trail_page p, const char *want)
{
	struct trail t = {0};

	assert_int_equal(trail_check(&t, &p, &d), ERR_SIGNATURE);
	if (!strstr(d.text, want))
		fail_msg("%s, where \"%s\" was expected", d.text, want);
}

static void test_holds(void **state)
{
	struct trail t = {0};
	struct trail_page p = page(4), rest = {.row = row + 4, .n = ROWS - 4};

	(void)state;
	assert_int_equal(trail_check(&t, &p, &d), OK);
	assert_int_equal(trail_check(&t, &rest, &d), OK);
	assert_int_equal(trail_end(&t, &d), OK);
	assert_int_equal(t.rows, ROWS);
	assert_int_equal(t.last.id, ROWS);
}

static void test_changed(void **state)
{
	(void)state;
	row[4].detail = "another reason";
	refused(page(ROWS), "row 5: changed");
	setup(NULL);
	row[4].at++;
	refused(page(ROWS), "row 5: changed");
	setup(NULL);
	row[4].actor = "hub/login/bo";
	refused(page(ROWS), "row 5: changed");
	setup(NULL);
	/* With its hash made to fit, the next one gives it away. */
	row[4].subject = "x";
	assert_int_equal(audit_hash(&row[3].hash, &row[4], &row[4].hash), OK);
	refused(page(ROWS), "row 6: changed");
}

static void test_missing(void **state)
{
	(void)state;
	memmove(row + 4, row + 5, sizeof(*row) * (ROWS - 5));
	refused(page(ROWS - 1), "row 5: missing");
	setup(NULL);
	refused((struct trail_page){.row = row + 2, .n = 3, .first = true},
		"row 1: missing");
}

static void test_reordered(void **state)
{
	struct audit_row kept = row[3];

	(void)state;
	row[3] = row[6];
	row[6] = kept;
	row[3].id = 4;
	row[6].id = 7;
	refused(page(ROWS), "row 4: out of order: its place is taken; it stands as row "
			    "7");
	setup(NULL);
	row[3].subject = subject[6];
	row[6].subject = subject[3];
	row[3].detail = row[6].detail;
	row[6].detail = "why";
	refused(page(ROWS), "row 4: out of order");
}

static void test_head(void **state)
{
	struct trail t = {0};
	struct trail_page p = page(ROWS), cut = page(6);

	(void)state;
	assert_int_equal(trail_check(&t, &p, &d), OK);
	t.head = t.last;
	t.head_at = 1800000000;
	t.last = (struct audit_row){0};
	assert_int_equal(trail_check(&t, &cut, &d), OK);
	assert_int_equal(trail_end(&t, &d), ERR_SIGNATURE);
	assert_non_null(strstr(d.text, "row 7: missing: the end was cut off"));
	/* All of it computed anew behind a change: only who remembers can tell. */
	row[2].subject = "x";
	chain(2);
	assert_int_equal(trail_check(&t, &p, &d), ERR_SIGNATURE);
	assert_non_null(strstr(d.text, "row 9: changed: not the one"));
	t.head.id = 0;
	assert_int_equal(trail_check(&t, &p, &d), OK);
}

static void test_cut_by_date(void **state)
{
	struct trail t = {0};
	struct trail_page p = {
		.row = row + 3, .n = ROWS - 3, .first = true, .cut = row[2]};

	(void)state;
	assert_int_equal(trail_check(&t, &p, &d), OK);
	p.cut.hash.b[0] ^= 1;
	refused(p, "row 4: changed");
	p.cut = row[1];
	refused(p, "row 3: missing");
	/* One that remembers the last deleted row looks at that, too. */
	p.cut = row[2];
	t.head = row[2];
	assert_int_equal(trail_check(&t, &p, &d), OK);
	t.head.hash.b[0] ^= 1;
	assert_int_equal(trail_check(&t, &p, &d), ERR_SIGNATURE);
}

static void test_head_file(void **state)
{
	char path[] = "/tmp/varsel.trail.XXXXXX";
	struct trail t = {.last = row[4]}, got = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(trail_head_save(path, &t, 1800000001, &d), OK);
	assert_int_equal(trail_head_load(path, &got, &d), OK);
	assert_int_equal(got.head.id, 5);
	assert_true(hash_same(&got.head.hash, &row[4].hash));
	assert_int_equal(got.head_at, 1800000001);
	(void)unlink(path);
	got = (struct trail){0};
	assert_int_equal(trail_head_load(path, &got, &d), OK);
	assert_int_equal(got.head.id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_holds, setup),
		cmocka_unit_test_setup(test_changed, setup),
		cmocka_unit_test_setup(test_missing, setup),
		cmocka_unit_test_setup(test_reordered, setup),
		cmocka_unit_test_setup(test_head, setup),
		cmocka_unit_test_setup(test_cut_by_date, setup),
		cmocka_unit_test_setup(test_head_file, setup),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
