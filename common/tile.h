/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The static layout of a log, c2sp.org/tlog-tiles v1.0.0: tiles of 256 hashes, entry
 * bundles of 256 entries each with a 16-bit big-endian length in front, and their paths.
 */
#ifndef VARSEL_TILE_H
#define VARSEL_TILE_H

#include "common/merkle.h"

#define TILE_WIDTH  256
#define TILE_LEVELS 8 /* 256^8 = 2^64 */

/* Which tile: "tile/<L>/<N>[.p/<W>]" or "tile/entries/<N>[.p/<W>]". */
struct tile_id {
	int level; /* 0..63, or -1: an entry bundle */
	uint64_t index;
	unsigned width; /* 1..255 partial, 256 full */
};

/* The part after "tile/": strict, one spelling for each tile (c2sp: three digits a
 * segment, "x" before all but the last, no leading zero segments). ERR_SYNTAX. */
enum err tile_path_parse(
	struct slice path, struct tile_id *ret, struct diag *d) CHECK_RESULT;
/* Appends "tile/0/x001/067.p/5". */
void tile_path_put(struct buf *b, const struct tile_id *t);

/* All hashes of a growing tree, in memory, for serving tiles: level 0 holds leaves, level
 * L the roots of complete subtrees of 256^L leaves. */
struct tiletree {
	struct {
		struct hash *h;
		uint64_t n, cap;
	} level[TILE_LEVELS];
	struct frontier frontier;
};

void tiletree_init(struct tiletree *t);
void tiletree_done(struct tiletree *t);
enum err tiletree_append(struct tiletree *t, const struct hash *leaf) CHECK_RESULT;
/* Borrowed bytes of a hash tile: width hashes. ERR_NOT_FOUND when the tree does not have
 * so many; valid until the next append. */
enum err tiletree_get(const struct tiletree *t, const struct tile_id *id,
	struct slice *ret) CHECK_RESULT;

/* One entry in an entry bundle: appends; ERR_LIMIT over 65,535 bytes goes to b->err. */
void entry_put(struct buf *b, struct slice entry);
/* Takes the next entry off *in. ERR_SYNTAX when it is cut. */
enum err entry_next(
	struct slice *in, struct slice *ret_entry, struct diag *d) CHECK_RESULT;

#endif
