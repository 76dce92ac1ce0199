/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/tile.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/clock.h"

#define INDEX_MAX (UINT64_MAX / TILE_WIDTH) /* of a tile whose end can be counted */

static bool digits3(struct slice s, unsigned *ret)
{
	unsigned v = 0;

	if (s.n != 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(s.p[i] - '0');
	}
	*ret = v;
	return true;
}

/* "x001/x234/067": 1234067. */
static bool parse_index(struct slice text, uint64_t *ret)
{
	struct slice rest = text, seg;
	bool more, first = true;
	uint64_t v = 0;
	unsigned part;

	do {
		more = slice_cut(&rest, '/', &seg);
		if (more) {
			if (!slice_starts(seg, "x"))
				return false;
			seg.p++;
			seg.n--;
		}
		if (!digits3(seg, &part) || (first && more && part == 0) ||
			v > (INDEX_MAX - part) / 1000)
			return false;
		v = v * 1000 + part;
		first = false;
	} while (more);
	*ret = v;
	return true;
}

/* A number of at most `max` in its shortest spelling. */
static bool parse_small(struct slice text, int64_t min, int64_t max, int64_t *ret)
{
	return number_parse(text, ret, NULL) == OK && *ret >= min && *ret <= max;
}

/* Splits ".p/<W>" off the end. A full tile has none. */
static bool parse_width(struct slice *index, unsigned *ret)
{
	const char *at = index->n ? memchr(index->p, '.', index->n) : NULL;
	struct slice tail;
	int64_t w;

	*ret = TILE_WIDTH;
	if (!at)
		return true;
	tail = (struct slice){at, index->n - (size_t)(at - index->p)};
	index->n -= tail.n;
	if (!slice_starts(tail, ".p/"))
		return false;
	tail.p += 3;
	tail.n -= 3;
	if (!parse_small(tail, 1, TILE_WIDTH - 1, &w))
		return false;
	*ret = (unsigned)w;
	return true;
}

enum err tile_path_parse(struct slice path, struct tile_id *ret, struct diag *d)
{
	struct tile_id t = {.level = -1};
	struct slice rest = path, level;
	int64_t n;

	if (!slice_cut(&rest, '/', &level))
		goto bad;
	if (!slice_is(level, "entries")) {
		if (!parse_small(level, 0, 63, &n))
			goto bad;
		t.level = (int)n;
	}
	if (!parse_width(&rest, &t.width) || !parse_index(rest, &t.index))
		goto bad;
	*ret = t;
	return OK;
bad:
	return diag_fail(d, ERR_SYNTAX, "tile \"%.*s\": not like 0/x001/067.p/5",
		path.n > 80 ? 80 : (int)path.n, path.p);
}

void tile_path_put(struct buf *b, const struct tile_id *t)
{
	unsigned parts[7];
	size_t n = 0;
	uint64_t rest = t->index;

	if (t->level < 0)
		buf_puts(b, "tile/entries");
	else
		buf_printf(b, "tile/%d", t->level);
	do {
		parts[n++] = (unsigned)(rest % 1000);
		rest /= 1000;
	} while (rest);
	while (n-- > 0)
		buf_printf(b, n ? "/x%03u" : "/%03u", parts[n]);
	if (t->width < TILE_WIDTH)
		buf_printf(b, ".p/%u", t->width);
}

void tiletree_init(struct tiletree *t)
{
	*t = (struct tiletree){0};
}

void tiletree_done(struct tiletree *t)
{
	for (int i = 0; i < TILE_LEVELS; i++)
		free(t->level[i].h);
	tiletree_init(t);
}

static bool has_room(struct tiletree *t, int l)
{
	uint64_t cap = t->level[l].cap;
	struct hash *h;

	if (t->level[l].n < cap)
		return true;
	cap = cap ? cap + cap / 2 : TILE_WIDTH;
	h = reallocarray(t->level[l].h, cap, sizeof(*h));
	if (!h)
		return false;
	t->level[l].h = h;
	t->level[l].cap = cap;
	return true;
}

/* The root of one full tile: its hashes are the leaves of a perfect tree. */
static struct hash tile_root(const struct hash *tile)
{
	struct hash h[TILE_WIDTH];

	memcpy(h, tile, sizeof(h));
	for (size_t n = TILE_WIDTH; n > 1; n /= 2)
		for (size_t i = 0; i < n / 2; i++)
			h[i] = merkle_node(&h[2 * i], &h[2 * i + 1]);
	return h[0];
}

enum err tiletree_append(struct tiletree *t, const struct hash *leaf)
{
	struct hash h = *leaf;
	int top = 0;

	/* make all the room first, so that a failure leaves the tree as it was */
	for (;; top++) {
		if (!has_room(t, top))
			return ERR_NOMEM;
		if ((t->level[top].n + 1) % TILE_WIDTH != 0 || top == TILE_LEVELS - 1)
			break;
	}
	for (int l = 0; l <= top; l++) {
		uint64_t n = t->level[l].n++;

		t->level[l].h[n] = h;
		if (l < top)
			h = tile_root(&t->level[l].h[n + 1 - TILE_WIDTH]);
	}
	frontier_append(&t->frontier, leaf);
	return OK;
}

enum err tiletree_get(
	const struct tiletree *t, const struct tile_id *id, struct slice *ret)
{
	uint64_t n;

	if (id->level < 0 || id->level >= TILE_LEVELS)
		return ERR_NOT_FOUND;
	n = t->level[id->level].n;
	if (id->index > n / TILE_WIDTH || n - id->index * TILE_WIDTH < id->width)
		return ERR_NOT_FOUND;
	*ret = slice_mem(&t->level[id->level].h[id->index * TILE_WIDTH],
		id->width * sizeof(struct hash));
	return OK;
}

void entry_put(struct buf *b, struct slice entry)
{
	if (entry.n > UINT16_MAX) {
		if (!b->err)
			b->err = ERR_LIMIT;
		return;
	}
	buf_putc(b, (char)(entry.n >> 8));
	buf_putc(b, (char)(entry.n & 0xff));
	buf_slice(b, entry);
}

enum err entry_next(struct slice *in, struct slice *ret_entry, struct diag *d)
{
	const unsigned char *p = (const unsigned char *)in->p;
	size_t n;

	if (in->n < 2)
		return diag_fail(d, ERR_SYNTAX, "entry bundle: cut in a length");
	n = (size_t)p[0] << 8 | p[1];
	if (in->n - 2 < n)
		return diag_fail(d, ERR_SYNTAX,
			"entry bundle: an entry of %zu bytes is cut after %zu", n,
			in->n - 2);
	*ret_entry = (struct slice){in->p + 2, n};
	in->p += 2 + n;
	in->n -= 2 + n;
	return OK;
}
