/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/client/agent/output/fixture.h"

#include <unistd.h>

#include "common/file.h"

static char path[] = "/tmp/varsel.XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd) != 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static const char *const first[] = {"ip 192.0.2.1 block 60", "ip 192.0.2.2 block 60",
	"domain seen.example watch 60", "domain evil.example block 60", NULL};
static const char *const second[] = {"ip 192.0.2.2 block 90", "ip 192.0.2.3 block 60",
	"domain evil.example watch 60", "domain other.example block 60", NULL};

static void there_and_back(void **state)
{
	struct enforced e;
	struct enforced_entry x;
	struct fixture f;
	struct slice rest;

	(void)state;
	fixture_init(&f, first, NULL);
	assert_int_equal(enforced_write(path, &f.set, &f.job.digest, NULL), OK);
	assert_int_equal(enforced_open(path, &e, NULL), OK);
	assert_true(hash_same(&e.digest, &f.job.digest));
	assert_int_equal(e.n, 3);
	rest = e.lines;
	assert_true(enforced_next(&rest, &x));
	assert_int_equal(x.kind->id, KIND_DOMAIN);
	assert_true(slice_is(x.value, "evil.example"));
	assert_int_equal(x.until, FIXTURE_NOW + 60);
	assert_true(enforced_next(&rest, &x));
	assert_true(enforced_next(&rest, &x));
	assert_true(slice_is(x.value, "192.0.2.2"));
	assert_false(enforced_next(&rest, &x));
	enforced_done(&e);
	fixture_done(&f);
}

static void steps(void **state)
{
	static const char *const want[] = {"-evil.example", "+other.example",
		"-192.0.2.1", "=192.0.2.2", "+192.0.2.3"};
	struct enforced_walk w = {0};
	struct fixture a, b;
	struct enforced e;
	size_t n = 0, added, removed;

	(void)state;
	fixture_init(&a, first, NULL);
	fixture_init(&b, second, NULL);
	assert_int_equal(enforced_write(path, &a.set, &a.job.digest, NULL), OK);
	assert_int_equal(enforced_open(path, &e, NULL), OK);
	w.rest = e.lines;
	w.set = &b.set;
	while (enforced_step(&w)) {
		assert_true(n < sizeof(want) / sizeof(want[0]));
		assert_int_equal(want[n][0], !w.had_old ? '+' : w.new_ ? '=' : '-');
		assert_true(slice_is(w.value, want[n] + 1));
		n++;
	}
	assert_int_equal(n, sizeof(want) / sizeof(want[0]));
	enforced_compare(&e, &b.set, &added, &removed);
	assert_int_equal(added, 2);
	assert_int_equal(removed, 2);
	/* what was not enforced goes; what is only watched stays */
	enforced_restrict(&e, &b.set);
	assert_int_equal(b.set.n, 2);
	assert_true(slice_is(b.set.a[0].value, "evil.example"));
	assert_true(slice_is(b.set.a[1].value, "192.0.2.2"));
	enforced_done(&e);
	fixture_done(&a);
	fixture_done(&b);
}

static void nothing_before(void **state)
{
	struct enforced e = {0};
	struct fixture f;
	size_t added, removed;

	(void)state;
	fixture_init(&f, first, NULL);
	enforced_compare(&e, &f.set, &added, &removed);
	assert_int_equal(added, 3);
	assert_int_equal(removed, 0);
	enforced_restrict(&e, &f.set);
	assert_int_equal(f.set.n, 1);
	fixture_done(&f);
}

static void damaged(void **state)
{
	static const char *const bad[] = {"", "x", "varsel/enforced/v3\n",
		"varsel/enforced/v3\nabc\n1\n",
		"varsel/enforced/v3\n"
		"0000000000000000000000000000000000000000000000000000000000000000\n-1\n",
		"varsel/enforced/v3\n"
		"0000000000000000000000000000000000000000000000000000000000000000\n1\n"
		"ip 192.0.2.1 17"};
	struct enforced e = {0};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(file_write(path, slice_of(bad[i]), 0600, NULL), OK);
		assert_int_equal(enforced_open(path, &e, &d), ERR_SYNTAX);
	}
	assert_int_equal(enforced_open("/nonexistent/x", &e, &d), ERR_NOT_FOUND);
	assert_int_equal(e.n, 0);
}

/* A bit that flips in a line is seen by who looks, one that flips in the frame at once.
 */
static void flipped(void **state)
{
	CLEANUP_BUF struct buf b = {.max = 4096};
	struct enforced e = {0};
	struct fixture f;

	(void)state;
	fixture_init(&f, first, NULL);
	assert_int_equal(enforced_write(path, &f.set, &f.job.digest, NULL), OK);
	assert_int_equal(enforced_open(path, &e, NULL), OK);
	assert_true(enforced_intact(&e));
	enforced_done(&e);
	assert_int_equal(file_read(path, &b, NULL), OK);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 4;
		assert_int_equal(file_write(path, buf_view(&b), 0600, NULL), OK);
		if (enforced_open(path, &e, NULL) == OK)
			assert_false(enforced_intact(&e));
		enforced_done(&e);
		b.data[i] ^= 4;
	}
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(steps),
		cmocka_unit_test(nothing_before),
		cmocka_unit_test(damaged),
		cmocka_unit_test(flipped),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
