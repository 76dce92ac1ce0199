/* SPDX-License-Identifier: BSD-2-Clause */
/* A root document has one spelling, and as a note it is opened or refused. */
#include "common/root.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_mem(data, size);
	CLEANUP_BUF struct buf b;
	struct root r, next;
	struct diag d;

	buf_init(&b, ROOT_MAX);
	if (root_parse(text, &r, &d) == OK) {
		root_put(&b, &r);
		if (!slice_same(buf_view(&b), text) || r.first[ROLE_COUNT] < 4)
			abort();
	}
	if (root_open_first(text, &r, &d) == OK &&
		root_open_next(&r, text, &next, &d) != ERR_STALE)
		abort();
	return 0;
}
