/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/feed/fetch.h"

#include <stdio.h>

#include "common/tile.h"

#define ENTRY_MAX    65535u /* a 16-bit length */
#define ENTRIES_MORE 540L   /* seconds for the largest entry bundle on a slow line */

enum err fetch_checkpoint(struct feed *f, struct hub *h, uint64_t size, int wait,
	struct buf *ret, struct diag *d)
{
	char path[128 + CHANNEL_MAX];
	int n = snprintf(path, sizeof(path), "/v1/feed/%s/checkpoint", f->channel);

	if (wait > 0)
		(void)snprintf(path + n, sizeof(path) - (size_t)n, "?after=%llu&wait=%d",
			(unsigned long long)size, wait);
	return hub_get_wait(h, path, wait, ret, d);
}

enum err fetch_root(struct hub *h, int64_t version, struct buf *ret, struct diag *d)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/v1/root/%lld", (long long)version);
	return hub_get(h, path, ret, d);
}

static enum err get_tile(struct feed *f, struct hub *h, const struct tile_id *id,
	struct buf *ret, struct diag *d)
{
	CLEANUP_BUF struct buf path;

	buf_init(&path, 256);
	buf_printf(&path, "/v1/feed/%s/", f->channel);
	tile_path_put(&path, id);
	if (buf_err(&path))
		return diag_fail(d, buf_err(&path), "entry bundle: its path is too long");
	buf_reset(ret);
	return hub_get_long(h, buf_str(&path), ENTRIES_MORE, ret, d);
}

/* The entry bundle `index` with at least `width` entries. */
static enum err get_entries(struct feed *f, struct hub *h, uint64_t index, unsigned width,
	struct buf *ret, struct diag *d)
{
	struct tile_id id = {.level = -1, .index = index, .width = width};
	enum err e = get_tile(f, h, &id, ret, d);

	/* a partial one goes away when it is full */
	if (e == ERR_NOT_FOUND && width < TILE_WIDTH) {
		id.width = TILE_WIDTH;
		e = get_tile(f, h, &id, ret, d);
	}
	return e;
}

enum err fetch_entries(struct feed *f, struct hub *h, uint64_t from, uint64_t to,
	enum err (*each)(void *ctx, uint64_t index, struct slice entry, struct diag *d),
	void *ctx, struct diag *d)
{
	CLEANUP_BUF struct buf bundle;
	uint64_t at = from;

	buf_init(&bundle, TILE_WIDTH * (size_t)(ENTRY_MAX + 2));
	while (at < to) {
		uint64_t first = at / TILE_WIDTH * TILE_WIDTH;
		unsigned width =
			to - first < TILE_WIDTH ? (unsigned)(to - first) : TILE_WIDTH;
		struct slice rest, entry;
		enum err e = get_entries(f, h, first / TILE_WIDTH, width, &bundle, d);

		if (e)
			return e;
		rest = buf_view(&bundle);
		for (uint64_t i = first; i < first + width; i++) {
			e = entry_next(&rest, &entry, d);
			if (e)
				return diag_at(d, e, "entry bundle %llu: ",
					(unsigned long long)(first / TILE_WIDTH));
			if (i >= at) {
				e = each(ctx, i, entry, d);
				if (e)
					return e;
			}
		}
		at = first + width;
	}
	return OK;
}
