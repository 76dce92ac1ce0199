/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/merkle.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The leaves and roots with which the reference implementation of RFC 6962 is tested. */
static const struct {
	struct slice leaf;
	const char *root; /* of the tree that ends with it */
} known[] = {
	{{"", 0}, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
	{{"\0", 1}, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
	{{"\x10", 1}, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
	{{"\x20\x21", 2},
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
	{{"\x30\x31", 2},
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
	{{"\x40\x41\x42\x43", 4},
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
	{{"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
	{{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

static void assert_root(const struct frontier *f, const char *want)
{
	char hex[HASH_HEX];
	struct hash root = frontier_root(f);

	hash_hex(&root, hex);
	assert_string_equal(hex, want);
}

static void known_roots(void **state)
{
	struct frontier f;

	(void)state;
	frontier_init(&f);
	assert_root(
		&f, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct hash leaf = merkle_leaf(known[i].leaf);

		frontier_append(&f, &leaf);
		assert_int_equal(f.size, i + 1);
		assert_int_equal(f.n, __builtin_popcountll(i + 1));
		assert_root(&f, known[i].root);
	}
}

/* RFC 6962 section 2.1 word for word: the split is at the largest power of two below n.
 */
static struct hash tree_hash(const struct hash *leaf, size_t n)
{
	struct hash left, right;
	size_t k = 1;

	if (n == 1)
		return *leaf;
	while (k * 2 < n)
		k *= 2;
	left = tree_hash(leaf, k);
	right = tree_hash(leaf + k, n - k);
	return merkle_node(&left, &right);
}

static void same_as_definition(void **state)
{
	struct hash leaf[600], want, got;
	struct frontier f;

	(void)state;
	frontier_init(&f);
	for (unsigned i = 0; i < 600; i++) {
		leaf[i] = merkle_leaf(slice_mem(&i, sizeof(i)));
		frontier_append(&f, &leaf[i]);
		want = tree_hash(leaf, i + 1);
		got = frontier_root(&f);
		assert_true(hash_same(&want, &got));
	}
}

static void leaf_is_no_node(void **state)
{
	struct hash a = merkle_leaf(slice_of("a")), b = merkle_leaf(slice_of("b"));
	unsigned char both[64];
	struct hash node = merkle_node(&a, &b), other = merkle_node(&b, &a), leaf;

	(void)state;
	memcpy(both, a.b, 32);
	memcpy(both + 32, b.b, 32);
	leaf = merkle_leaf(slice_mem(both, sizeof(both)));
	assert_false(hash_same(&node, &leaf));
	assert_false(hash_same(&node, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_roots),
		cmocka_unit_test(same_as_definition),
		cmocka_unit_test(leaf_is_no_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
