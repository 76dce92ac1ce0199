/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#define WITHIN 7200

static void attest_by(struct world *w, int64_t issued, int64_t size, bool honest,
	const struct seckey *k)
{
	struct fake *f = w->hub;
	struct statement st = {
		.verb = VERB_ATTEST, .issued = issued, .size = size, .log = FAKE_ORIGIN};
	struct frontier tree;

	frontier_init(&tree);
	for (int64_t i = 0; i < size && i < (int64_t)f->n; i++) {
		struct hash leaf = merkle_leaf(buf_view(&f->entry[i]));

		frontier_append(&tree, &leaf);
	}
	st.root = frontier_root(&tree);
	if (!honest)
		st.root.b[0] ^= 1;
	fake_decide(f, &st, k);
	fake_publish(f);
}

static void attest_of(struct world *w, int64_t size, bool honest)
{
	attest_by(w, clock_now(), size, honest, &w->hub->attest);
}

/* Root 1 once more, as asking for an attest every two hours from now on. */
static void ask_for_attests(struct world *w)
{
	const struct seckey *signer = &w->hub->root;

	w->hub->r.issued = clock_now();
	w->hub->r.attest_within = WITHIN;
	fake_root(w->hub, &w->hub->r, &signer, 1);
	reopen(w);
}

static void must_hold(struct world *w, const char *why)
{
	assert_int_equal(update(w), ERR_HOLD);
	if (!strstr(w->feed->hold, why))
		print_error("%s\n", w->feed->hold);
	assert_non_null(strstr(w->feed->hold, why));
}

static void turn(struct world *w, int64_t seconds)
{
	fake_ahead += seconds;
	fake_publish(w->hub);
}

static void another_tree_is_held_until_ours_is_attested(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	approve(w, "domain b.example");
	attest_of(w, 1, true);
	must_update(w);
	approve(w, "domain c.example");
	(void)fake_revoke(w->hub, "domain a.example", clock_now() + 1, &w->hub->coord);
	turn(w, 1);
	attest_of(w, 4, false);
	must_hold(w, "attest: the tree of 4 entries");
	assert_true(w->news);
	assert_false(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	assert_false(is_active(w, "c.example"));
	assert_int_equal(count_files(w, "evidence"), 2);
	/* without news, and by another run */
	reopen(w);
	must_hold(w, "attest: the tree of 4 entries");
	assert_false(w->news);
	assert_false(is_active(w, "c.example"));
	assert_int_equal(count_files(w, "evidence"), 2);
	/* an older one that is good says nothing of it */
	attest_by(w, clock_now() - 100, 5, true, &w->hub->attest);
	must_hold(w, "attest: the tree of 4 entries");
	turn(w, 1);
	attest_of(w, 6, true);
	must_update(w);
	assert_true(w->news);
	assert_true(is_active(w, "c.example"));
	assert_int_equal(count_files(w, "evidence"), 2);
}

static void a_tree_of_an_earlier_round_is_compared(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 5; i++)
		fake_log(w->hub, slice_of("x"));
	fake_publish(w->hub);
	must_update(w);
	for (int i = 0; i < 300; i++)
		fake_log(w->hub, slice_of("y"));
	fake_publish(w->hub);
	must_update(w);
	reopen(w);
	attest_of(w, 3, true);
	must_update(w);
	turn(w, 1);
	attest_of(w, 4, false);
	must_hold(w, "attest: the tree of 4 entries");
	turn(w, 1);
	attest_of(w, 300, true);
	must_update(w);
}

/* A hub that drops an entry for us alone has its attests one place too early. */
static void a_tree_that_we_do_not_have_is_held(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	attest_of(w, 2, true);
	must_hold(w, "attest: the tree of 2 entries");
	turn(w, 1);
	attest_of(w, 4000000000, true);
	must_hold(w, "attest: the tree of 4000000000 entries");
}

static void none_in_time_is_held(void **state)
{
	struct world *w = *state;

	ask_for_attests(w);
	approve(w, "domain a.example");
	turn(w, WITHIN - 60);
	must_update(w);
	turn(w, 61);
	approve(w, "domain b.example");
	(void)fake_revoke(w->hub, "domain a.example", clock_now(), &w->hub->coord);
	fake_publish(w->hub);
	must_hold(w, "attest overdue: none since ");
	assert_false(is_active(w, "a.example"));
	assert_false(is_active(w, "b.example"));
	assert_int_equal(count_files(w, "evidence"), 1);
	reopen(w);
	must_hold(w, "attest overdue: none since ");
	assert_int_equal(count_files(w, "evidence"), 1);
	/* who makes them is not held, and ends it */
	w->feed->attests = true;
	must_update(w);
	w->feed->attests = false;
	attest_of(w, 3, true);
	must_update(w);
	assert_true(is_active(w, "b.example"));
	/* counted from the newest, and remembered without news */
	turn(w, WITHIN - 60);
	must_update(w);
	reopen(w);
	turn(w, 61);
	must_hold(w, "attest overdue");
	assert_true(is_active(w, "b.example"));
	assert_int_equal(count_files(w, "evidence"), 3); /* and that newest */
}

static void other_keys_and_other_trees_are_no_heartbeat(void **state)
{
	struct world *w = *state;

	ask_for_attests(w);
	turn(w, WITHIN + 1);
	attest_by(w, clock_now(), 0, true, &w->hub->coord);
	must_hold(w, "attest overdue");
	assert_int_equal(w->feed->skipped, 1);
	attest_of(w, 1, false);
	must_hold(w, "attest: the tree of 1 entries");
}

static void one_from_the_future_is_looked_at_again(void **state)
{
	struct world *w = *state;

	ask_for_attests(w);
	attest_by(w, clock_now() + 70 * 365 * (int64_t)DAY, 0, true, &w->hub->attest);
	attest_by(w, clock_now() + WITHIN, 1, true, &w->hub->attest);
	attest_by(w, clock_now() + WITHIN + 120, 1, false, &w->hub->attest);
	must_update(w);
	turn(w, WITHIN - 360);
	must_update(w);
	assert_false(w->news);
	turn(w, 70); /* now the second may count, and the third just not */
	must_update(w);
	turn(w, 150);
	must_hold(w, "attest: the tree of 1 entries");
}

static void keys_are_judged_anew(void **state)
{
	struct world *w = *state;
	struct fake *f = w->hub;
	const struct pubkey *keys[] = {
		&f->root.pub, &f->coord.pub, &f->coord2.pub, &f->log.pub, &f->fresh.pub};
	const size_t count[ROLE_COUNT] = {1, 1, 1, 1, 1};
	const struct seckey *signer = &f->root;

	attest_of(w, 0, false);
	must_hold(w, "attest");
	/* the stolen key goes, and with it what it said */
	f->r.version = 2;
	f->hint = 2;
	fake_root_keys(&f->r, keys, count);
	fake_root(f, &f->r, &signer, 1);
	must_update(w);
	attest_by(w, clock_now(), 0, false, &f->attest);
	must_update(w);
	attest_by(w, clock_now(), 0, false, &f->coord2);
	must_hold(w, "attest");
}

static void superseded_ones_are_forgotten(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 40; i++) {
		turn(w, 1);
		attest_of(w, i, true);
	}
	must_update(w);
	assert_int_equal(w->feed->n, 1);
	for (int i = 0; i < 33; i++) {
		turn(w, 1);
		attest_of(w, i, true);
		must_update(w);
	}
	assert_true(w->feed->n < 33);
	reopen(w);
	assert_int_equal(feed_load(w->feed, &w->d), OK);
	assert_true(w->feed->n < 33);
}

static void damaged_leaves_are_had_again(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	approve(w, "domain b.example");
	fake_publish(w->hub);
	must_update(w);
	flip(w, "leaves", 40);
	attest_of(w, 1, true);
	must_update(w);
	assert_true(is_active(w, "b.example"));
	turn(w, 1);
	attest_of(w, 1, false);
	must_hold(w, "attest: the tree of 1 entries");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_tree_is_held_until_ours_is_attested),
		TEST(a_tree_of_an_earlier_round_is_compared),
		TEST(a_tree_that_we_do_not_have_is_held),
		TEST(none_in_time_is_held),
		TEST(other_keys_and_other_trees_are_no_heartbeat),
		TEST(one_from_the_future_is_looked_at_again),
		TEST(keys_are_judged_anew),
		TEST(superseded_ones_are_forgotten),
		TEST(damaged_leaves_are_had_again),
	};

	return RUN(tests);
}
