/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports: whose, which lines, what is counted; alone and side by side. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "server/core/rejection.h"
#include "tests/integration/core/world.h"

static struct member kbh, aarhus;

static int fresh(void **state)
{
	int failed = world_fresh(state);

	member_enrol(&kbh, "0101");
	member_enrol(&aarhus, "0751");
	return failed;
}

static int done(void **state)
{
	(void)state;
	member_done(&kbh);
	member_done(&aarhus);
	return 0;
}

static int64_t nothing_stored(void)
{
	return world_sql(
		"SELECT (SELECT count(*) FROM report) + (SELECT count(*) FROM indicator)"
		" + (SELECT count(*) FROM report_indicator)");
}

static void test_lines(void **state)
{
	struct submission s = {0};
	struct slice note = report_note("0101", NOW, NULL,
		"domain evil.example block confidence=90 seen=2027-01-15T07:00:00Z "
		"tag=b,a\n"
		"ip 203.0.113.7\n"
		"domain co.uk\n"
		"ip 10.0.0.0/8\n"
		"carrot orange\n"
		"domain hxxp[.]example block\n"
		"ip 203.0.113.7 confidence=70 tlp=green tag=c\n"
		"url http://x.example:0/\n"
		"md5 d41d8cd98f00b204e9800998ecf8427e block\n",
		&kbh.key);
	struct indicator i;

	(void)state;
	assert_int_equal(report_take(&kbh, note, false, &s), OK);
	assert_int_equal(s.accepted, 4);
	assert_int_equal(s.known, 0);
	assert_false(s.repeated);
	assert_int_equal(s.nrefused, 5);
	assert_int_equal(s.refused[0].line, 9);
	assert_string_equal(s.refused[0].reason,
		"line 9: domain \"co.uk\": a public suffix cannot be blocked");
	assert_int_equal(s.refused[1].line, 10);
	assert_non_null(
		strstr(s.refused[1].reason, "line 10: ip \"10.0.0.0/8\": too wide"));
	assert_int_equal(s.refused[2].line, 11);
	assert_int_equal(s.refused[3].line, 14);
	assert_int_equal(s.refused[4].line, 15);
	assert_int_equal(world_sql("SELECT count(*) FROM indicator"), 3);

	i = get("evil.example");
	assert_string_equal(i.state, "pending");
	assert_string_equal(i.action, "block");
	assert_string_equal(i.tlp, "amber");
	assert_int_equal(i.confidence, 90);
	assert_int_equal(i.orgs, 1);
	assert_int_equal(i.sightings, 1);
	assert_int_equal(i.first_seen, NOW - 3600);
	assert_int_equal(i.tags.n, 2);
	assert_string_equal(i.tags.item[0], "a");
	assert_string_equal(i.tags.item[1], "b");
	assert_int_equal(i.flags.n, 0);
	/* Twice in one report is one report of it, with the most that was said. */
	i = get("203.0.113.7");
	assert_int_equal(i.sightings, 1);
	assert_int_equal(i.confidence, 70);
	assert_string_equal(i.tlp, "green");
	assert_int_equal(i.first_seen, NOW);
}

static void test_same_note_is_same_report(void **state)
{
	struct slice note = report_note("0101", NOW - 6 * 86400, NULL,
		"domain evil.example\ndomain dk\n", &kbh.key);
	struct submission first = {0}, again = {0};
	struct report_record r;

	(void)state;
	assert_int_equal(report_take(&kbh, note, false, &first), OK);
	w.now += 30 * 86400; /* it lay in a spool for a month */
	assert_int_equal(report_take(&kbh, note, false, &again), OK);
	assert_true(again.repeated);
	assert_int_equal(again.id, first.id);
	assert_int_equal(again.accepted, 1);
	assert_int_equal(again.known, 0);
	assert_int_equal(again.nrefused, 1);
	assert_int_equal(world_sql("SELECT count(*) FROM report"), 1);
	assert_int_equal(get("evil.example").sightings, 1);

	assert_int_equal(submission_get(w.db, &kbh.caller, first.id, &w.a, &r, &w.d), OK);
	assert_true(slice_same(r.note, note));
	assert_string_equal(r.org, "0101");
	assert_string_equal(r.key, kbh.name);
	assert_int_equal(submission_get(w.db, &aarhus.caller, first.id, &w.a, &r, &w.d),
		ERR_FORBIDDEN);
	assert_int_equal(
		submission_get(w.db, &w.coordinator, first.id, &w.a, &r, &w.d), OK);
	assert_int_equal(
		submission_get(w.db, &w.coordinator, 999, &w.a, &r, &w.d), ERR_NOT_FOUND);
}

static void refused(struct member *m, struct slice note, enum err e, const char *why)
{
	struct submission s = {0};

	assert_int_equal(report_take(m, note, false, &s), e);
	if (!strstr(w.d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", w.d.text, why);
	assert_int_equal(nothing_stored(), 0);
}

static void test_whose(void **state)
{
	struct seckey stranger = {0};
	struct slice note =
		report_note("0101", NOW, NULL, "domain a.example\n", &kbh.key);
	char *altered = arena_dup(&w.a, note);

	(void)state;
	refused(&aarhus, note, ERR_FORBIDDEN,
		"in the name of 0101, with a token of 0751");
	refused(&kbh, report_note("0101", NOW, NULL, "domain a.example\n", &aarhus.key),
		ERR_FORBIDDEN, "signed by a key of 0751");
	*strstr(altered, "a.example") = 'b';
	refused(&kbh, slice_of(altered), ERR_SIGNATURE, "signature");
	assert_int_equal(
		seckey_generate(slice_of(kbh.name), KEY_ED25519, &stranger, &w.d), OK);
	refused(&kbh, report_note("0101", NOW, NULL, "domain a.example\n", &stranger),
		ERR_SIGNATURE, "no key of 0101");
	seckey_done(&stranger);

	assert_int_equal(orgs_suspend(w.db, &w.coordinator, "0101", NOW, &w.d), OK);
	refused(&kbh, note, ERR_FORBIDDEN, "switched off");
}

static void test_header(void **state)
{
	(void)state;
	refused(&kbh,
		report_note("0101", NOW - 8 * 86400, NULL, "ip 203.0.113.7\n", &kbh.key),
		ERR_STALE, "2027-01-07T08:00:00Z");
	refused(&kbh, report_note("0101", NOW + 301, NULL, "ip 203.0.113.7\n", &kbh.key),
		ERR_FUTURE, "ahead");
	refused(&kbh,
		report_note("0101", NOW, "tlp amber\ncomment ring 010190-1234\n",
			"ip 203.0.113.7\n", &kbh.key),
		ERR_VALUE, "line 6");
	refused(&kbh,
		report_note("0101", NOW, NULL,
			"ip 203.0.113.7\nurl http://x.example/010190-1234\n", &kbh.key),
		ERR_VALUE, "line 8: holds a CPR number");
	refused(&kbh,
		report_note("0101", NOW, "tlp amber\ntlp green\n", "ip 203.0.113.7\n",
			&kbh.key),
		ERR_SYNTAX, "line 6");
	refused(&kbh, report_note("0101", NOW, NULL, "", &kbh.key), ERR_NOTHING,
		"no indicator");
	w.core.hub = "other.example";
	refused(&kbh, report_note("0101", NOW, NULL, "ip 203.0.113.7\n", &kbh.key),
		ERR_WRONG_HUB, "hub.varsel.test");
}

static void test_strict(void **state)
{
	struct slice note = report_note(
		"0101", NOW, NULL, "ip 203.0.113.7\ndomain dk\ndomain com\n", &kbh.key);
	struct slice bad = report_note("0101", NOW, NULL, "domain dk\n", &kbh.key);
	struct submission s = {0};

	(void)state;
	assert_int_equal(report_take(&kbh, note, true, &s), ERR_NOTHING);
	assert_int_equal(s.nrefused, 2);
	assert_int_equal(s.refused[0].line, 8);
	assert_int_equal(nothing_stored(), 0);
	assert_int_equal(report_take(&kbh, bad, false, &s), ERR_NOTHING);
	assert_int_equal(s.nrefused, 1);
	assert_int_equal(nothing_stored(), 0);
	assert_int_equal(report_take(&kbh, note, false, &s), OK);
	assert_int_equal(s.accepted, 1);
}

static void test_counts_of_organisations(void **state)
{
	struct submission s;
	struct indicator i;

	(void)state;
	(void)report_lines(&kbh, "domain evil.example watch tlp=red confidence=10\n");
	i = get("evil.example");
	assert_string_equal(i.tlp, "red");
	assert_int_equal(i.flags.n, 1);
	assert_string_equal(i.flags.item[0], "tlp-red");
	s = report_lines(&kbh, "domain evil.example seen=2027-01-01T00:00:00Z\n");
	assert_int_equal(s.known, 1);
	assert_int_equal(get("evil.example").orgs, 1);
	s = report_lines(
		&aarhus, "domain Evil.Example. confidence=80\ndomain other.example\n");
	assert_int_equal(s.known, 1);
	i = get("evil.example");
	assert_int_equal(i.orgs, 2);
	assert_int_equal(i.sightings, 3);
	assert_int_equal(i.confidence, 80);
	assert_string_equal(i.action, "block");
	assert_string_equal(i.tlp, "amber"); /* another source may pass it on */
	assert_int_equal(i.first_seen, NOW - 14 * 86400 - 8 * 3600);
	assert_int_equal(i.last_seen, NOW);
	assert_int_equal(world_sql("SELECT reports FROM org WHERE code = '0101'"), 2);
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'report'"), 3);
}

static void test_private_suffix_is_flagged(void **state)
{
	struct indicator i;

	(void)state;
	(void)report_lines(&kbh, "domain github.io\ndomain a.github.io\n");
	i = get("github.io");
	assert_int_equal(i.flags.n, 1);
	assert_string_equal(i.flags.item[0], "private-suffix");
	assert_int_equal(get("a.github.io").flags.n, 0);
}

static void test_rejected_comes_back(void **state)
{
	struct indicator i;
	size_t n;
	int64_t id, unknown[2];

	(void)state;
	(void)report_lines(&kbh, "domain evil.example\n");
	id = get("evil.example").id;
	unknown[0] = id;
	unknown[1] = 4711;
	assert_int_equal(
		rejection_take(w.db, &w.coordinator, unknown, 2, "no", NOW, &n, &w.d),
		ERR_NOT_FOUND);
	assert_non_null(strstr(w.d.text, "4711"));
	assert_string_equal(get("evil.example").state, "pending");
	assert_int_equal(
		rejection_take(w.db, &w.coordinator, &id, 1, "a bank", NOW, &n, &w.d),
		OK);
	assert_int_equal(n, 1);
	i = get("evil.example");
	assert_string_equal(i.state, "rejected");
	assert_string_equal(i.reason, "a bank");
	assert_int_equal(
		rejection_take(w.db, &w.coordinator, &id, 1, "again", NOW, &n, &w.d), OK);
	assert_int_equal(n, 0);

	(void)report_lines(&kbh, "domain evil.example\n");
	assert_string_equal(get("evil.example").state, "rejected");
	(void)report_lines(&aarhus, "domain evil.example\n");
	i = get("evil.example");
	assert_string_equal(i.state, "pending");
	assert_null(i.reason);
	assert_int_equal(
		rejection_take(w.db, &w.coordinator, &id, 1, "a\nb", NOW, &n, &w.d),
		ERR_VALUE);
	assert_int_equal(rejection_take(w.db, &w.coordinator, &id, 1, "", NOW, &n, &w.d),
		ERR_VALUE);
}

#define CLIENTS 8
#define LINES   1000

/* One client of the crowd: its own connection, its own memory. */
struct client {
	pthread_t thread;
	struct member member;
	struct slice note;
	struct submission s;
	enum err e;
	struct diag d;
};

static void *client_run(void *arg)
{
	struct client *c = arg;
	struct arena a;
	struct db *db = NULL;

	arena_init(&a, (size_t)64 << 20);
	c->e = db_open(world_dsn(), &db, &c->d);
	if (!c->e)
		c->e = submission_take(&w.core, db, &c->member.caller, c->note, false,
			NOW, &a, &c->s, &c->d);
	db_close(&db);
	arena_done(&a);
	return NULL;
}

static void crowd_run(struct client *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(
			pthread_create(&c[i].thread, NULL, client_run, &c[i]), 0);
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(c[i].thread, NULL);
	for (size_t i = 0; i < n; i++)
		if (c[i].e)
			fail_msg("client %zu: %s", i, c[i].d.text);
}

/* All report the same indicators, each in an order of its own. */
static void test_crowd(void **state)
{
	static struct client c[CLIENTS];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < CLIENTS; i++) {
			CLEANUP_BUF struct buf lines = {.max = 1u << 20};
			char code[8];

			for (size_t k = 0; k < LINES; k++)
				buf_printf(&lines, "domain h%zu.example tag=t%d\n",
					(k * 7 + i * 131) % LINES + 1, round);
			(void)snprintf(code, sizeof(code), "9%zu", i);
			if (round == 0)
				member_enrol(&c[i].member, code);
			c[i].note = report_note(c[i].member.code, NOW - round, NULL,
				buf_str(&lines), &c[i].member.key);
		}
		crowd_run(c, CLIENTS);
	}
	assert_int_equal(world_sql("SELECT count(*) FROM indicator"), LINES);
	assert_int_equal(world_sql("SELECT count(*) FROM indicator WHERE orgs <> 8"
				   " OR sightings <> 24"),
		0);
	assert_int_equal(world_sql("SELECT count(*) FROM (SELECT DISTINCT"
				   " indicator_id, org_id FROM report_indicator) p"),
		CLIENTS * LINES);
	assert_int_equal(world_sql("SELECT count(*) FROM indicator_tag"), 3 * LINES);
	assert_int_equal(
		world_sql("SELECT count(*) FROM report_indicator"), 3 * CLIENTS * LINES);
	for (size_t i = 0; i < CLIENTS; i++)
		member_done(&c[i].member);
}

static void test_same_note_at_the_same_time(void **state)
{
	static struct client c[CLIENTS];
	struct slice note = report_note(
		"0101", NOW, NULL, "domain a.example\ndomain b.example\n", &kbh.key);
	size_t new = 0;

	(void)state;
	for (size_t i = 0; i < CLIENTS; i++) {
		c[i] = (struct client){.note = note};
		c[i].member.caller = kbh.caller;
	}
	crowd_run(c, CLIENTS);
	for (size_t i = 0; i < CLIENTS; i++) {
		assert_int_equal(c[i].s.id, c[0].s.id);
		assert_int_equal(c[i].s.accepted, 2);
		assert_int_equal(c[i].s.known, 0);
		new += !c[i].s.repeated;
	}
	assert_int_equal(new, 1);
	assert_int_equal(world_sql("SELECT count(*) FROM report"), 1);
	assert_int_equal(world_sql("SELECT max(sightings) FROM indicator"), 1);
}

/* Different reports of one organisation that overlap: it is still one organisation. */
static void test_one_organisation_at_the_same_time(void **state)
{
	static struct client c[CLIENTS];
	CLEANUP_BUF struct buf lines = {.max = 1u << 20};

	(void)state;
	for (size_t i = 0; i < LINES; i++)
		buf_printf(&lines, "domain h%zu.example\n", i);
	for (size_t i = 0; i < CLIENTS; i++) {
		c[i] = (struct client){0};
		c[i].member.caller = kbh.caller;
		c[i].note = report_note(
			"0101", NOW - (int64_t)i, NULL, buf_str(&lines), &kbh.key);
	}
	crowd_run(c, CLIENTS);
	assert_int_equal(world_sql("SELECT max(orgs) FROM indicator"), 1);
	assert_int_equal(world_sql("SELECT min(sightings) FROM indicator"), CLIENTS);
	assert_int_equal(
		world_sql("SELECT sum(known) FROM report"), (CLIENTS - 1) * LINES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_same_note_is_same_report),
		TEST(test_whose),
		TEST(test_header),
		TEST(test_strict),
		TEST(test_counts_of_organisations),
		TEST(test_private_suffix_is_flagged),
		TEST(test_rejected_comes_back),
		TEST(test_crowd),
		TEST(test_same_note_at_the_same_time),
		TEST(test_one_organisation_at_the_same_time),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
