/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/attest.h"

#include <inttypes.h>

#include "server/db/checkpoint.h"

enum err attest_check(struct db *db, int64_t row, uint64_t size,
	const struct statement *st, struct diag *d)
{
	char theirs[HASH_HEX], ours[HASH_HEX];
	struct hash root;
	enum err e;

	if ((uint64_t)st->size > size)
		return diag_fail(d, ERR_VALUE,
			"attest: of %" PRId64 " entries; this log has %" PRIu64, st->size,
			size);
	e = db_checkpoint_root(db, row, st->size, &root, d);
	if (e == ERR_NOT_FOUND)
		return diag_fail(d, ERR_VALUE,
			"attest: of %" PRId64
			" entries; no checkpoint of that size was signed here",
			st->size);
	if (e || hash_same(&root, &st->root))
		return e;
	hash_hex(&st->root, theirs);
	hash_hex(&root, ours);
	return diag_fail(d, ERR_VALUE,
		"attest: the root of the first %" PRId64 " entries is %s, not %s",
		st->size, ours, theirs);
}
