/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

static void what_is_damaged_is_set_aside_and_fetched_again(void **state)
{
	static const char *const files[] = {"head", "journal.0"};
	struct world *w = *state;

	approve(w, "domain a.example");
	fake_publish(w->hub);
	for (size_t i = 0; i < 2; i++) {
		must_update(w);
		flip(w, files[i], 40);
		reopen(w);
		assert_int_equal(i == 0, strstr(w->d.text, "set aside") != NULL);
		if (i == 1) {
			struct activeset set;

			assert_int_equal(feed_active(w->feed, clock_now(), &set, &w->d),
				ERR_TEMPFAIL);
			assert_non_null(strstr(w->d.text, "set aside"));
		}
		assert_int_equal(w->feed->log.size, 0);
		must_update(w);
		assert_true(w->news);
		assert_true(is_active(w, "a.example"));
		fake_ahead += 1; /* the folder is named by the second */
	}
}

static void a_lost_bundle_is_fetched_again(void **state)
{
	struct world *w = *state;
	struct activeset set;
	struct statement st;
	char name[128];

	st = fake_approve(w->hub, "domain a.example", clock_now(), DAY, &w->hub->coord);
	approve(w, "domain b.example");
	fake_publish(w->hub);
	must_update(w);
	(void)snprintf(
		name, sizeof(name), "bundle%s", strrchr(fake_bundle_path(&st), '/'));
	flip(w, name, -10);
	reopen(w);
	assert_int_equal(feed_active(w->feed, clock_now(), &set, &w->d), ERR_TEMPFAIL);
	must_update(w);
	assert_true(w->news);
	assert_true(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
}

static void what_a_killed_run_left_is_ignored(void **state)
{
	struct world *w = *state;
	char path[256];
	FILE *f;

	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	(void)snprintf(path, sizeof(path), "%s/journal.0", w->hub->state);
	f = fopen(path, "a");
	assert_non_null(f);
	(void)fputs("half a record", f);
	assert_int_equal(fclose(f), 0);
	reopen(w);
	assert_true(is_active(w, "a.example"));
	approve(w, "domain b.example");
	fake_publish(w->hub);
	must_update(w);
	reopen(w);
	assert_true(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
}

static void without_a_root_there_is_no_trust(void **state)
{
	struct world *w = *state;
	struct feed *f;

	assert_int_equal(
		feed_open(w->hub->state, "/nonexistent/root.1", "kommuner", &f, &w->d),
		ERR_CONFIG);
	assert_int_equal(
		feed_open(w->hub->state, w->hub->root1, "andre", &f, &w->d), ERR_CONFIG);
	assert_non_null(strstr(w->d.text, FAKE_ORIGIN));
	assert_int_equal(
		feed_open(w->hub->state, w->hub->root1, "../x", &f, &w->d), ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_damaged_is_set_aside_and_fetched_again),
		TEST(a_lost_bundle_is_fetched_again),
		TEST(what_a_killed_run_left_is_ignored),
		TEST(without_a_root_there_is_no_trust),
	};

	return RUN(tests);
}
