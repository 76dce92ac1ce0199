/* SPDX-License-Identifier: BSD-2-Clause */
/* A statement has one spelling: it is written as it was read, byte for byte. */
#include "common/statement.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_mem(data, size);
	CLEANUP_BUF struct buf b;
	struct statement s;
	struct diag d;

	buf_init(&b, STATEMENT_MAX);
	if (statement_parse(text, &s, &d))
		return 0;
	statement_put(&b, &s);
	if (!slice_same(buf_view(&b), text) || statement_end(&s) <= s.issued)
		abort();
	return 0;
}
