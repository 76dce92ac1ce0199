/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Merkle tree of RFC 6962 section 2.1, grown leaf by leaf. A frontier is the list of
 * complete subtrees' roots, largest first: one for each bit set in the size. It is all
 * that a follower stores, and it proves append-only by itself.
 */
#ifndef VARSEL_MERKLE_H
#define VARSEL_MERKLE_H

#include "common/hash.h"

struct frontier {
	uint64_t size;
	unsigned n; /* popcount of size */
	struct hash h[63];
};

struct hash merkle_leaf(struct slice entry); /* SHA-256(0x00 || entry) */
struct hash merkle_node(const struct hash *left, const struct hash *right);

void frontier_init(struct frontier *f);
void frontier_append(struct frontier *f, const struct hash *leaf);
/* SHA-256("") for the empty tree. */
struct hash frontier_root(const struct frontier *f);

#endif
