/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/receipts.h"

#include "common/note.h"
#include "common/receipt.h"
#include "server/core/signer.h"
#include "server/core/window.h"
#include "server/db/receipt.h"

enum err receipts_take(const struct core *c, struct db *db, const struct caller *by,
	struct slice bytes, int64_t now, struct arena *a, bool *ret_stored,
	struct diag *d)
{
	struct receipt r = {0};
	struct receipt_row row = {.org = by->org, .note = bytes, .received = now};
	struct note note;
	enum err e = note_parse(bytes, &note, d);

	if (!e)
		e = receipt_parse(note.text, &r, d);
	if (!e)
		e = window_check(c, "receipt", r.hub, r.issued, now, &window_report, d);
	if (!e && !slice_is(r.log, c->origin))
		e = diag_fail(d, ERR_WRONG_HUB, "receipt: of log %.*s, this is %s",
			SLICE_ARG(r.log), c->origin);
	if (!e)
		e = signer_of_org(db, &note, "receipt", r.org, by, a, &row.key, d);
	if (e)
		return e;
	row.issued = r.issued;
	row.at = r.at;
	row.root_version = r.root_version;
	row.size = r.size;
	row.active = r.active;
	row.digest = r.digest;
	row.outputs = (int64_t)r.outputs;
	row.failed = (int64_t)r.failed;
	row.hold = r.hold;
	row.log = c->origin;
	return db_receipt_put(db, &row, ret_stored, d);
}
