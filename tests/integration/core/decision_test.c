/* SPDX-License-Identifier: BSD-2-Clause */
/* Statements: who may decide, on what, and what it does to the hub's table. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/core/world.h"

#define DAY   86400
#define UNTIL "2027-02-14T08:00:00Z" /* NOW + 30 days */
#define LATER "2027-03-16T08:00:00Z" /* NOW + 60 days */

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

/* Refused, for this reason, and nothing was logged. */
static void refused(struct slice note, enum err e, const char *why)
{
	struct decided r;
	uint64_t size = w.seen.size;

	assert_int_equal(decide(note, &r), e);
	if (!strstr(w.d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", w.d.text, why);
	assert_int_equal(w.seen.size, size);
	assert_int_equal(world_sql("SELECT count(*) FROM statement"), size);
}

static struct decided taken(struct slice note)
{
	struct decided r;
	enum err e = decide(note, &r);

	if (e)
		fail_msg("%s: %s", err_slug(e), w.d.text);
	return r;
}

static void test_approve(void **state)
{
	const char *lines = "domain evil.example block until=" UNTIL " tag=phish\n"
			    "ip 203.0.113.7 watch until=" LATER "\n";
	struct slice note = approve_note(NOW, NOW + 60 * DAY, lines, &w.anna);
	struct decided r;
	struct indicator i;

	(void)state;
	(void)report_lines(&kbh, "domain evil.example\n");
	r = taken(note);
	assert_int_equal(r.index, 0);
	assert_int_equal(r.size, 1);
	assert_false(r.repeated);
	assert_int_equal(w.seen.size, 1);
	assert_string_equal(w.seen.entry[0], arena_dup(&w.a, note));
	assert_true(w.seen.bundle[0] > strlen(lines));

	i = get("evil.example");
	assert_string_equal(i.state, "approved");
	assert_int_equal(i.until, NOW + 30 * DAY);
	assert_int_equal(i.orgs, 1);
	assert_string_equal(i.tags.item[0], "phish");
	i = get("203.0.113.7"); /* nobody reported it */
	assert_string_equal(i.state, "approved");
	assert_string_equal(i.action, "watch");
	assert_int_equal(i.orgs, 0);

	/* The same again is the same entry, also when it has no effect any more. */
	r = taken(note);
	assert_true(r.repeated);
	assert_int_equal(r.index, 0);
	assert_int_equal(r.size, 1);
	(void)taken(revoke_note(NOW + 1, "domain evil.example\n", &w.anna));
	r = taken(note);
	assert_true(r.repeated);
	assert_int_equal(r.index, 0);
	assert_int_equal(r.size, 2);
	assert_int_equal(world_sql("SELECT count(*) FROM statement"), 2);
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'approve'"), 1);

	w.now += 31 * DAY;
	assert_string_equal(get("evil.example").state, "revoked");
	assert_string_equal(get("203.0.113.7").state, "approved");
	w.now += 31 * DAY;
	assert_string_equal(get("203.0.113.7").state, "expired");
}

static void test_longest_counts_until_revoked(void **state)
{
	(void)state;
	(void)taken(approve_note(
		NOW, NOW + 60 * DAY, "ip 203.0.113.7 block until=" LATER "\n", &w.anna));
	(void)taken(approve_note(NOW + 1, NOW + 30 * DAY,
		"ip 203.0.113.7 watch until=" UNTIL "\n", &w.anna));
	assert_int_equal(get("203.0.113.7").until, NOW + 60 * DAY);
	assert_string_equal(get("203.0.113.7").action, "watch");
	(void)taken(revoke_note(NOW + 2, "ip 203.0.113.7\n", &w.anna));
	assert_int_equal(get("203.0.113.7").until, 0);
	(void)taken(approve_note(NOW + 3, NOW + 30 * DAY,
		"ip 203.0.113.7 block until=" UNTIL "\n", &w.anna));
	assert_int_equal(get("203.0.113.7").until, NOW + 30 * DAY);
	assert_int_equal(w.seen.size, 4);
}

static void test_only_newer_decisions(void **state)
{
	const char *two = "domain a.example block until=" UNTIL "\n"
			  "domain b.example block until=" UNTIL "\n";

	(void)state;
	(void)taken(revoke_note(NOW + 10, "domain b.example\n", &w.anna));
	assert_string_equal(get("b.example").state, "revoked");
	refused(approve_note(NOW + 10, NOW + 30 * DAY, two, &w.anna), ERR_NO_EFFECT,
		"domain \"b.example\": decided on by a statement issued "
		"2027-01-15T08:00:10Z");
	assert_int_equal(world_sql("SELECT count(*) FROM indicator"), 1);
	(void)taken(approve_note(NOW + 11, NOW + 30 * DAY, two, &w.anna));
	refused(revoke_note(NOW + 11, "domain a.example\n", &w.anna), ERR_NO_EFFECT,
		"a.example");
}

static void test_who_may_decide(void **state)
{
	const char *line = "ip 203.0.113.7 block until=" UNTIL "\n";
	struct slice note = approve_note(NOW, NOW + 30 * DAY, line, &w.anna);
	char *altered = arena_dup(&w.a, note), *digit;
	CLEANUP_BUF struct buf more = {.max = STATEMENT_MAX};
	struct note parsed;

	(void)state;
	refused(approve_note(NOW, NOW + 30 * DAY, line, &w.bo), ERR_SIGNATURE,
		"0 coordinator keys");
	refused(approve_note(NOW, NOW + 30 * DAY, line, &kbh.key), ERR_SIGNATURE,
		"0 coordinator keys");
	*strstr(altered, "issued 2027") = 'I';
	refused(slice_of(altered), ERR_SYNTAX, "line 3");
	memcpy(altered, note.p, note.n);
	digit = strstr(altered, "bundle ") + 7;
	*digit = *digit == '0' ? '1' : '0';
	refused(slice_of(altered), ERR_SIGNATURE, "signature");

	/* A signature that nobody knows is not logged. */
	buf_slice(&more, note);
	assert_int_equal(note_parse(note, &parsed, &w.d), OK);
	assert_int_equal(note_sign(&more, parsed.text, &w.bo, 0, &w.d), OK);
	(void)taken(buf_view(&more));
	assert_string_equal(w.seen.entry[0], arena_dup(&w.a, note));
}

static void test_what_cannot_be_approved(void **state)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{"domain co.uk block until=" UNTIL "\n", "public suffix"},
		{"domain github.io block until=" UNTIL "\n", "override"},
		{"ip 10.0.0.0/8 block until=" UNTIL "\n", "too wide"},
		{"domain secret.example block until=" UNTIL "\n",
			"reported as tlp red only"},
	};

	(void)state;
	(void)report_lines(&kbh, "domain secret.example tlp=red\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refused(approve_note(NOW, NOW + 30 * DAY, bad[i].line, &w.anna),
			ERR_VALUE, bad[i].why);
	(void)taken(approve_note(NOW, NOW + 30 * DAY,
		"domain github.io block until=" UNTIL " override=yes\n", &w.anna));
	(void)report_lines(&aarhus, "domain secret.example tlp=green\n");
	(void)taken(approve_note(NOW, NOW + 30 * DAY,
		"domain secret.example block until=" UNTIL "\n", &w.anna));
	/* Whatever it is, it can be taken back. */
	(void)taken(revoke_note(NOW + 1, "domain co.uk\nip 10.0.0.0/8\n", &w.anna));
}

static void test_times(void **state)
{
	const char *line = "ip 203.0.113.7 block until=" UNTIL "\n";
	struct slice note = approve_note(NOW, NOW + 30 * DAY, line, &w.anna);

	(void)state;
	refused(approve_note(NOW + 121, NOW + 30 * DAY, line, &w.anna), ERR_FUTURE,
		"ahead");
	refused(approve_note(NOW - 290 * DAY, NOW + 30 * DAY, line, &w.anna), ERR_VALUE,
		"seconds, at most");
	w.now = NOW + 30 * DAY;
	refused(note, ERR_NO_EFFECT, "expired at " UNTIL);
}

static void test_bundle_must_be_here_and_fit(void **state)
{
	const char *line = "ip 203.0.113.7 block until=" UNTIL "\n";
	struct slice note = approve_note(NOW, NOW + 30 * DAY, line, &w.anna);

	(void)state;
	(void)world_sql("DELETE FROM bundle");
	refused(note, ERR_VALUE, "is not here; post it first");
	/* expires is not the latest until. */
	refused(approve_note(NOW, NOW + 29 * DAY, line, &w.anna), ERR_VALUE, "expires");
}

static void test_other_log(void **state)
{
	struct slice note = approve_note(
		NOW, NOW + 30 * DAY, "ip 203.0.113.7 block until=" UNTIL "\n", &w.anna);

	(void)state;
	w.core.origin = "hub.varsel.test/feed/drill";
	refused(note, ERR_WRONG_HUB, "for log " ORIGIN);
}

static void test_reported_again(void **state)
{
	(void)state;
	(void)report_lines(&kbh, "domain a.example\ndomain b.example\n");
	(void)taken(approve_note(NOW, NOW + 30 * DAY,
		"domain a.example watch until=" UNTIL "\n", &w.anna));
	(void)taken(revoke_note(NOW, "domain b.example\n", &w.anna));
	(void)report_lines(&kbh, "domain a.example block\ndomain b.example\n");
	/* In force: a report changes neither state nor action. */
	assert_string_equal(get("a.example").state, "approved");
	assert_string_equal(get("a.example").action, "watch");
	assert_string_equal(get("b.example").state, "revoked");
	(void)report_lines(&aarhus, "domain a.example\ndomain b.example\n");
	assert_string_equal(get("a.example").state, "approved");
	assert_string_equal(get("b.example").state, "pending");
	/* Lapsed, and there it is again. */
	w.now += 31 * DAY;
	(void)report_lines(&kbh, "domain a.example\n");
	assert_string_equal(get("a.example").state, "pending");
	assert_string_equal(get("a.example").action, "block");
	(void)taken(approve_note(NOW + 31 * DAY, NOW + 60 * DAY,
		"domain a.example block until=" LATER "\n", &w.anna));
	assert_string_equal(get("a.example").state, "approved");
}

/* A bundle as large as they come, in a time that a coordinator waits for. */
static void test_large(void **state)
{
	CLEANUP_BUF struct buf lines = {.max = BUNDLE_MAX};

	(void)state;
	for (unsigned i = 0; i < BUNDLE_LINES; i++)
		buf_printf(&lines, "domain h%05u.example block until=" UNTIL " tag=big\n",
			i);
	(void)taken(approve_note(NOW, NOW + 30 * DAY, buf_str(&lines), &w.anna));
	assert_int_equal(
		world_sql("SELECT count(*) FROM indicator WHERE state = 'approved'"),
		BUNDLE_LINES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_approve),
		TEST(test_longest_counts_until_revoked),
		TEST(test_only_newer_decisions),
		TEST(test_who_may_decide),
		TEST(test_what_cannot_be_approved),
		TEST(test_times),
		TEST(test_bundle_must_be_here_and_fit),
		TEST(test_other_log),
		TEST(test_reported_again),
		TEST(test_large),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
