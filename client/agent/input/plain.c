/* SPDX-License-Identifier: BSD-2-Clause */
/* One value a line. '#' begins a comment at the start of a line or behind a blank; inside
 * a word it belongs to a URL. */
#include "client/agent/input/input.h"

enum err input_plain(struct slice text, struct input *in, struct diag *d)
{
	struct input_row row = {0};
	struct slice line;
	enum err e = OK;

	while (e == OK && text.n) {
		(void)slice_cut(&text, '\n', &line);
		row.line++;
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] == '#' &&
				(i == 0 || memchr(" \t", line.p[i - 1], 2)))
				line.n = i;
		row.value = input_trim(line);
		if (row.value.n)
			e = in->row(in->ctx, &row, d);
	}
	return e;
}
