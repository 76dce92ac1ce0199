/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf host = {.max = VALUE_MAX};
	struct slice part;

	if (canonicalise(&kinds[KIND_URL], data, size, &out)) {
		/* its host is a canonical value of its own */
		part = url_host(buf_view(&out));
		if (kinds[KIND_IP].canonicalise(part, &host, NULL))
			MUST(kinds[KIND_DOMAIN].canonicalise(part, &host, NULL) == OK);
		MUST(slice_same(buf_view(&host), part));
	}
	return 0;
}
