/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/keeper.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "server/core/campaigns.h"
#include "server/core/reflag.h"
#include "server/core/roots.h"
#include "server/db/db.h"

#define LEAD_SECONDS    1
#define REFRESH_SECONDS 60
#define READ_SECONDS    10 /* what other processes may change */
#define ROOT_MEMORY     ((size_t)1 << 20)
#define READING         "keys and root documents are read again"
#define JUDGING         "what is pending is judged by the lists of today"

/* One line when something changed, not one a second. */
static void say(enum err e, const struct diag *d, struct diag *last, const char *good)
{
	struct diag now;

	(void)!diag_fail(&now, e, "%s",
		e == OK      ? good
		: d->text[0] ? d->text
			     : err_text(e));
	if (strcmp(now.text, last->text) == 0)
		return;
	*last = now;
	(void)fprintf(stderr, "varseld: %s\n", now.text);
}

static enum err read_roots(struct keeper *k, struct db *db, struct diag *d)
{
	struct service *s = k->service;
	struct slice note;
	enum err e;

	do {
		struct arena CLEANUP_ARENA a;

		arena_init(&a, ROOT_MEMORY);
		e = roots_get(db, feed_root_newest(s->feed) + 1, &a, &note, d);
		if (!e)
			e = feed_add_root(s->feed, note, d);
	} while (!e);
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err read_changes(struct keeper *k, struct db *db, struct diag *d)
{
	struct service *s = k->service;
	enum err e = keysoff_load(&s->off, db, d);

	if (!e)
		e = sessions_load(&s->sessions, db, clock_now(), d);
	if (!e)
		e = read_roots(k, db, d);
	if (!e)
		e = refusals_write(&s->refusals, db, clock_now(), false, d);
	if (!e && log_leading(s->core.log))
		e = campaigns_settle(&s->core, db, clock_now(), d);
	return e ? e : seen_write(&s->seen, db, d);
}

/* Once each time this hub takes the lead: another one's lists may have been others. */
static enum err judge_pending(struct keeper *k, struct db *db, struct diag *d)
{
	size_t changed = 0;
	enum err e = reflag_pending(&k->service->core, db, clock_now(), &changed, d);

	if (!e && changed)
		(void)fprintf(stderr,
			"varseld: never-block: %zu pending indicators are flagged anew\n",
			changed);
	return e;
}

static void *run_lead(void *arg)
{
	struct keeper *k = arg;
	struct service *s = k->service;
	struct db CLEANUP_DB *db = NULL;
	struct diag d = {""}, last_lead = {""}, last_read = {READING},
		    last_judge = {JUDGING};
	int64_t read_at = INT64_MIN;
	bool judged = false;
	enum err e;

	if (db_open(k->database, &db, &d)) {
		(void)fprintf(stderr, "varseld: %s\n", d.text);
		return NULL;
	}
	do {
		int64_t now = clock_now();

		if (now >= read_at + READ_SECONDS || now < read_at) {
			d.text[0] = '\0';
			e = read_changes(k, db, &d);
			say(e, &d, &last_read, READING);
			read_at = e ? INT64_MIN : now;
		}
		d.text[0] = '\0';
		e = log_lead(s->core.log, db, clock_now(), &d);
		say(e, &d, &last_lead, "leading: the log is loaded and signed");
		if (e || judged) {
			judged = judged && !e;
			continue;
		}
		d.text[0] = '\0';
		e = judge_pending(k, db, &d);
		say(e, &d, &last_judge, JUDGING);
		judged = !e;
	} while (halt_rest(&k->halt, LEAD_SECONDS * 1000));
	d.text[0] = '\0';
	e = seen_write(&s->seen, db, &d);
	if (!e)
		e = refusals_write(&s->refusals, db, clock_now(), true, &d);
	say(e, &d, &last_read, READING);
	return NULL;
}

static void *run_fresh(void *arg)
{
	struct keeper *k = arg;
	struct diag d, last = {"signing"};

	while (halt_rest(&k->halt, REFRESH_SECONDS * 1000)) {
		enum err e;

		d.text[0] = '\0';
		e = log_refresh(k->service->core.log, clock_now(), &d);
		/* Not leading is the other thread's to tell. */
		say(e == ERR_BUSY ? OK : e, &d, &last, "signing");
	}
	return NULL;
}

enum err keeper_start(
	struct keeper *k, struct service *s, const char *database, struct diag *d)
{
	enum err e;

	memset(k, 0, sizeof(*k));
	k->service = s;
	k->database = database;
	halt_init(&k->halt);
	e = thread_start(&k->lead, run_lead, k, d);
	return e ? e : thread_start(&k->fresh, run_fresh, k, d);
}

void keeper_stop(struct keeper *k)
{
	if (!k->lead.started)
		return;
	halt_raise(&k->halt);
	thread_join(&k->lead);
	thread_join(&k->fresh);
}
