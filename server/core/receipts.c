/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/receipts.h"

#include "common/note.h"
#include "common/receipt.h"
#include "server/core/events.h"
#include "server/core/signer.h"
#include "server/core/window.h"
#include "server/db/db.h"
#include "server/db/receipt.h"

struct taking {
	const struct receipt_row *row;
	bool stored;
};

static enum err tell(struct db *db, const struct receipt_row *r, struct diag *d)
{
	CLEANUP_EVENT struct event ev;

	event_begin(&ev, EVENT_RECEIPT, false, r->received);
	json_put_str(&ev.j, "org", r->org);
	json_put_num(&ev.j, "size", r->size);
	json_put_num(&ev.j, "active", r->active);
	json_put_num(&ev.j, "outputs", r->outputs);
	json_put_num(&ev.j, "failed", r->failed);
	if (r->hold.n)
		json_put_text(&ev.j, "hold", r->hold);
	else
		json_put_null(&ev.j, "hold");
	return events_put(db, &ev, d);
}

static enum err take_body(struct db *db, void *ctx, struct diag *d)
{
	struct taking *x = ctx;
	enum err e = db_receipt_put(db, x->row, &x->stored, d);

	return e || !x->stored ? e : tell(db, x->row, d);
}

enum err receipts_take(const struct core *c, struct db *db, const struct caller *by,
	struct slice bytes, int64_t now, struct arena *a, bool *ret_stored,
	struct diag *d)
{
	struct receipt r = {0};
	struct receipt_row row = {.org = by->org, .note = bytes, .received = now};
	struct taking x = {.row = &row};
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
	e = db_tx(db, take_body, &x, d);
	if (!e)
		*ret_stored = x.stored;
	return e;
}
