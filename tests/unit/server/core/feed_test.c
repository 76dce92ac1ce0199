/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static uint64_t told_size;
static int told;

static void tell(void *ctx, uint64_t size)
{
	(void)ctx;
	told++;
	told_size = size;
}

/* Entry i is "entry <i>". */
static struct slice entry(uint64_t i, char text[32])
{
	(void)snprintf(text, 32, "entry %d", (int)i);
	return slice_of(text);
}

static enum err publish(
	struct feed *f, struct frontier *tree, size_t n, bool more, struct diag *d)
{
	static char text[1000][32];
	static struct log_entry e[1000];
	struct log_news news = {.first = tree->size, .entry = e, .n = n, .more = more};

	for (size_t i = 0; i < n; i++) {
		struct hash leaf;

		e[i] = (struct log_entry){.note = entry(news.first + i, text[i])};
		leaf = merkle_leaf(e[i].note);
		frontier_append(tree, &leaf);
	}
	news.size = tree->size;
	news.root = frontier_root(tree);
	news.checkpoint = slice_of("a checkpoint");
	return feed_publish(f, &news, d);
}

static void before_the_first(void **state)
{
	struct feed *f = feed_new(1000);
	const struct tile_id id = {0, 0, 1};
	char note[CHECKPOINT_MAX];
	struct blob *b;
	size_t n;

	(void)state;
	assert_int_equal(feed_checkpoint(f, note, &n, NULL, NULL), ERR_BUSY);
	assert_int_equal(feed_tile(f, &id, &b, NULL), ERR_BUSY);
	assert_true(feed_size(f) == 0);
	assert_true(feed_signed_at(f) == 0);
	feed_free(f);
}

/* Portions are taken in, and shown only with the checkpoint that covers them. */
static void portions(void **state)
{
	struct feed *f = feed_new(1000);
	const struct tile_id first = {-1, 0, 1};
	struct frontier tree;
	char note[CHECKPOINT_MAX];
	struct blob *b;
	uint64_t size;
	size_t n;

	(void)state;
	told = 0;
	frontier_init(&tree);
	feed_on_news(f, tell, NULL);
	assert_int_equal(publish(f, &tree, 500, true, NULL), OK);
	assert_int_equal(feed_tile(f, &first, &b, NULL), ERR_BUSY);
	assert_int_equal(told, 0);
	assert_int_equal(publish(f, &tree, 100, false, NULL), OK);
	assert_int_equal(told, 1);
	assert_true(told_size == 600);
	assert_int_equal(feed_checkpoint(f, note, &n, &size, NULL), OK);
	assert_true(size == 600);
	assert_true(slice_is(slice_mem(note, n), "a checkpoint"));
	/* Freshness alone is no news. */
	assert_int_equal(publish(f, &tree, 0, false, NULL), OK);
	assert_int_equal(told, 1);
	feed_free(f);
}

static void entries(void **state)
{
	struct feed *f = feed_new(1000);
	struct frontier tree;
	struct tile_id id = {-1, 1, 44};
	struct slice in, got;
	struct blob *b;
	char text[32];

	(void)state;
	frontier_init(&tree);
	assert_int_equal(publish(f, &tree, 300, false, NULL), OK);
	assert_int_equal(feed_tile(f, &id, &b, NULL), OK);
	in = blob_view(b);
	for (uint64_t i = 256; i < 300; i++) {
		assert_int_equal(entry_next(&in, &got, NULL), OK);
		assert_true(slice_same(got, entry(i, text)));
	}
	assert_int_equal(in.n, 0);
	blob_unref(b);
	id.width = 45;
	assert_int_equal(feed_tile(f, &id, &b, NULL), ERR_NOT_FOUND);
	id = (struct tile_id){-1, 0, 256};
	assert_int_equal(feed_tile(f, &id, &b, NULL), OK);
	blob_unref(b);
	id = (struct tile_id){-1, 2, 1};
	assert_int_equal(feed_tile(f, &id, &b, NULL), ERR_NOT_FOUND);
	id = (struct tile_id){-1, UINT64_MAX, 256};
	assert_int_equal(feed_tile(f, &id, &b, NULL), ERR_NOT_FOUND);
	feed_free(f);
}

static void hash_tiles(void **state)
{
	struct feed *f = feed_new(1000);
	struct frontier tree;
	struct tile_id id = {0, 0, 256};
	struct blob *b;
	struct hash leaf;
	char text[32];

	(void)state;
	frontier_init(&tree);
	assert_int_equal(publish(f, &tree, 300, false, NULL), OK);
	assert_int_equal(feed_tile(f, &id, &b, NULL), OK);
	assert_int_equal(b->n, 256 * sizeof(struct hash));
	leaf = merkle_leaf(entry(255, text));
	assert_memory_equal(b->bytes + 255 * sizeof(leaf), &leaf, sizeof(leaf));
	blob_unref(b);
	id = (struct tile_id){1, 0, 1};
	assert_int_equal(feed_tile(f, &id, &b, NULL), OK);
	blob_unref(b);
	id = (struct tile_id){1, 0, 2};
	assert_int_equal(feed_tile(f, &id, &b, NULL), ERR_NOT_FOUND);
	id = (struct tile_id){63, 0, 1};
	assert_int_equal(feed_tile(f, &id, &b, NULL), ERR_NOT_FOUND);
	feed_free(f);
}

/* What was signed and what is served must be one tree. */
static void another_tree(void **state)
{
	struct feed *f = feed_new(1000);
	struct frontier tree;
	struct log_news news = {0};
	char note[CHECKPOINT_MAX];
	struct diag d;
	size_t n;

	(void)state;
	frontier_init(&tree);
	assert_int_equal(publish(f, &tree, 3, true, NULL), OK);
	news.first = 3;
	news.size = 3;
	news.checkpoint = slice_of("a checkpoint");
	assert_int_equal(feed_publish(f, &news, &d), ERR_INTERNAL);
	news.size = 4;
	news.root = frontier_root(&tree);
	assert_int_equal(feed_publish(f, &news, &d), ERR_INTERNAL);
	assert_int_equal(feed_checkpoint(f, note, &n, NULL, NULL), ERR_BUSY);
	news.size = 3;
	assert_int_equal(feed_publish(f, &news, &d), OK);
	feed_free(f);
}

static void bundles(void **state)
{
	struct slice bytes = slice_of("bundle text");
	struct log_entry e = {slice_of("x"), hash_of(bytes), bytes};
	struct hash leaf = merkle_leaf(e.note), unknown = hash_of(slice_of("?"));
	struct log_news news = {
		.entry = &e, .n = 1, .size = 1, .checkpoint = slice_of("a checkpoint")};
	struct feed *f = feed_new(1000);
	struct frontier tree;
	struct blob *b, *kept;

	(void)state;
	frontier_init(&tree);
	frontier_append(&tree, &leaf);
	news.root = frontier_root(&tree);
	assert_int_equal(feed_publish(f, &news, NULL), OK);
	b = feed_bundle(f, &e.sha256);
	assert_non_null(b);
	assert_true(slice_is(blob_view(b), "bundle text"));
	assert_null(feed_bundle(f, &unknown));
	assert_int_equal(feed_keep_bundle(f, &unknown, slice_of("?"), &kept), OK);
	blob_unref(kept);
	kept = feed_bundle(f, &unknown);
	assert_true(slice_is(blob_view(kept), "?"));
	feed_free(f);
	/* An answer on its way out keeps what it sends. */
	assert_true(slice_is(blob_view(b), "bundle text"));
	blob_unref(b);
	blob_unref(kept);
}

static void roots(void **state)
{
	struct feed *f = feed_new(1000);
	struct blob *b;

	(void)state;
	assert_true(feed_root_newest(f) == 0);
	assert_null(feed_root(f, 1));
	assert_int_equal(feed_add_root(f, slice_of("one"), NULL), OK);
	assert_int_equal(feed_add_root(f, slice_of("two"), NULL), OK);
	assert_true(feed_root_newest(f) == 2);
	b = feed_root(f, 2);
	assert_true(slice_is(blob_view(b), "two"));
	blob_unref(b);
	assert_null(feed_root(f, 0));
	assert_null(feed_root(f, 3));
	assert_null(feed_root(f, ROOT_CHAIN + 1));
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_first),
		cmocka_unit_test(portions),
		cmocka_unit_test(entries),
		cmocka_unit_test(hash_tiles),
		cmocka_unit_test(another_tree),
		cmocka_unit_test(bundles),
		cmocka_unit_test(roots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
