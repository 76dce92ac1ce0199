/* SPDX-License-Identifier: BSD-2-Clause */
/* False positives: into the queue whatever the state, and closed by what is decided. */
#include "server/core/dispute.h"

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

static enum err dispute(struct member *m, const char *value, struct disputed *ret)
{
	return dispute_take(
		w.db, &m->caller, value, "our own webmail", w.now, &w.a, ret, &w.d);
}

static int64_t disputed(struct member *m, const char *value)
{
	struct disputed r = {0};

	if (dispute(m, value, &r))
		fail_msg("%s", w.d.text);
	return r.id;
}

static bool flagged(const char *value)
{
	struct indicator i = get(value);

	for (size_t n = 0; n < i.flags.n; n++)
		if (strcmp(i.flags.item[n], "disputed") == 0)
			return true;
	return false;
}

/* The values of the queue's only page, joined by blanks. */
static const char *queue(void)
{
	CLEANUP_BUF struct buf all = {.max = 4096};
	struct indicator_filter f = {0};
	struct indicators page;

	if (indicators_queue(w.db, &f, w.now, &w.a, &page, &w.d))
		fail_msg("%s", w.d.text);
	assert_null(page.next);
	for (size_t k = 0; k < page.n; k++)
		buf_printf(&all, "%s%s", k ? " " : "", page.item[k].value);
	return arena_dup(&w.a, buf_view(&all));
}

static int64_t open_disputes(void)
{
	return world_sql("SELECT count(*) FROM dispute WHERE closed IS NULL");
}

static void approve(const char *line, int64_t issued)
{
	struct decided r;

	if (decide(approve_note(issued, NOW + 30 * DAY, line, &w.anna), &r))
		fail_msg("%s", w.d.text);
}

static void test_whatever_its_state(void **state)
{
	struct decided r;
	size_t n;

	(void)state;
	(void)report_lines(&kbh, "domain pending.example\ndomain rejected.example\n"
				 "domain twice.example\n");
	(void)report_lines(&aarhus, "domain twice.example\n");
	assert_int_equal(
		rejection_take(w.db, &w.coordinator,
			(int64_t[]){get("rejected.example").id}, 1, "x", NOW, &n, &w.d),
		OK);
	approve("domain approved.example block until=" UNTIL
		"\ndomain revoked.example block until=" UNTIL "\n",
		NOW);
	assert_int_equal(
		decide(revoke_note(NOW + 1, "domain revoked.example\n", &w.anna), &r),
		OK);
	assert_string_equal(queue(), "twice.example pending.example");

	w.now = NOW + 10;
	(void)disputed(&aarhus, "approved.example");
	(void)disputed(&aarhus, "Rejected[.]example");
	(void)disputed(&aarhus, "revoked.example");
	(void)disputed(&aarhus, "pending.example");
	/* what may be blocked without reason is the most urgent of all */
	assert_string_equal(queue(), "pending.example rejected.example approved.example "
				     "revoked.example twice.example");
	assert_string_equal(get("approved.example").state, "approved");
	assert_string_equal(get("rejected.example").state, "rejected");
	assert_string_equal(get("revoked.example").state, "revoked");
	assert_true(flagged("approved.example"));
	assert_false(flagged("twice.example"));
	assert_int_equal(world_sql("SELECT count(*) FROM audit WHERE action = 'dispute'"
				   " AND actor LIKE '%/org/0751/1'"
				   " AND subject = (SELECT id::text FROM indicator"
				   "  WHERE value = 'approved.example')"
				   " AND detail = 'dispute 1'"),
		1);
}

/* With a filter or without, page by page. */
static void test_pages(void **state)
{
	struct indicator_filter f = {.limit = 1};
	struct indicators page;

	(void)state;
	(void)report_lines(&kbh, "domain a.example\ndomain b.example\n");
	(void)report_lines(&aarhus, "domain a.example\n");
	(void)disputed(&aarhus, "b.example");
	assert_int_equal(indicators_queue(w.db, &f, NOW, &w.a, &page, &w.d), OK);
	assert_string_equal(page.item[0].value, "b.example");
	f.cursor = page.next;
	assert_int_equal(indicators_queue(w.db, &f, NOW, &w.a, &page, &w.d), OK);
	assert_int_equal(page.n, 1);
	assert_string_equal(page.item[0].value, "a.example");
	f = (struct indicator_filter){.min_orgs = 2};
	assert_int_equal(indicators_queue(w.db, &f, NOW, &w.a, &page, &w.d), OK);
	assert_int_equal(page.n, 1);
	assert_string_equal(page.item[0].value, "a.example");
}

static void test_one_open_for_each_organisation(void **state)
{
	struct indicator_voices voices;
	struct disputed first, again;
	struct indicator i;
	int64_t id;

	(void)state;
	(void)report_lines(&kbh, "domain a.example\n");
	assert_int_equal(dispute(&aarhus, "a.example", &first), OK);
	assert_false(first.repeated);
	assert_int_equal(dispute(&aarhus, "a.example", &again), OK);
	assert_true(again.repeated);
	assert_int_equal(again.id, first.id);
	assert_int_not_equal(disputed(&kbh, "a.example"), first.id);
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'dispute'"), 2);

	id = get("a.example").id;
	assert_int_equal(indicators_get(w.db, id, w.now, &w.a, &i, &voices, &w.d), OK);
	assert_int_equal(voices.disputes.n, 2);
	assert_string_equal(voices.disputes.item[0].org, "0101");
	assert_string_equal(voices.disputes.item[1].org, "0751");
	assert_string_equal(voices.disputes.item[1].reason, "our own webmail");
	assert_int_equal(voices.disputes.item[1].created, NOW);
	assert_int_equal(voices.disputes.item[1].closed, 0);
}

static void test_closed_by_a_decision(void **state)
{
	struct decided r;

	(void)state;
	approve("domain a.example block until=" UNTIL
		"\ndomain b.example block until=" UNTIL "\n",
		NOW);
	(void)disputed(&aarhus, "a.example");
	(void)disputed(&kbh, "a.example");
	(void)disputed(&kbh, "b.example");
	w.now = NOW + 60;
	assert_int_equal(
		decide(revoke_note(NOW + 60, "domain a.example\n", &w.anna), &r), OK);
	assert_string_equal(queue(), "b.example");
	assert_int_equal(open_disputes(), 1);
	assert_int_equal(world_sql("SELECT extract(epoch FROM max(closed))::bigint"
				   " FROM dispute"),
		NOW + 60);
	/* renewed: approved again, longer */
	approve("domain b.example block until=" UNTIL "\n", NOW + 60);
	assert_string_equal(queue(), "");
	assert_int_equal(open_disputes(), 0);
	/* once closed it can be said anew */
	assert_int_equal(disputed(&kbh, "b.example"), 4);
	assert_string_equal(queue(), "b.example");
}

static void test_closed_by_a_rejection(void **state)
{
	size_t n;

	(void)state;
	approve("domain a.example block until=" UNTIL "\n", NOW);
	(void)report_lines(&kbh, "domain b.example\n");
	(void)disputed(&aarhus, "a.example");
	(void)disputed(&aarhus, "b.example");
	assert_int_equal(rejection_take(w.db, &w.coordinator,
				 (int64_t[]){get("a.example").id, get("b.example").id}, 2,
				 "it phishes, we looked", NOW, &n, &w.d),
		OK);
	assert_int_equal(n, 2);
	assert_string_equal(queue(), "");
	assert_int_equal(open_disputes(), 0);
	/* what was decided stays, and who asks is told why */
	assert_string_equal(get("a.example").state, "approved");
	assert_string_equal(get("a.example").reason, "it phishes, we looked");
	assert_string_equal(get("b.example").state, "rejected");
	assert_int_equal(
		rejection_take(w.db, &w.coordinator, (int64_t[]){get("a.example").id}, 1,
			"again", NOW, &n, &w.d),
		OK);
	assert_int_equal(n, 0);
}

/* A report of it, or what the lists say of it, does not close it. */
static void test_a_report_leaves_it_open(void **state)
{
	(void)state;
	(void)report_lines(&kbh, "domain a.example\n");
	(void)disputed(&kbh, "a.example");
	(void)report_lines(&aarhus, "domain a.example\n");
	assert_true(flagged("a.example"));
	assert_int_equal(open_disputes(), 1);
}

static void refused(const char *value, const char *reason, enum err e, const char *why)
{
	struct disputed r;

	assert_int_equal(
		dispute_take(w.db, &kbh.caller, value, reason, w.now, &w.a, &r, &w.d), e);
	if (!strstr(w.d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", w.d.text, why);
}

static void test_refused(void **state)
{
	(void)state;
	(void)report_lines(&aarhus, "domain shop.example\n");
	refused("other.example", "x", ERR_NOT_FOUND,
		"domain \"other.example\": the hub does not know it");
	refused("www.shop.example", "x", ERR_NOT_FOUND,
		"what covers it and can be disputed is domain shop.example (pending)");
	refused("not a value", "x", ERR_VALUE, "not a value");
	refused("shop.example", "", ERR_VALUE, "reason: 0 bytes");
	refused("shop.example", "two\nlines", ERR_VALUE, "reason: one line");
	refused("shop.example", "asked by 010190-1234", ERR_VALUE,
		"reason: holds a CPR number, which may not be sent");
	assert_null(strstr(w.d.text, "1234"));
	(void)world_sql("UPDATE org SET state = 'suspended' WHERE code = '0101'");
	refused("shop.example", "x", ERR_FORBIDDEN, "0101 is suspended");
	assert_int_equal(world_sql("SELECT count(*) FROM dispute"), 0);
	assert_false(flagged("shop.example"));
}

static void *dispute_over_and_over(void *arg)
{
	struct member *m = arg;
	struct db *db = world_db();
	struct arena a;
	struct diag d;
	intptr_t failed = 0;

	arena_init(&a, (size_t)64 << 20);
	for (int i = 0; i < 100; i++) {
		struct disputed r;

		failed += dispute_take(db, &m->caller, "a.example", "x", NOW, &a, &r,
				  &d) != OK;
	}
	arena_done(&a);
	db_close(&db);
	return (void *)failed;
}

/* Disputes and rejections side by side: the flag is there exactly while one is open. */
static void test_side_by_side(void **state)
{
	struct member *who[] = {&kbh, &aarhus, &kbh};
	pthread_t thread[3];
	void *failed;
	size_t n;
	int64_t id;

	(void)state;
	approve("domain a.example block until=" UNTIL "\n", NOW);
	id = get("a.example").id;
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			pthread_create(&thread[i], NULL, dispute_over_and_over, who[i]),
			0);
	for (int i = 0; i < 50; i++) {
		if (rejection_take(w.db, &w.coordinator, &id, 1, "x", NOW, &n, &w.d))
			fail_msg("%s", w.d.text);
		assert_int_equal(
			world_sql("SELECT count(*) FROM indicator i WHERE"
				  " (flags & 4 <> 0) <> EXISTS (SELECT FROM dispute x"
				  " WHERE x.indicator_id = i.id AND closed IS NULL)"),
			0);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	assert_true(open_disputes() <= 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whatever_its_state),
		TEST(test_pages),
		TEST(test_one_open_for_each_organisation),
		TEST(test_closed_by_a_decision),
		TEST(test_closed_by_a_rejection),
		TEST(test_a_report_leaves_it_open),
		TEST(test_refused),
		TEST(test_side_by_side),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
