/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/merkle.h"

#include <assert.h>

struct hash merkle_leaf(struct slice entry)
{
	static const char prefix = 0x00;
	struct hasher h;

	hasher_init(&h);
	hasher_add(&h, slice_mem(&prefix, 1));
	hasher_add(&h, entry);
	return hasher_end(&h);
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
	char in[1 + 2 * sizeof(left->b)];

	in[0] = 0x01;
	memcpy(in + 1, left->b, sizeof(left->b));
	memcpy(in + 1 + sizeof(left->b), right->b, sizeof(right->b));
	return hash_of(slice_mem(in, sizeof(in)));
}

void frontier_init(struct frontier *f)
{
	*f = (struct frontier){0};
}

void frontier_append(struct frontier *f, const struct hash *leaf)
{
	struct hash h = *leaf;

	assert(f->size < INT64_MAX);
	/* as in binary counting: each trailing one bit is a subtree that is now complete
	 */
	for (uint64_t ones = f->size; ones & 1; ones >>= 1)
		h = merkle_node(&f->h[--f->n], &h);
	f->h[f->n++] = h;
	f->size++;
}

struct hash frontier_root(const struct frontier *f)
{
	struct hash h;

	if (f->n == 0)
		return hash_of((struct slice){"", 0});
	h = f->h[f->n - 1];
	for (unsigned i = f->n - 1; i > 0; i--)
		h = merkle_node(&f->h[i - 1], &h);
	return h;
}
