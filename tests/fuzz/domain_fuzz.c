/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	unsigned char quad[4];

	if (canonicalise(&kinds[KIND_DOMAIN], data, size, &out)) {
		MUST(out.len <= DOMAIN_MAX);
		MUST(domain_contains(buf_view(&out), buf_view(&out)));
		MUST(!ip4_parse(buf_view(&out), quad));
		(void)domain_suffix(buf_view(&out));
	}
	return 0;
}
