/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_mem(data, size);
	CLEANUP_BUF struct buf plain = {.max = size};
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	const struct kind *kind = NULL;
	struct diag d;

	refang(in, &plain);
	MUST(buf_err(&plain) == OK); /* never longer than what came in */
	MUST(refang_needed(in) || slice_same(buf_view(&plain), in));
	if (kind_recognise(in, &kind, &out, &d) == OK)
		must_be_canonical(kind, buf_view(&out));
	return 0;
}
