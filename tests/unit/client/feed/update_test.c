/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

static void follows_and_costs_one_request_without_news(void **state)
{
	struct world *w = *state;

	must_update(w);
	assert_false(is_active(w, "evil.example"));
	approve(w, "domain evil.example");
	fake_publish(w->hub);
	must_update(w);
	assert_true(w->news);
	assert_string_equal(w->d.text, "");
	assert_true(is_active(w, "evil.example"));
	assert_int_equal(w->feed->log.size, 1);
	reopen(w);
	assert_string_equal(w->d.text, "");
	w->hub->requests = 0;
	must_update(w);
	assert_false(w->news);
	assert_int_equal(w->hub->requests, 1);
	assert_string_equal(w->hub->last, "/v1/feed/kommuner/checkpoint");
	assert_int_equal(w->feed->n, 0); /* nothing was read either */
	assert_true(is_active(w, "evil.example"));
	assert_string_equal(feed_origin(w->feed), FAKE_ORIGIN);
}

static void a_rollback_is_held(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	approve(w, "domain b.example");
	fake_publish(w->hub);
	must_update(w);
	fake_checkpoint(w->hub, 1, clock_now());
	assert_int_equal(update(w), ERR_HOLD);
	assert_non_null(strstr(w->feed->hold, "rollback"));
	assert_int_equal(count_files(w, "evidence"), 2);
	assert_int_equal(w->feed->log.size, 2);
	assert_true(is_active(w, "b.example"));
	reopen(w); /* the hold is remembered */
	assert_non_null(strstr(w->feed->hold, "rollback"));
	assert_int_not_equal(w->feed->hold_since, 0);
	assert_true(is_active(w, "b.example"));
	assert_int_equal(update(w), ERR_HOLD);
	assert_int_equal(count_files(w, "evidence"), 2);
	fake_publish(w->hub);
	must_update(w);
	assert_string_equal(w->feed->hold, "");
	assert_int_equal(w->feed->hold_since, 0);
}

static void another_log_of_the_same_size_is_held(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	fork_log(w, false);
	assert_int_equal(update(w), ERR_HOLD);
	assert_non_null(strstr(w->feed->hold, "fork"));
	assert_int_equal(count_files(w, "evidence"), 2);
	assert_true(is_active(w, "a.example"));
	assert_false(is_active(w, "other.example"));
}

static void a_frozen_feed_is_held_and_what_comes_in_it_waits(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	approve(w, "domain c.example");
	fake_publish(w->hub);
	must_update(w);
	fake_ahead += 3590;
	must_update(w);
	fake_ahead += 20;
	approve(w, "domain b.example");
	(void)fake_revoke(w->hub, "domain c.example", clock_now(), &w->hub->coord);
	fake_checkpoint(w->hub, w->hub->n, clock_now() - 3601);
	assert_int_equal(update(w), ERR_HOLD);
	assert_non_null(strstr(w->feed->hold, "freeze"));
	assert_true(is_active(w, "a.example"));
	assert_false(is_active(w, "b.example"));
	assert_false(is_active(w, "c.example"));
	fake_publish(w->hub);
	must_update(w);
	assert_true(w->news);
	assert_true(is_active(w, "b.example"));
}

static void an_unreachable_hub_changes_nothing_until_freshness_ends(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	fake_stop(w->hub);
	assert_int_equal(update(w), ERR_UNAVAILABLE);
	assert_string_equal(w->feed->hold, "");
	fake_ahead += 3602;
	assert_int_equal(update(w), ERR_HOLD);
	assert_true(is_active(w, "a.example"));
	reopen(w);
	assert_non_null(strstr(w->feed->hold, "freeze"));
}

static void a_checkpoint_needs_both_signatures(void **state)
{
	struct world *w = *state;
	struct slice rest;

	approve(w, "domain a.example");
	for (int drop = 0; drop < 2; drop++) {
		const struct seckey *one = drop ? &w->hub->log : &w->hub->fresh;
		struct buf text;
		struct note n;

		fake_publish(w->hub);
		assert_int_equal(
			note_parse(buf_view(&w->hub->checkpoint), &n, &w->d), OK);
		buf_init(&text, 4096);
		buf_slice(&text, n.text);
		buf_reset(&w->hub->checkpoint);
		fake_sign(&w->hub->checkpoint, buf_view(&text), &one, 1, clock_now());
		buf_done(&text);
		assert_int_equal(update(w), ERR_SIGNATURE);
		assert_int_equal(w->feed->log.size, 0);
		assert_false(w->news);
	}
	rest = slice_of("<html>log in to the Wi-Fi</html>");
	fake_put(w->hub, "/v1/feed/kommuner/checkpoint", rest, 0);
	assert_int_equal(update(w), ERR_SYNTAX);
	assert_false(is_active(w, "a.example"));
}

static void a_statement_from_the_future_waits(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();

	(void)fake_approve(w->hub, "domain far.example", now + 70LL * 365 * DAY, DAY,
		&w->hub->coord);
	(void)fake_approve(
		w->hub, "domain hour.example", now + 3600, DAY, &w->hub->coord);
	(void)fake_approve(w->hub, "domain soon.example", now + STATEMENT_PARK + 2, DAY,
		&w->hub->coord);
	fake_publish(w->hub);
	must_update(w);
	assert_false(is_active(w, "soon.example"));
	assert_false(is_active(w, "hour.example"));
	reopen(w);
	must_update(w);
	assert_false(w->news);
	fake_ahead += 3;
	must_update(w); /* no new entry, and yet news */
	assert_true(w->news);
	assert_true(is_active(w, "soon.example"));
	assert_false(is_active(w, "hour.example"));
	assert_false(is_active(w, "far.example"));
}

static void two_at_once(void **state)
{
	struct world *w = *state;
	struct feed *other;
	char path[256];
	int fd;

	approve(w, "domain a.example");
	fake_publish(w->hub);
	(void)snprintf(path, sizeof(path), "%s/lock", w->hub->state);
	assert_int_equal(file_lock(path, &fd, &w->d), OK);
	assert_int_equal(update(w), ERR_TEMPFAIL);
	file_close(&fd);
	assert_int_equal(
		feed_open(w->hub->state, w->hub->root1, "kommuner", &other, &w->d), OK);
	must_update(w);
	/* the other one sees what happened meanwhile */
	w->hub->requests = 0;
	assert_int_equal(feed_update(other, w->h, 0, &w->news, &w->d), OK);
	assert_int_equal(w->hub->requests, 1);
	assert_true(w->news);
	assert_int_equal(other->log.size, 1);
	feed_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(follows_and_costs_one_request_without_news),
		TEST(a_rollback_is_held),
		TEST(another_log_of_the_same_size_is_held),
		TEST(a_frozen_feed_is_held_and_what_comes_in_it_waits),
		TEST(an_unreachable_hub_changes_nothing_until_freshness_ends),
		TEST(a_checkpoint_needs_both_signatures),
		TEST(a_statement_from_the_future_waits),
		TEST(two_at_once),
	};

	return RUN(tests);
}
