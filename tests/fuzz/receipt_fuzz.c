/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of a receipt is written back as it was read. */
#include "common/receipt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf head;
	struct receipt r;
	struct diag d;

	buf_init(&head, RECEIPT_MAX);
	if (receipt_parse(slice_mem(data, size), &r, &d))
		return 0;
	receipt_put_header(&head, &r);
	if (head.len > size || memcmp(head.data, data, head.len) != 0 ||
		r.failed > r.outputs || (r.hold.n && r.hold.p < (const char *)data))
		abort();
	return 0;
}
