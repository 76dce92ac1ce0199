/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/submission.h"

#include <inttypes.h>
#include <string.h>

#include "common/note.h"
#include "common/report.h"
#include "server/core/campaign.h"
#include "server/core/events.h"
#include "server/core/lines.h"
#include "server/core/signer.h"
#include "server/core/window.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/org.h"

struct taking {
	const struct core *core;
	const struct report *report;
	struct lines lines;
	struct report_record record; /* what is stored, and its numbers afterwards */
	struct arena *a;
	bool repeated;
};

/* Neighbourhoods, before the lines are stored. */
static void find_near(const struct taking *x)
{
	for (size_t i = 0; i < x->lines.ntaken; i++) {
		struct ingest_line *l = &x->lines.taken[i];

		l->near = campaign_near_key(x->core, l->kind, l->value);
	}
}

static enum err touch(struct db *db, int64_t org, const struct taking *x,
	const struct ingested *got, struct diag *d)
{
	struct touched t = {org, x->record.id, NULL, x->lines.ntaken};
	struct touch *item = arena_alloc(x->a, sizeof(*item) * (t.n + 1));

	if (!item)
		return diag_fail(d, ERR_NOMEM, "report: out of memory");
	for (size_t i = 0; i < t.n; i++) {
		const struct ingest_line *l = &x->lines.taken[i];

		item[i] = (struct touch){got[i].id, l->kind, l->value, l->tags, l->ntags,
			x->record.received, got[i].known};
	}
	t.t = item;
	return campaign_touch(x->core, db, &t, x->record.received, x->a, d);
}

static enum err tell(struct db *db, const struct taking *x, struct diag *d)
{
	CLEANUP_EVENT struct event ev;

	event_begin(&ev, EVENT_QUEUE, false, x->record.received);
	json_put_num(&ev.j, "report", x->record.id);
	json_put_str(&ev.j, "org", x->record.org);
	json_put_num(&ev.j, "accepted", (int64_t)x->lines.accepted);
	json_put_num(&ev.j, "known", x->record.known);
	return events_put(db, &ev, d);
}

static enum err store(struct db *db, int64_t org, struct taking *x, struct diag *d)
{
	struct ingest in = {
		.org = org,
		.report = x->record.id,
		.issued = x->record.issued,
		.now = x->record.received,
		.line = x->lines.taken,
		.n = x->lines.ntaken,
	};
	char *id = arena_printf(x->a, "%" PRId64, x->record.id);
	struct ingested *got = arena_alloc(x->a, sizeof(*got) * (in.n + 1));
	enum err e;

	if (!id || !got)
		return diag_fail(d, ERR_NOMEM, "report: out of memory");
	e = db_ingest(db, &in, got, d);
	x->record.known = 0;
	for (size_t i = 0; i < in.n; i++)
		x->record.known += got[i].known;
	if (!e)
		e = db_report_set_known(db, x->record.id, x->record.known, d);
	if (!e)
		e = db_org_reported(db, org, x->record.received, d);
	if (!e)
		e = touch(db, org, x, got, d);
	if (!e)
		e = db_audit_add(db, x->record.received, x->record.key, "report",
			slice_of(id),
			arena_printf(x->a, "accepted %zu, known %" PRId64 ", refused %zu",
				x->lines.accepted, x->record.known, x->lines.nrefused),
			d);
	return e ? e : tell(db, x, d);
}

static enum err take_body(struct db *db, void *ctx, struct diag *d)
{
	struct taking *x = ctx;
	bool suspended;
	int64_t org, id;
	enum err e = db_org_lock(db, x->record.org, &org, &suspended, d);

	if (!e && suspended)
		return diag_fail(
			d, ERR_FORBIDDEN, "report: %s is suspended", x->record.org);
	if (!e)
		e = db_report_add(db, org, &x->record, x->report->comment, &id, d);
	if (e)
		return e;
	x->repeated = id == 0;
	if (x->repeated) /* another connection was faster with the same note */
		return db_report_find(db, &x->record.sha256, &x->repeated, &x->record, d);
	x->record.id = id;
	return store(db, org, x, d);
}

/* The lines, and whether they are enough. */
static enum err take_lines(const struct core *c, struct report *r, bool strict,
	struct arena *a, struct lines *ret, struct submission *refusals, struct diag *d)
{
	enum err e = lines_read(r, c->never_block, a, ret, d);

	if (e)
		return e;
	if (ret->ntaken > 0 && !(strict && ret->nrefused > 0))
		return OK;
	refusals->refused = ret->refused;
	refusals->nrefused = ret->nrefused;
	if (ret->nrefused == 0)
		return diag_fail(d, ERR_NOTHING, "report: no indicator line");
	return diag_fail(d, ERR_NOTHING, "%s%s", ret->refused[0].reason,
		ret->nrefused > 1 ? " (and more)" : "");
}

/* Envelope, header, signature; nothing of the lines yet. */
static enum err open_report(const struct core *c, struct db *db, const struct caller *by,
	struct slice bytes, struct report *report, struct taking *x, struct diag *d)
{
	struct note note;
	enum err e = note_parse(bytes, &note, d);

	if (!e)
		e = report_parse(note.text, report, d);
	if (!e)
		e = window_check_hub(c, "report", report->hub, d);
	if (!e)
		e = signer_of_org(
			db, &note, "report", report->org, by, x->a, &x->record.key, d);
	if (e)
		return e;
	x->record.org = by->org;
	x->record.sha256 = hash_of(note.text);
	x->record.note = bytes;
	x->record.issued = report->issued;
	return OK;
}

enum err submission_take(const struct core *c, struct db *db, const struct caller *by,
	struct slice note, bool strict, int64_t now, struct arena *a,
	struct submission *ret, struct diag *d)
{
	struct report report;
	struct report_record before;
	struct taking x = {.core = c, .report = &report, .a = a};
	enum err e = open_report(c, db, by, note, &report, &x, d);

	if (!e)
		e = db_report_find(db, &x.record.sha256, &x.repeated, &before, d);
	/* One that is here already may be as old as it likes: its sender did not hear the
	 * answer, or sends it from a spool. */
	if (!e && !x.repeated)
		e = window_check_time("report", report.issued, now, &window_report, d);
	if (!e)
		e = take_lines(c, &report, strict, a, &x.lines, ret, d);
	if (e)
		return e;
	find_near(&x);
	if (x.repeated) {
		x.record = before;
	} else {
		x.record.received = now;
		x.record.accepted = (int64_t)x.lines.accepted;
		e = db_tx(db, take_body, &x, d);
		if (e)
			return e;
	}
	*ret = (struct submission){
		.id = x.record.id,
		.repeated = x.repeated,
		.accepted = (size_t)x.record.accepted,
		.known = (size_t)x.record.known,
		.refused = x.lines.refused,
		.nrefused = x.lines.nrefused,
	};
	return OK;
}

enum err submission_get(struct db *db, const struct caller *by, int64_t id,
	struct arena *a, struct report_record *ret, struct diag *d)
{
	struct report_record r;
	enum err e = db_report_get(db, id, a, &r, d);

	if (e)
		return e;
	if (by->org && strcmp(by->org, r.org) != 0)
		return diag_fail(d, ERR_FORBIDDEN,
			"report %" PRId64 " is another organisation's", id);
	*ret = r;
	return OK;
}
