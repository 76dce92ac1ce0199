/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/checkpoint.h"

#include <inttypes.h>

#include "common/base64.h"
#include "common/clock.h"

enum err checkpoint_parse(struct slice text, struct checkpoint *ret, struct diag *d)
{
	struct checkpoint c;
	struct slice rest = text, size, root;
	int64_t number;
	size_t n;

	if (!slice_cut(&rest, '\n', &c.origin) || !slice_cut(&rest, '\n', &size) ||
		!slice_cut(&rest, '\n', &root))
		return diag_fail(d, ERR_SYNTAX,
			"checkpoint: not the three lines origin, size and root");
	if (rest.n)
		return diag_fail(
			d, ERR_SYNTAX, "checkpoint: line 4: nothing may follow the root");
	if (c.origin.n == 0)
		return diag_fail(d, ERR_SYNTAX, "checkpoint: line 1: no origin");
	if (number_parse(size, &number, d))
		return diag_at(d, ERR_SYNTAX, "checkpoint: line 2: ");
	if (!base64_parse(root, c.root.b, sizeof(c.root.b), &n) || n != sizeof(c.root.b))
		return diag_fail(
			d, ERR_SYNTAX, "checkpoint: line 3: not 32 bytes in base64");
	c.size = (uint64_t)number;
	*ret = c;
	return OK;
}

void checkpoint_put(struct buf *b, const struct checkpoint *c)
{
	buf_slice(b, c->origin);
	buf_printf(b, "\n%" PRIu64 "\n", c->size);
	buf_base64(b, c->root.b, sizeof(c->root.b));
	buf_putc(b, '\n');
}
