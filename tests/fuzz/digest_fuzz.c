/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int taken = 0;

	for (int id = KIND_MD5; id <= KIND_SHA256; id++) {
		CLEANUP_BUF struct buf out = {.max = VALUE_MAX};

		taken += canonicalise(&kinds[id], data, size, &out);
		MUST(out.len == 0 || out.len == size);
	}
	/* their lengths tell them apart */
	MUST(taken <= 1);
	return 0;
}
