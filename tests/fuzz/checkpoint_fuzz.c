/* SPDX-License-Identifier: BSD-2-Clause */
/* A checkpoint has one spelling: what is taken is written back byte for byte. */
#include "common/checkpoint.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_mem(data, size);
	CLEANUP_BUF struct buf b = {.max = size};
	struct checkpoint c;
	struct diag d;

	if (checkpoint_parse(in, &c, &d))
		return 0;
	checkpoint_put(&b, &c);
	assert(!buf_err(&b) && slice_same(buf_view(&b), in));
	return 0;
}
