/* SPDX-License-Identifier: BSD-2-Clause */
/* A tile has one path: what is taken is written back byte for byte. */
#include "common/tile.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_mem(data, size), got;
	CLEANUP_BUF struct buf b = {.max = 5 + size};
	struct tiletree empty;
	struct tile_id id;
	struct diag d;

	if (tile_path_parse(in, &id, &d))
		return 0;
	assert(id.level >= -1 && id.level <= 63 && id.width >= 1 && id.width <= 256);
	tile_path_put(&b, &id);
	assert(!buf_err(&b) && slice_same((struct slice){b.data + 5, b.len - 5}, in));
	tiletree_init(&empty);
	assert(tiletree_get(&empty, &id, &got) == ERR_NOT_FOUND);
	return 0;
}
