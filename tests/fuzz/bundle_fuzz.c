/* SPDX-License-Identifier: BSD-2-Clause */
/* What bundle_parse() took is walked without a surprise, in order. */
#include "common/bundle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(enum line_form form, struct slice text)
{
	struct line l, last;
	struct bundle b;
	struct diag d;
	size_t n = 0;

	if (bundle_parse(form, text, &b, &d))
		return;
	for (; bundle_next(form, &b.body, &l); n++) {
		if (n && line_cmp(last.kind, last.value, l.kind, l.value) >= 0)
			abort();
		if (form == LINE_BUNDLE && (l.until == 0 || l.until > b.latest))
			abort();
		last = l;
	}
	if (n != b.count - b.skipped || b.body.n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	walk(LINE_BUNDLE, slice_mem(data, size));
	walk(LINE_REVOKE, slice_mem(data, size));
	return 0;
}
