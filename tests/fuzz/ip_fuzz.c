/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	unsigned char addr[16];
	unsigned bits;
	int family;

	if (canonicalise(&kinds[KIND_IP], data, size, &out)) {
		MUST(out.len < IP_TEXT);
		MUST(ip_binary(buf_view(&out), &family, addr, &bits));
		MUST(ip_contains(buf_view(&out), buf_view(&out)));
		MUST(ip_contains(slice_of("::/0"), buf_view(&out)) !=
			ip_contains(slice_of("0.0.0.0/0"), buf_view(&out)));
	}
	return 0;
}
