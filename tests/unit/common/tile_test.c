/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/tile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void paths(void **state)
{
	static const struct {
		const char *path;
		struct tile_id id;
	} row[] = {
		{"tile/0/000", {0, 0, 256}},
		{"tile/0/000.p/1", {0, 0, 1}},
		{"tile/0/067.p/255", {0, 67, 255}},
		{"tile/63/x001/000", {63, 1000, 256}},
		{"tile/1/x001/x234/067.p/5", {1, 1234067, 5}},
		{"tile/entries/x001/x234/067", {-1, 1234067, 256}},
		{"tile/entries/999.p/40", {-1, 999, 40}},
		{"tile/0/x072/x057/x594/x037/x927/935", {0, UINT64_MAX / 256, 256}},
	};
	CLEANUP_BUF struct buf b;
	struct tile_id got;

	(void)state;
	buf_init(&b, 200);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		buf_reset(&b);
		tile_path_put(&b, &row[i].id);
		assert_string_equal(buf_str(&b), row[i].path);
		assert_int_equal(
			tile_path_parse(slice_of(row[i].path + 5), &got, NULL), OK);
		assert_int_equal(got.level, row[i].id.level);
		assert_true(got.index == row[i].id.index);
		assert_int_equal(got.width, row[i].id.width);
	}
}

static void paths_refused(void **state)
{
	static const char *const bad[] = {"", "0", "0/", "/000", "0/0", "0/00", "0/0000",
		"0/000/", "0/000/000", "0/x000/000", "0/x001", "0/x001/", "0/001/000",
		"0/X001/000", "0/x01/000", "0/-01", "0/+01", "0/ 01", "0/00a", "64/000",
		"00/000", "-1/000", "8.0/000", "entries", "entries/", "Entries/000",
		"data/000", "0/000.p", "0/000.p/", "0/000.p/0", "0/000.p/256",
		"0/000.p/01", "0/000.p/+1", "0/000.p/1/", "0/000.q/1", "0/000p/1",
		"0/000.p/1.p/1", "0/x001.p/1/000", "0/x072/x057/x594/x037/x927/936",
		"0/x999/x999/x999/x999/x999/x999/x999/999", "0/x000", "0//000",
		"0/x001//000", "0/000?x", "0/000%00"};
	struct tile_id got = {0};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (tile_path_parse(slice_of(bad[i]), &got, &d) != ERR_SYNTAX)
			fail_msg("took \"%s\"", bad[i]);
		assert_non_null(strstr(d.text, "not like 0/x001/067.p/5"));
	}
	assert_int_equal(
		tile_path_parse((struct slice){"0/000\0", 6}, &got, NULL), ERR_SYNTAX);
}

/* Enough for three levels: 256 * 256 leaves and some. */
#define LEAVES (65536u + 256 + 3)

static struct hash root_of(const struct hash *h, size_t n)
{
	struct frontier f;

	frontier_init(&f);
	for (size_t i = 0; i < n; i++)
		frontier_append(&f, &h[i]);
	return frontier_root(&f);
}

static struct slice get(
	const struct tiletree *t, int level, uint64_t index, unsigned width)
{
	struct slice s = {NULL, 0};

	assert_int_equal(tiletree_get(t, &(struct tile_id){level, index, width}, &s), OK);
	assert_int_equal(s.n, 32 * width);
	return s;
}

static bool has(const struct tiletree *t, int level, uint64_t index, unsigned width)
{
	struct slice s;

	return tiletree_get(t, &(struct tile_id){level, index, width}, &s) == OK;
}

static void tree(void **state)
{
	struct hash *leaf = calloc(LEAVES, sizeof(*leaf)), want, got;
	struct tiletree t;

	(void)state;
	assert_non_null(leaf);
	tiletree_init(&t);
	assert_false(has(&t, 0, 0, 1));
	for (uint32_t i = 0; i < LEAVES; i++) {
		leaf[i] = merkle_leaf(slice_mem(&i, sizeof(i)));
		assert_int_equal(tiletree_append(&t, &leaf[i]), OK);
	}
	assert_memory_equal(get(&t, 0, 0, 256).p, leaf, 32 * 256);
	assert_memory_equal(get(&t, 0, 257, 3).p, leaf + 65536 + 256, 32 * 3);
	/* a tile that has become full is still had at its earlier widths */
	assert_memory_equal(get(&t, 0, 256, 5).p, leaf + 65536, 32 * 5);
	want = root_of(leaf + 256, 256);
	assert_memory_equal(get(&t, 1, 0, 256).p + 32, want.b, 32);
	want = root_of(leaf + 65536, 256);
	assert_memory_equal(get(&t, 1, 1, 1).p, want.b, 32);
	want = root_of(leaf, 65536);
	assert_memory_equal(get(&t, 2, 0, 1).p, want.b, 32);
	want = root_of(leaf, LEAVES);
	got = frontier_root(&t.frontier);
	assert_true(hash_same(&want, &got));

	assert_false(has(&t, 0, 257, 4));
	assert_false(has(&t, 0, 257, 256));
	assert_false(has(&t, 0, 258, 1));
	assert_false(has(&t, 1, 1, 2));
	assert_false(has(&t, 2, 0, 2));
	assert_false(has(&t, 3, 0, 1));
	assert_false(has(&t, 8, 0, 1));
	assert_false(has(&t, 63, 0, 1));
	assert_false(has(&t, -1, 0, 1));
	assert_false(has(&t, 0, UINT64_MAX / 256, 256));
	assert_false(has(&t, 0, UINT64_MAX, 256));
	tiletree_done(&t);
	tiletree_done(&t);
	free(leaf);
}

static void entries(void **state)
{
	static const char big[UINT16_MAX + 1];
	CLEANUP_BUF struct buf b;
	struct slice in, one;
	struct diag d;

	(void)state;
	buf_init(&b, 1000000);
	entry_put(&b, slice_of("one"));
	entry_put(&b, slice_of(""));
	entry_put(&b, slice_mem(big, UINT16_MAX));
	assert_int_equal(buf_err(&b), OK);
	assert_memory_equal(b.data, "\0\3one\0\0\xff\xff", 9);
	in = buf_view(&b);
	assert_int_equal(entry_next(&in, &one, NULL), OK);
	assert_true(slice_is(one, "one"));
	assert_int_equal(entry_next(&in, &one, NULL), OK);
	assert_int_equal(one.n, 0);
	assert_int_equal(entry_next(&in, &one, NULL), OK);
	assert_int_equal(one.n, UINT16_MAX);
	assert_int_equal(in.n, 0);
	assert_int_equal(entry_next(&in, &one, &d), ERR_SYNTAX);

	in = (struct slice){"\0", 1};
	assert_int_equal(entry_next(&in, &one, &d), ERR_SYNTAX);
	assert_non_null(strstr(d.text, "cut in a length"));
	in = (struct slice){"\0\5four", 6};
	assert_int_equal(entry_next(&in, &one, &d), ERR_SYNTAX);
	assert_non_null(strstr(d.text, "an entry of 5 bytes is cut after 4"));
	assert_int_equal(in.n, 6);

	entry_put(&b, slice_mem(big, sizeof(big)));
	assert_int_equal(buf_err(&b), ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(paths_refused),
		cmocka_unit_test(tree),
		cmocka_unit_test(entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
