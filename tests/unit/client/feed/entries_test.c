/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

static void of_a_fork_only_revocations_are_taken(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	approve(w, "domain b.example");
	fake_publish(w->hub);
	must_update(w);
	fork_log(w, true);
	(void)fake_revoke(w->hub, "domain b.example", clock_now() + 1, &w->hub->log);
	fake_publish(w->hub);
	assert_int_equal(update(w), ERR_HOLD);
	assert_true(w->news);
	assert_int_equal(count_files(w, "evidence"), 2);
	assert_int_equal(w->feed->log.size, 2);
	assert_false(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	assert_false(is_active(w, "new.example"));
	reopen(w);
	assert_int_equal(update(w), ERR_HOLD);
	assert_false(is_active(w, "a.example"));
	assert_int_equal(feed_load(w->feed, &w->d), OK);
	assert_int_equal(w->feed->n, 3);
}

static void garbage_in_the_log_is_folded_and_skipped(void **state)
{
	struct world *w = *state;
	struct statement st;

	approve(w, "domain a.example");
	fake_log(w->hub, slice_of("garbage"));
	fake_log(w->hub, slice_of(""));
	st = fake_approve(
		w->hub, "domain forged.example", clock_now(), DAY, &w->hub->log);
	(void)st;
	approve(w, "domain b.example");
	fake_publish(w->hub);
	must_update(w);
	assert_int_equal(w->feed->skipped, 3);
	assert_non_null(strstr(w->d.text, "3 log entries skipped: log entry 1: "));
	assert_true(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	assert_false(is_active(w, "forged.example"));
}

static void another_logs_statement_does_not_count(void **state)
{
	struct world *w = *state;
	struct statement st = {.verb = VERB_APPROVE,
		.issued = clock_now(),
		.expires = clock_now() + DAY,
		.log = "hub.test/feed/test"};
	char until[CLOCK_TEXT], line[128];

	clock_format(st.expires, until);
	(void)snprintf(line, sizeof(line), "domain t.example block until=%s\n", until);
	fake_bundle(w->hub, line, &st);
	fake_decide(w->hub, &st, &w->hub->coord);
	fake_publish(w->hub);
	must_update(w);
	assert_int_equal(w->feed->skipped, 1);
	assert_false(is_active(w, "t.example"));
	assert_int_equal(w->feed->n, 0); /* and is not kept */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_a_fork_only_revocations_are_taken),
		TEST(garbage_in_the_log_is_folded_and_skipped),
		TEST(another_logs_statement_does_not_count),
	};

	return RUN(tests);
}
