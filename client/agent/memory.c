/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/memory.h"

#include "common/clock.h"
#include "common/file.h"

enum err memory_load(const char *path, size_t max, const char *head, int64_t *ret_run,
	enum err (*each)(void *ctx, struct slice line), void *ctx, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = max};
	struct slice text, line;
	size_t n = strlen(head);
	enum err e = file_read(path, &b, d);

	*ret_run = 0;
	if (e == ERR_NOT_FOUND) {
		d->text[0] = '\0';
		return OK;
	}
	if (e)
		return e;
	text = buf_view(&b);
	(void)slice_cut(&text, '\n', &line);
	if (!slice_starts(line, head) ||
		number_parse(slice_mem(line.p + n, line.n - n), ret_run, NULL))
		return ERR_SYNTAX;
	while (e == OK && text.n) {
		(void)slice_cut(&text, '\n', &line);
		e = each(ctx, line);
	}
	return e == ERR_NOMEM ? diag_fail(d, e, "out of memory") : e;
}
