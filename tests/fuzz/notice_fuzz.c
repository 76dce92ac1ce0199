/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as an advisory: what comes out for a terminal would pass as one, and what
 * passes comes out as it is. */
#include "common/notice.h"

#include "common/limits.h"
#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf shown, again, title;
	struct slice text = slice_mem(data, size);

	buf_init(&shown, 1u << 20);
	buf_init(&again, 1u << 20);
	buf_init(&title, NOTICE_TITLE);
	notice_put(&shown, text);
	notice_put(&again, buf_view(&shown));
	MUST(slice_same(buf_view(&shown), buf_view(&again)));
	for (size_t i = 0; i < shown.len; i++)
		MUST((unsigned char)shown.data[i] >= 0x20 || shown.data[i] == '\n' ||
			shown.data[i] == '\t');
	notice_put_title(&title, text);
	MUST(buf_err(&title) == OK);
	MUST(title.len == 0 || !memchr(title.data, '\n', title.len));
	if (notice_check(text, NULL) == OK) {
		MUST(slice_same(buf_view(&shown), text));
		MUST(title.len > 0 && size <= NOTICE_MAX && notice_is(text));
	}
	return 0;
}
