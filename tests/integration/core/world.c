/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/integration/core/world.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "common/bundle.h"
#include "common/clock.h"
#include "common/link.h"
#include "common/request.h"
#include "common/root.h"
#include "server/admin/migrations.h"
#include "server/core/enrol.h"
#include "server/core/roots.h"

struct world w;

static void must(enum err e)
{
	if (e)
		print_error("%s: %s\n", err_slug(e), w.d.text);
	assert_int_equal(e, OK);
}

const char *world_dsn(void)
{
	const char *dsn = getenv("VARSEL_TEST_DATABASE");

	if (!dsn) {
		print_error("VARSEL_TEST_DATABASE is not set: run core.bats\n");
		exit(1);
	}
	return dsn;
}

struct db *world_db(void)
{
	struct db *db;

	must(db_open(world_dsn(), &db, &w.d));
	return db;
}

int64_t world_sql(const char *sql)
{
	PGconn *pg = PQconnectdb(world_dsn());
	PGresult *res = PQexec(pg, sql);
	int64_t value = -1;

	if (PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) > 0)
		value = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
	else if (PQresultStatus(res) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(pg));
	PQclear(res);
	PQfinish(pg);
	return value;
}

static void quiet(const char *name)
{
	(void)name;
}

enum err world_publish(void *ctx, const struct log_news *news, struct diag *d)
{
	struct seen *s = ctx;

	if (s->fail)
		return diag_fail(d, ERR_NOMEM, "told to fail");
	assert_int_equal(news->first, s->entries);
	for (size_t i = 0; i < news->n; i++, s->entries++) {
		if (s->entries >= 64)
			continue;
		(void)snprintf(s->entry[s->entries], sizeof(s->entry[0]), "%.*s",
			SLICE_ARG(news->entry[i].note));
		s->bundle[s->entries] = news->entry[i].bundle.n;
	}
	if (news->more)
		return OK;
	assert_int_equal(news->size, s->entries);
	s->size = news->size;
	s->root = news->root;
	s->checkpoints++;
	(void)snprintf(s->checkpoint, sizeof(s->checkpoint), "%.*s",
		SLICE_ARG(news->checkpoint));
	return OK;
}

int world_start(void **state)
{
	(void)state;
	if (sodium_init() < 0)
		return -1;
	must(seckey_generate(slice_of(HUB "/root/R"), KEY_ED25519, &w.root, &w.d));
	must(seckey_generate(
		slice_of(HUB "/coordinator/anna"), KEY_ED25519, &w.anna, &w.d));
	must(seckey_generate(slice_of(HUB "/coordinator/bo"), KEY_ED25519, &w.bo, &w.d));
	w.coordinator = (struct caller){.key = HUB "/login/anna"};
	w.db = world_db();
	must(migrations_run(w.db, "console:test", quiet, &w.d));
	return 0;
}

static void stop_log(void)
{
	log_close(&w.core.log);
	db_close(&w.lead);
	arena_done(&w.a);
	if (w.state[0]) {
		static const char *const files[] = {"log.key", "fresh.key", "head"};
		char path[128];

		for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
			(void)snprintf(path, sizeof(path), "%s/%s", w.state, files[i]);
			(void)unlink(path);
		}
		assert_int_equal(rmdir(w.state), 0);
		w.state[0] = '\0';
	}
}

int world_stop(void **state)
{
	(void)state;
	stop_log();
	db_close(&w.db);
	seckey_done(&w.root);
	seckey_done(&w.anna);
	seckey_done(&w.bo);
	return 0;
}

static void root_add(void)
{
	struct root r = {.version = 1,
		.issued = NOW - 86400,
		.expires = NOW + 300 * 86400,
		.hub = HUB,
		.threshold_root = 1,
		.threshold_coordinator = 1,
		.max_age = 3600,
		.max_lifetime = 300 * 86400};
	CLEANUP_BUF struct buf text = {.max = ROOT_MAX}, note = {.max = ROOT_MAX};
	struct root stored;
	bool added;

	r.keys[0] = w.root.pub;
	r.keys[1] = w.anna.pub;
	log_keys(w.core.log, &r.keys[2], &r.keys[3]);
	r.first[ROLE_COORDINATOR] = 1;
	r.first[ROLE_ATTEST] = 2;
	r.first[ROLE_LOG] = 2;
	r.first[ROLE_FRESH] = 3;
	r.first[ROLE_COUNT] = 4;
	root_put(&text, &r);
	note_begin(&note, buf_view(&text));
	must(note_sign(&note, buf_view(&text), &w.root, 0, &w.d));
	must(roots_add(&w.core, w.db, "console:test", buf_view(&note), &r.keys[2],
		&r.keys[3], NOW, &w.a, &stored, &added, &w.d));
}

/* What the triggers kept is what a look at every indicator gives. */
static void check_kept(void)
{
	assert_int_equal(
		world_sql("SELECT count(*) FROM (SELECT id, -orgs - least(flags & 12, 4) "
			  "* 250000"
			  "  - least(campaigns, 1) * 500000 AS urgency, -sightings AS "
			  "sightings,"
			  "  created FROM indicator WHERE state = 'pending' OR flags & "
			  "12 <> 0) i"
			  " FULL JOIN queue q ON q.indicator_id = i.id AND q.urgency = "
			  "i.urgency"
			  "  AND q.sightings = i.sightings AND q.created = i.created"
			  " WHERE i.id IS NULL OR q.indicator_id IS NULL"),
		0);
	assert_int_equal(
		world_sql(
			"SELECT count(*) FROM (SELECT until, count(*) AS n FROM indicator"
			"  WHERE until IS NOT NULL GROUP BY 1) i"
			" FULL JOIN (SELECT * FROM lapse WHERE indicators <> 0) l"
			"  ON l.until = i.until AND l.indicators = i.n"
			" WHERE i.until IS NULL OR l.until IS NULL"),
		0);
}

int world_fresh(void **state)
{
	(void)state;
	check_kept();
	stop_log();
	memset(&w.seen, 0, sizeof(w.seen));
	w.now = NOW;
	arena_init(&w.a, (size_t)256 << 20);
	(void)snprintf(w.state, sizeof(w.state), "/tmp/varsel.core.XXXXXX");
	assert_non_null(mkdtemp(w.state));
	(void)world_sql("TRUNCATE queue, lapse, org, org_key, enrol_link, login_key, "
			"token_nonce, report,"
			" indicator, report_indicator, indicator_tag, dispute, root,"
			" bundle, proposal, log, statement, checkpoint, audit, audit_cut"
			" RESTART IDENTITY CASCADE");
	w.core = (struct core){.hub = HUB,
		.channel = "kommuner",
		.origin = ORIGIN,
		.public_url = "https://" HUB};
	must(log_init(w.state, ORIGIN, &w.d));
	must(log_open(w.state, ORIGIN, world_publish, &w.seen, &w.core.log, &w.d));
	w.lead = world_db();
	must(log_lead(w.core.log, w.lead, NOW, &w.d));
	root_add();
	return 0;
}

const char *timestamp(int64_t time)
{
	char text[CLOCK_TEXT];

	clock_format(time, text);
	return arena_dup(&w.a, slice_of(text));
}

/* As a client would: the link's secret, a key, a signed request. */
void member_enrol(struct member *m, const char *code)
{
	CLEANUP_BUF struct buf text = {.max = REQUEST_NOTE_MAX},
			       note = {.max = REQUEST_NOTE_MAX};
	struct enrol_request req = {.hub = slice_of(HUB), .issued = w.now};
	struct enrol_link link;
	struct enrolled done;
	struct org org;
	const char *url;
	int64_t expires;
	bool added;

	memset(m, 0, sizeof(*m));
	(void)snprintf(m->code, sizeof(m->code), "%s", code);
	must(orgs_add(w.db, &w.coordinator, code, code, "kommune", w.now, &w.a, &org,
		&added, &w.d));
	must(orgs_link(
		&w.core, w.db, &w.coordinator, code, w.now, &w.a, &url, &expires, &w.d));
	must(link_parse(slice_of(url), &link, &w.d));
	(void)snprintf(
		m->name, sizeof(m->name), HUB "/org/%s/%lld", code, (long long)link.n);
	must(seckey_generate(slice_of(m->name), KEY_ED25519, &m->key, &w.d));
	req.org = slice_of(m->code);
	req.link_hash = hash_of(slice_mem(link.secret, sizeof(link.secret)));
	req.key = m->key.pub;
	enrol_request_put(&text, &req);
	note_begin(&note, buf_view(&text));
	must(note_sign(&note, buf_view(&text), &m->key, 0, &w.d));
	must(enrol_take(&w.core, w.db, buf_view(&note), w.now, &w.a, &done, &w.d));
	assert_string_equal(done.key, m->name);
	m->caller = (struct caller){.key = m->name, .org = m->code};
}

void member_done(struct member *m)
{
	seckey_done(&m->key);
}

static struct slice sign(const char *text, const struct seckey *key)
{
	CLEANUP_BUF struct buf note = {.max = 16u << 20};

	note_begin(&note, slice_of(text));
	must(note_sign(&note, slice_of(text), key, 0, &w.d));
	assert_int_equal(buf_err(&note), OK);
	return slice_mem(arena_dup(&w.a, buf_view(&note)), note.len);
}

struct slice report_note(const char *org, int64_t issued, const char *header,
	const char *lines, const struct seckey *key)
{
	const char *text = arena_printf(&w.a,
		"varsel/report/v1\nhub %s\norg %s\nissued %s\n%s\n%s", HUB, org,
		timestamp(issued), header ? header : "tlp amber\n", lines);

	assert_non_null(text);
	return sign(text, key);
}

enum err report_take(
	struct member *m, struct slice note, bool strict, struct submission *ret)
{
	return submission_take(
		&w.core, w.db, &m->caller, note, strict, w.now, &w.a, ret, &w.d);
}

struct submission report_lines(struct member *m, const char *lines)
{
	static int64_t serial; /* no two reports alike */
	struct submission s = {0};
	struct slice note = report_note(m->code, w.now,
		arena_printf(
			&w.a, "tlp amber\ncomment report %lld\n", (long long)serial++),
		lines, &m->key);

	must(report_take(m, note, false, &s));
	return s;
}

static struct slice decision_note(
	struct statement *st, const char *lines, const struct seckey *key)
{
	static unsigned char salt[16];
	CLEANUP_BUF struct buf bundle = {.max = BUNDLE_MAX},
			       text = {.max = STATEMENT_MAX};
	struct bundle_stored stored;

	randombytes_buf(salt, sizeof(salt));
	bundle_put_header(&bundle, salt, slice_of("test"));
	buf_puts(&bundle, lines);
	must(bundles_take(
		w.db, &w.coordinator, buf_view(&bundle), w.now, &w.a, &stored, &w.d));
	(void)snprintf(st->log, sizeof(st->log), "%s", ORIGIN);
	st->bundle = stored.sha256;
	st->bytes = (int64_t)stored.bytes;
	st->count = (int64_t)stored.count;
	statement_put(&text, st);
	return sign(buf_str(&text), key);
}

struct slice approve_note(
	int64_t issued, int64_t expires, const char *lines, const struct seckey *key)
{
	struct statement st = {
		.issued = issued, .verb = VERB_APPROVE, .expires = expires};

	return decision_note(&st, lines, key);
}

struct slice revoke_note(int64_t issued, const char *lines, const struct seckey *key)
{
	struct statement st = {.issued = issued,
		.verb = VERB_REVOKE,
		.expires = issued + REVOKE_REMEMBERED};

	return decision_note(&st, lines, key);
}

enum err decide(struct slice note, struct decided *ret)
{
	return decision_take(
		&w.core, w.db, &w.coordinator, note, 0, w.now, &w.a, ret, &w.d);
}

struct indicator get(const char *value)
{
	struct lookup l;

	must(indicators_lookup(w.db, slice_of(value), w.now, &w.a, &l, &w.d));
	assert_non_null(lookup_exact(&l));
	return *lookup_exact(&l);
}
