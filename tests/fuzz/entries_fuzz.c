/* SPDX-License-Identifier: BSD-2-Clause */
/* An entry bundle that is taken to its end is its entries, each with its length. */
#include "common/tile.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_mem(data, size), rest = in, entry;
	CLEANUP_BUF struct buf b = {.max = size};
	struct diag d;

	while (rest.n) {
		size_t before = rest.n;

		if (entry_next(&rest, &entry, &d)) {
			assert(rest.n == before);
			return 0;
		}
		assert(rest.n + 2 + entry.n == before);
		entry_put(&b, entry);
	}
	assert(!buf_err(&b) && slice_same(buf_view(&b), in));
	return 0;
}
