/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/line.h"
#include "tests/fuzz/canonical.h"

/* A line that was taken is written and read again as the same line. */
static void check(enum line_form form, struct slice text)
{
	CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf again = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf one = {.max = 2 * INPUT_LINE_MAX};
	CLEANUP_BUF struct buf two = {.max = 2 * INPUT_LINE_MAX};
	struct slice written;
	struct diag d = {""};
	struct line l;

	if (line_parse(form, text, &value, &l, &d)) {
		MUST(d.text[0] != '\0');
		return;
	}
	must_be_canonical(l.kind, l.value);
	line_put(&one, form, &l);
	MUST(buf_err(&one) == OK && one.data[one.len - 1] == '\n');
	written = (struct slice){one.data, one.len - 1};
	MUST(line_parse(form, written, &again, &l, NULL) == OK);
	line_put(&two, form, &l);
	MUST(slice_same(buf_view(&one), buf_view(&two)));
	buf_reset(&two);
	MUST(line_reread(form, written, &l) == OK);
	line_put(&two, form, &l);
	MUST(slice_same(buf_view(&one), buf_view(&two)));
	if (form == LINE_REPORT && l.kind->id < KIND_MD5)
		MUST(!text_has_cpr(l.value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_mem(data, size);

	(void)text_has_cpr(text);
	check(LINE_REPORT, text);
	check(LINE_BUNDLE, text);
	check(LINE_REVOKE, text);
	return 0;
}
