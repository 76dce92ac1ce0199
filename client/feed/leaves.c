/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/feed/leaves.h"

#include <stdlib.h>

#include "client/feed/journal.h"
#include "client/feed/state.h"
#include "common/file.h"

#define WIDTH sizeof(struct hash)

enum err leaves_append(
	const char *dir, uint64_t size, const struct hash *leaf, size_t n, struct diag *d)
{
	char *path = state_path(dir, "leaves");
	enum err e = path ? journal_append(path, (int64_t)(size * WIDTH),
				    slice_mem(leaf, n * WIDTH), d)
			  : diag_fail(d, ERR_NOMEM, "out of memory");

	free(path);
	return e;
}

enum err leaves_read(
	const char *dir, const struct frontier *tree, struct buf *ret, struct diag *d)
{
	char *path = state_path(dir, "leaves");
	size_t at = ret->len, n = tree->size * WIDTH;
	struct hash got, want = frontier_root(tree), leaf;
	struct frontier f;
	enum err e = OK;

	if (!path)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (n)
		e = file_read(path, ret, d);
	free(path);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_SYNTAX : e;
	if (ret->len - at < n)
		return diag_fail(d, ERR_SYNTAX, "leaves: they are cut");
	ret->len = at + n;
	frontier_init(&f);
	for (size_t i = 0; i < n; i += WIDTH) {
		memcpy(&leaf, ret->data + at + i, WIDTH);
		frontier_append(&f, &leaf);
	}
	got = frontier_root(&f);
	return hash_same(&got, &want)
		       ? OK
		       : diag_fail(d, ERR_SYNTAX, "leaves: not those of the log");
}
