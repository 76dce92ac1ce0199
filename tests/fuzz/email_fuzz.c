/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};

	if (canonicalise(&kinds[KIND_EMAIL], data, size, &out))
		MUST(out.len <= EMAIL_MAX);
	return 0;
}
