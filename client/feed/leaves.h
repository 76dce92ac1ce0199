/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The leaf hashes of the log that was followed, one behind the other. A frontier cannot
 * go back: with these the tree of any earlier size can be had again, which is what an
 * attest of that size is compared with. The frontier tells whether they are whole.
 */
#ifndef VARSEL_FEED_LEAVES_H
#define VARSEL_FEED_LEAVES_H

#include "common/merkle.h"

/* Puts `n` behind the first `size`, and cuts what a killed run left there. ERR_CANTCREAT,
 * ERR_NOMEM. */
enum err leaves_append(const char *dir, uint64_t size, const struct hash *leaf, size_t n,
	struct diag *d) CHECK_RESULT;

/* Appends the first tree->size of them to *ret, as bytes. ERR_SYNTAX when they are not
 * that tree's; ERR_NOMEM, ERR_IO. */
enum err leaves_read(const char *dir, const struct frontier *tree, struct buf *ret,
	struct diag *d) CHECK_RESULT;

#endif
