/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <sys/stat.h>

static void revokes_and_expires(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();

	(void)fake_approve(
		w->hub, "domain a.example", now - 10, 30 * DAY, &w->hub->coord);
	(void)fake_approve(
		w->hub, "domain b.example", now - 10, 10 * DAY, &w->hub->coord);
	(void)fake_revoke(w->hub, "domain a.example", now, &w->hub->coord);
	/* the same approval once more, as a hub that replays it would log it */
	fake_log(w->hub, buf_view(&w->hub->entry[0]));
	fake_publish(w->hub);
	must_update(w);
	assert_false(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	assert_false(is_active_at(w, "b.example", now + 10 * DAY));
	reopen(w);
	assert_int_equal(feed_load(w->feed, &w->d), OK);
	assert_int_equal(w->feed->n, 3); /* the repeat is not kept */
}

static void a_missing_approval_is_awaited(void **state)
{
	struct world *w = *state;
	struct buf bundle;
	struct statement st;

	approve(w, "domain a.example");
	st = fake_approve(w->hub, "domain b.example", clock_now(), DAY, &w->hub->coord);
	buf_init(&bundle, 4096);
	buf_slice(&bundle, buf_view(&w->hub->file[w->hub->nfiles - 1].bytes));
	fake_remove(w->hub, fake_bundle_path(&st));
	fake_publish(w->hub);
	must_update(w);
	assert_non_null(strstr(w->d.text, "1 bundles not had yet"));
	assert_int_equal(w->feed->missing, 1);
	assert_true(is_active(w, "a.example"));
	assert_false(is_active(w, "b.example"));
	reopen(w);
	must_update(w);
	assert_false(w->news);
	assert_int_equal(w->feed->missing, 1);
	fake_put(w->hub, fake_bundle_path(&st), buf_view(&bundle), 0);
	must_update(w);
	assert_true(w->news);
	assert_int_equal(w->feed->missing, 0);
	assert_true(is_active(w, "b.example"));
	buf_done(&bundle);
}

static void a_missing_revocation_is_held(void **state)
{
	struct world *w = *state;
	struct buf bundle;
	struct statement st;

	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	st = fake_revoke(w->hub, "domain a.example", clock_now() + 1, &w->hub->coord);
	buf_init(&bundle, 4096);
	buf_slice(&bundle, buf_view(&w->hub->file[w->hub->nfiles - 1].bytes));
	fake_remove(w->hub, fake_bundle_path(&st));
	approve(w, "domain b.example");
	fake_publish(w->hub);
	assert_int_equal(update(w), ERR_HOLD);
	assert_non_null(strstr(w->feed->hold, "revocation"));
	assert_true(is_active(w, "a.example"));
	assert_false(is_active(w, "b.example"));
	fake_put(w->hub, fake_bundle_path(&st), buf_view(&bundle), 0);
	must_update(w);
	assert_false(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	buf_done(&bundle);
}

static void a_malformed_bundle_is_forgotten(void **state)
{
	struct world *w = *state;
	struct statement st = {.verb = VERB_APPROVE,
		.issued = clock_now(),
		.expires = clock_now() + DAY,
		.log = FAKE_ORIGIN};

	fake_bundle(
		w->hub, "domain UPPER.example block until=2030-01-01T00:00:00Z\n", &st);
	fake_decide(w->hub, &st, &w->hub->coord);
	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	assert_int_equal(w->feed->skipped, 1);
	assert_int_equal(w->feed->missing, 0);
	assert_true(is_active(w, "a.example"));
	assert_int_equal(w->feed->n, 1);
	w->hub->requests = 0;
	must_update(w);
	assert_int_equal(w->hub->requests, 1);
}

/* s.example, with one bundle for all: a fake hub has few files. */
static void approve_often(struct world *w, int n, int64_t until)
{
	const int64_t now =
		clock_now(); /* or two would be of one second, and so the same */

	for (int i = 0; i < n; i++) {
		struct statement s = {.verb = VERB_APPROVE,
			.issued = now - 100 - i,
			.expires = until,
			.log = FAKE_ORIGIN};
		char text[CLOCK_TEXT], line[128];

		clock_format(until, text);
		(void)snprintf(
			line, sizeof(line), "domain s.example block until=%s\n", text);
		fake_bundle(w->hub, line, &s);
		fake_decide(w->hub, &s, &w->hub->coord);
	}
}

static void dead_statements_are_forgotten(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();
	struct stat st;
	char path[256];

	approve_often(w, 700, now + 60);
	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	assert_true(is_active(w, "s.example"));
	assert_int_equal(count_files(w, "bundle"), 2);
	fake_ahead += 61;
	approve(w, "domain b.example");
	fake_publish(w->hub);
	must_update(w);
	assert_int_equal(w->feed->n, 2);
	assert_int_equal(count_files(w, "bundle"), 2);
	(void)snprintf(path, sizeof(path), "%s/journal.1", w->hub->state);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size < 2000);
	reopen(w);
	assert_true(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	assert_false(is_active(w, "s.example"));
}

/* Neither what a veteran has nor what a newcomer is handed: the clock may be set right.
 */
static void a_clock_ahead_forgets_nothing(void **state)
{
	struct world *w = *state;
	const struct seckey *signer = &w->hub->root;
	int64_t now = clock_now();

	w->hub->r.max_age = 2 * DAY;
	w->hub->r.expires = now + 10 * DAY;
	fake_root(w->hub, &w->hub->r, &signer, 1);
	reopen(w);
	approve_often(w, 700, now + DAY / 2);
	fake_publish(w->hub);
	must_update(w);
	for (int newcomer = 0; newcomer < 2; newcomer++) {
		fake_ahead = DAY - 3600;
		(void)fake_approve(w->hub,
			newcomer ? "domain a.example" : "domain b.example", now, DAY / 2,
			&w->hub->coord);
		fake_checkpoint(w->hub, w->hub->n, now);
		must_update(w);
		assert_false(is_active(w, "s.example")); /* by that clock it has ended */
		assert_int_equal(w->feed->n, 701 + newcomer);
		fake_ahead = 0;
		assert_true(is_active(w, "s.example"));
		assert_true(is_active(w, "b.example"));
		feed_close(&w->feed);
		fake_remove_tree(w->hub->state);
		reopen(w);
	}
}

static void void_counts_and_its_bundle_is_not_fetched(void **state)
{
	struct world *w = *state;
	struct statement st,
		void_st = {
			.verb = VERB_VOID, .issued = clock_now() + 1, .log = FAKE_ORIGIN};
	struct note n;

	st = fake_approve(w->hub, "domain a.example", clock_now(), DAY, &w->hub->coord);
	fake_remove(w->hub, fake_bundle_path(&st));
	assert_int_equal(note_parse(buf_view(&w->hub->entry[0]), &n, &w->d), OK);
	void_st.target = hash_of(n.text);
	fake_decide(w->hub, &void_st, &w->hub->coord);
	fake_publish(w->hub);
	must_update(w);
	assert_int_equal(w->feed->missing, 0);
	assert_false(is_active(w, "a.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(revokes_and_expires),
		TEST(a_missing_approval_is_awaited),
		TEST(a_missing_revocation_is_held),
		TEST(a_malformed_bundle_is_forgotten),
		TEST(dead_statements_are_forgotten),
		TEST(a_clock_ahead_forgets_nothing),
		TEST(void_counts_and_its_bundle_is_not_fetched),
	};

	return RUN(tests);
}
