/* SPDX-License-Identifier: BSD-2-Clause */
/* A follower's head file, and the records of its journal. The checksums are made right
 * first: random bytes would never get past them. */
#include <sodium.h>
#include <stdlib.h>

#include "client/feed/journal.h"
#include "client/feed/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void fuzz_head(struct slice text)
{
	struct hash sum = hash_of(text);
	struct head h;
	struct buf b, back;

	buf_init(&b, HEAD_MAX);
	buf_init(&back, HEAD_MAX);
	buf_slice(&b, text);
	buf_puts(&b, "sum ");
	buf_hex(&b, sum.b, sizeof(sum.b));
	buf_putc(&b, '\n');
	if (head_parse(buf_view(&b), &h, NULL) == OK) {
		head_put(&back, &h);
		head_done(&h);
		if (head_parse(buf_view(&back), &h, NULL) != OK)
			abort();
		head_done(&h);
	}
	buf_done(&b);
	buf_done(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice in = slice_mem(data, n), note;
	uint64_t index;

	fuzz_head(in);
	while (journal_next(&in, &index, &note, NULL) == OK)
		;
	return 0;
}
