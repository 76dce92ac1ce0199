/* SPDX-License-Identifier: BSD-2-Clause */
/* A report is written back as it was read, and its lines are taken to their end. */
#include "common/report.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf head, value, line, again;
	struct slice text = slice_mem(data, size);
	bool end = false, fatal = false;
	struct report r;
	struct line l, back;
	struct diag d;

	buf_init(&head, REPORT_MAX);
	buf_init(&value, VALUE_MAX);
	buf_init(&line, 2 * INPUT_LINE_MAX);
	buf_init(&again, VALUE_MAX);
	if (report_parse(text, &r, &d))
		return 0;
	report_put_header(&head, &r);
	if (head.len > size || memcmp(head.data, data, head.len) != 0)
		abort();
	while (!end) {
		if (report_next(&r, &value, &l, &end, &fatal, &d) || end)
			continue;
		/* what is canonical once stays so */
		buf_reset(&line);
		line_put(&line, LINE_REPORT, &l);
		if (line_parse(LINE_REPORT, slice_mem(line.data, line.len - 1), &again,
			    &back, &d) ||
			!slice_same(l.value, back.value))
			abort();
	}
	return 0;
}
