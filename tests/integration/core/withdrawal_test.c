/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports taken back: what is counted then, what leaves the queue and what comes to it.
 */
#include "server/core/withdrawal.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "server/core/rejection.h"
#include "tests/integration/core/world.h"

#define DAY   86400
#define UNTIL "2027-02-14T08:00:00Z" /* NOW + 30 days */

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

static enum err take_back(struct member *m, int64_t report, int64_t *ret_at)
{
	return withdrawal_take(
		&w.core, w.db, &m->caller, report, w.now, &w.a, ret_at, &w.d);
}

static void withdraw(struct member *m, int64_t report)
{
	int64_t at;

	if (take_back(m, report, &at))
		fail_msg("%s", w.d.text);
}

static const char *flags(const char *value)
{
	CLEANUP_BUF struct buf all = {.max = 4096};
	struct indicator i = get(value);

	for (size_t n = 0; n < i.flags.n; n++)
		buf_printf(&all, "%s%s", n ? " " : "", i.flags.item[n]);
	return arena_dup(&w.a, buf_view(&all));
}

static const char *queue(void)
{
	CLEANUP_BUF struct buf all = {.max = 4096};
	struct indicator_filter f = {0};
	struct indicators page;

	if (indicators_queue(w.db, &f, w.now, &w.a, &page, &w.d))
		fail_msg("%s", w.d.text);
	for (size_t k = 0; k < page.n; k++)
		buf_printf(&all, "%s%s", k ? " " : "", page.item[k].value);
	return arena_dup(&w.a, buf_view(&all));
}

/* Indicators whose count is not that of the organisations whose reports stand. */
static int64_t miscounted(void)
{
	return world_sql("SELECT count(*) FROM indicator i WHERE orgs <>"
			 " (SELECT count(DISTINCT p.org_id) FROM report_indicator p"
			 "  JOIN report r ON r.id = p.report_id"
			 "  WHERE p.indicator_id = i.id AND r.withdrawn IS NULL)");
}

static void approve(const char *line, int64_t issued)
{
	struct decided r;

	if (decide(approve_note(issued, NOW + 30 * DAY, line, &w.anna), &r))
		fail_msg("%s", w.d.text);
}

static void test_what_remains_is_summed_up(void **state)
{
	struct submission s;
	struct report_record r;
	struct indicator i;

	(void)state;
	s = report_lines(&kbh, "domain a.example block confidence=90 tlp=clear "
			       "seen=2027-01-14T08:00:00Z\ndomain b.example\n");
	(void)report_lines(&aarhus, "domain a.example watch confidence=20 tlp=green\n");
	assert_int_equal(get("a.example").orgs, 2);

	w.now = NOW + 60;
	withdraw(&kbh, s.id);
	i = get("a.example");
	assert_string_equal(i.state, "pending");
	assert_int_equal(i.orgs, 1);
	assert_int_equal(i.sightings, 1);
	assert_int_equal(i.confidence, 20);
	assert_string_equal(i.tlp, "green");
	assert_string_equal(i.action, "watch");
	assert_int_equal(i.first_seen, NOW);
	/* nobody stands by this one */
	i = get("b.example");
	assert_string_equal(i.state, "rejected");
	assert_string_equal(i.reason, "withdrawn by all who reported it");
	assert_int_equal(i.orgs, 0);
	assert_string_equal(queue(), "a.example");

	/* what was said can still be verified */
	assert_int_equal(submission_get(w.db, &kbh.caller, s.id, &w.a, &r, &w.d), OK);
	assert_int_equal(r.withdrawn, NOW + 60);
	assert_true(r.note.n > 0);
	assert_int_equal(miscounted(), 0);
}

static void test_twice_is_once(void **state)
{
	struct submission s;
	int64_t first, again;

	(void)state;
	s = report_lines(&kbh, "domain a.example\n");
	(void)report_lines(&aarhus, "domain a.example\n");
	assert_int_equal(take_back(&kbh, s.id, &first), OK);
	w.now = NOW + 60;
	assert_int_equal(take_back(&kbh, s.id, &again), OK);
	assert_int_equal(first, NOW);
	assert_int_equal(again, NOW);
	assert_int_equal(get("a.example").orgs, 1);
	assert_int_equal(get("a.example").sightings, 1);
	assert_int_equal(world_sql("SELECT count(*) FROM audit WHERE action = 'withdraw'"
				   " AND subject = '1' AND actor LIKE '%/org/0101/1'"),
		1);
}

static void test_reported_again_counts_again(void **state)
{
	struct submission first, second;

	(void)state;
	first = report_lines(&kbh, "domain a.example\n");
	w.now = NOW + 1;
	second = report_lines(&kbh, "domain a.example\n");
	withdraw(&kbh, first.id);
	/* the other one stands */
	assert_int_equal(get("a.example").orgs, 1);
	withdraw(&kbh, second.id);
	assert_int_equal(get("a.example").orgs, 0);
	assert_string_equal(queue(), "");
	w.now = NOW + 2;
	(void)report_lines(&kbh, "domain a.example\n");
	assert_int_equal(get("a.example").orgs, 1);
	assert_string_equal(get("a.example").state, "pending");
	assert_null(get("a.example").reason);
	assert_int_equal(miscounted(), 0);
}

static void test_approved_ones_come_back(void **state)
{
	struct submission s, other;
	size_t n;

	(void)state;
	s = report_lines(&kbh, "domain a.example\ndomain b.example\n");
	other = report_lines(&aarhus, "domain b.example\n");
	approve("domain a.example block until=" UNTIL
		"\ndomain b.example block until=" UNTIL "\n",
		NOW);
	withdraw(&kbh, s.id);
	assert_string_equal(queue(), "a.example");
	assert_string_equal(get("a.example").state, "approved");
	assert_string_equal(flags("a.example"), "withdrawn");
	assert_string_equal(flags("b.example"), "");
	/* somebody stands by it again */
	w.now = NOW + 1;
	(void)report_lines(&aarhus, "domain a.example\n");
	assert_string_equal(queue(), "");
	assert_string_equal(flags("a.example"), "");
	/* the coordinator keeps it */
	withdraw(&aarhus, other.id);
	assert_string_equal(queue(), "b.example");
	assert_int_equal(
		rejection_take(w.db, &w.coordinator, (int64_t[]){get("b.example").id}, 1,
			"it is bad", NOW, &n, &w.d),
		OK);
	assert_int_equal(n, 1);
	assert_string_equal(queue(), "");
	assert_string_equal(get("b.example").state, "approved");
	assert_int_equal(miscounted(), 0);
}

static void test_what_has_lapsed_asks_for_nothing(void **state)
{
	struct submission s, late;

	(void)state;
	s = report_lines(&kbh, "domain a.example\n");
	late = report_lines(&aarhus, "domain b.example\n");
	approve("domain a.example block until=" UNTIL
		"\ndomain b.example block until=" UNTIL "\n",
		NOW);
	withdraw(&kbh, s.id);
	assert_string_equal(queue(), "a.example");
	w.now = NOW + 31 * DAY;
	withdraw(&aarhus, late.id);
	assert_string_equal(queue(), "");
	assert_string_equal(flags("b.example"), "");
}

static void test_whose_it_must_be(void **state)
{
	struct submission s;
	int64_t at;

	(void)state;
	s = report_lines(&kbh, "domain a.example\n");
	assert_int_equal(take_back(&aarhus, s.id, &at), ERR_FORBIDDEN);
	assert_int_equal(take_back(&kbh, 4711, &at), ERR_NOT_FOUND);
	(void)world_sql("UPDATE org SET state = 'suspended' WHERE code = '0101'");
	assert_int_equal(take_back(&kbh, s.id, &at), ERR_FORBIDDEN);
	assert_int_equal(get("a.example").orgs, 1);
	assert_int_equal(
		world_sql("SELECT count(*) FROM report WHERE withdrawn IS NOT NULL"), 0);
}

static void *report_and_withdraw(void *arg)
{
	struct member *m = arg;
	struct db *db = world_db();
	struct arena a;
	struct diag d;
	intptr_t failed = 0;

	arena_init(&a, (size_t)64 << 20);
	for (int i = 1; i <= 30; i++) {
		CLEANUP_BUF struct buf note = {.max = 65536};
		struct submission s;
		int64_t at;

		buf_printf(&note,
			"varsel/report/v1\nhub " HUB "\norg %s\nissued "
			"2027-01-15T08:00:%02dZ\ntlp amber\n\n"
			"domain a.example\ndomain b.example\ndomain c%d.example\n",
			m->code, i, i);
		struct slice text = slice_of(arena_dup(&a, buf_view(&note)));
		buf_reset(&note);
		note_begin(&note, text);
		failed += note_sign(&note, text, &m->key, 0, &d) != OK;
		failed += submission_take(&w.core, db, &m->caller, buf_view(&note), false,
				  NOW + i, &a, &s, &d) != OK;
		if (i % 3)
			failed += withdrawal_take(&w.core, db, &m->caller, s.id, NOW + i,
					  &a, &at, &d) != OK;
	}
	arena_done(&a);
	db_close(&db);
	return (void *)failed;
}

static void test_side_by_side(void **state)
{
	struct member *who[] = {&kbh, &aarhus};
	pthread_t thread[2];
	void *failed;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			pthread_create(&thread[i], NULL, report_and_withdraw, who[i]), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(miscounted(), 0);
	assert_int_equal(get("a.example").orgs, 2);
	assert_int_equal(get("a.example").sightings, 20);
	assert_string_equal(get("c1.example").state, "rejected");
	assert_string_equal(get("c3.example").state, "pending");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_remains_is_summed_up),
		TEST(test_twice_is_once),
		TEST(test_reported_again_counts_again),
		TEST(test_approved_ones_come_back),
		TEST(test_what_has_lapsed_asks_for_nothing),
		TEST(test_whose_it_must_be),
		TEST(test_side_by_side),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
