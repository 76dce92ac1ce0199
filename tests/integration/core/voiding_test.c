/* SPDX-License-Identifier: BSD-2-Clause */
/* Voids: what they may name, and what the other statements make of the indicators. */
#include <stdio.h>
#include <string.h>

#include "common/statement.h"
#include "tests/integration/core/world.h"

#define DAY   86400
#define UNTIL "2027-02-14T08:00:00Z" /* NOW + 30 days */
#define LATER "2027-03-16T08:00:00Z" /* NOW + 60 days */

static struct member kbh;

static int fresh(void **state)
{
	int failed = world_fresh(state);

	member_enrol(&kbh, "0101");
	return failed;
}

static int done(void **state)
{
	(void)state;
	member_done(&kbh);
	return 0;
}

static struct hash id_of(struct slice note)
{
	struct note n;

	assert_int_equal(note_parse(note, &n, &w.d), OK);
	return hash_of(n.text);
}

static struct slice approve(int64_t issued, const char *lines, bool later)
{
	struct slice note =
		approve_note(issued, NOW + (later ? 60 : 30) * DAY, lines, &w.anna);
	struct decided r;

	if (decide(note, &r))
		fail_msg("%s", w.d.text);
	return note;
}

static enum err try_void(int64_t issued, struct hash target, struct decided *ret)
{
	CLEANUP_BUF struct buf text = {.max = STATEMENT_MAX},
			       note = {.max = STATEMENT_MAX};
	struct statement st = {.issued = issued, .verb = VERB_VOID, .target = target};

	(void)snprintf(st.log, sizeof(st.log), "%s", ORIGIN);
	statement_put(&text, &st);
	note_begin(&note, buf_view(&text));
	assert_int_equal(note_sign(&note, buf_view(&text), &w.anna, 0, &w.d), OK);
	return decide(buf_view(&note), ret);
}

static struct decided voided(int64_t issued, struct slice note)
{
	struct decided r;

	if (try_void(issued, id_of(note), &r))
		fail_msg("%s", w.d.text);
	return r;
}

static void test_longest_goes(void **state)
{
	struct slice longest, other;
	struct decided r;

	(void)state;
	longest = approve(NOW, "domain a.example block until=" LATER "\n", true);
	other = approve(NOW + 1, "domain a.example watch until=" UNTIL "\n", false);
	assert_int_equal(get("a.example").until, NOW + 60 * DAY);
	r = voided(NOW + 1, longest);
	assert_int_equal(r.index, 2);
	assert_true(r.erased);
	assert_int_equal(w.seen.size, 3);
	assert_string_equal(get("a.example").state, "approved");
	assert_string_equal(get("a.example").action, "watch");
	assert_int_equal(get("a.example").until, NOW + 30 * DAY);
	assert_int_equal(world_sql("SELECT count(*) FROM bundle"), 1);
	/* The newest goes as well: nobody reported it, so it is not known. */
	r = voided(NOW + 2, other);
	assert_true(r.erased);
	assert_int_equal(world_sql("SELECT count(*) FROM indicator"), 0);
	assert_int_equal(world_sql("SELECT count(*) FROM bundle"), 0);
	/* What was decided before does not stand in the way. */
	(void)approve(NOW, "domain a.example block until=" LATER " tag=again\n", true);
	assert_string_equal(get("a.example").action, "block");
}

static void test_newest_goes(void **state)
{
	struct slice newest;

	(void)state;
	(void)approve(NOW, "domain a.example block until=" UNTIL "\n", false);
	newest = approve(NOW + 1, "domain a.example watch until=" LATER "\n", true);
	(void)voided(NOW + 5, newest);
	assert_string_equal(get("a.example").action, "block");
	assert_int_equal(get("a.example").until, NOW + 30 * DAY);
	assert_int_equal(
		world_sql("SELECT extract(epoch FROM decided)::bigint FROM indicator"),
		NOW);
}

static void test_back_to_revoked_and_pending(void **state)
{
	struct slice note;
	struct decided r;

	(void)state;
	(void)report_lines(&kbh, "domain a.example watch\ndomain b.example block\n");
	(void)approve(NOW, "domain a.example block until=" UNTIL "\n", false);
	assert_int_equal(
		decide(revoke_note(NOW + 1, "domain a.example\n", &w.anna), &r), OK);
	note = approve(NOW + 2,
		"domain a.example block until=" UNTIL "\n"
		"domain b.example watch until=" UNTIL "\n",
		false);
	(void)voided(NOW + 2, note);
	assert_string_equal(get("a.example").state, "revoked");
	assert_int_equal(get("a.example").until, 0);
	assert_string_equal(get("b.example").state, "pending");
	assert_string_equal(get("b.example").action, "block");
	assert_int_equal(get("b.example").orgs, 1);
}

static void test_shared_list(void **state)
{
	struct slice one =
		approve(NOW, "domain a.example block until=" UNTIL "\n", false);
	struct statement st;
	struct note n;
	struct decided r;
	CLEANUP_BUF struct buf text = {.max = STATEMENT_MAX},
			       two = {.max = STATEMENT_MAX};

	(void)state;
	/* Another statement on the very same list. */
	assert_int_equal(note_parse(one, &n, &w.d), OK);
	assert_int_equal(statement_parse(n.text, &st, &w.d), OK);
	st.issued++;
	statement_put(&text, &st);
	note_begin(&two, buf_view(&text));
	assert_int_equal(note_sign(&two, buf_view(&text), &w.anna, 0, &w.d), OK);
	assert_int_equal(decide(buf_view(&two), &r), OK);
	assert_false(voided(NOW + 1, one).erased);
	assert_string_equal(get("a.example").state, "approved");
	assert_true(voided(NOW + 2, buf_view(&two)).erased);
	/* Void once more, and the very same void: neither is refused. */
	assert_true(voided(NOW + 3, one).erased);
	r = voided(NOW + 3, one);
	assert_true(r.repeated);
	assert_true(r.erased);
}

static void test_refused(void **state)
{
	struct slice note =
		approve(NOW, "domain a.example block until=" UNTIL "\n", false);
	struct slice revoke = revoke_note(NOW + 1, "domain a.example\n", &w.anna);
	struct hash nothing = hash_of(slice_of("nothing"));
	struct decided r;

	(void)state;
	assert_int_equal(decide(revoke, &r), OK);
	assert_int_equal(try_void(NOW, nothing, &r), ERR_VALUE);
	assert_non_null(strstr(w.d.text, "names no statement"));
	assert_int_equal(try_void(NOW + 2, id_of(revoke), &r), ERR_VALUE);
	assert_non_null(strstr(w.d.text, "cannot be voided"));
	assert_int_equal(try_void(NOW - 1, id_of(note), &r), ERR_VALUE);
	assert_non_null(strstr(w.d.text, "issued before what it names"));
	assert_int_equal(w.seen.size, 2);
	assert_int_equal(world_sql("SELECT count(*) FROM bundle"), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_longest_goes),
		TEST(test_newest_goes),
		TEST(test_back_to_revoked_and_pending),
		TEST(test_shared_list),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
