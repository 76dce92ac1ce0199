/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

static void make_root2(struct world *w, const struct seckey *coordinator)
{
	struct fake *f = w->hub;
	const struct pubkey *keys[] = {&f->root2.pub, &coordinator->pub, &f->attest.pub,
		&f->log.pub, &f->fresh.pub};

	f->r.version = 2;
	fake_root_keys(&f->r, keys, (const size_t[ROLE_COUNT]){1, 1, 1, 1, 1});
	f->hint = 2;
}

static void statements_are_judged_under_the_newest_root(void **state)
{
	struct world *w = *state;
	struct fake *f = w->hub;

	approve(w, "domain a.example");
	(void)fake_approve(f, "domain b.example", clock_now(), DAY, &f->coord2);
	fake_publish(f);
	must_update(w);
	assert_true(is_active(w, "a.example"));
	assert_false(is_active(w, "b.example"));
	make_root2(w, &f->coord2);
	/* not by the old root's key: refused */
	fake_root(f, &f->r, (const struct seckey *[]){&f->root2}, 1);
	assert_int_equal(update(w), ERR_SIGNATURE);
	assert_int_equal(w->feed->root.version, 1);
	fake_root(f, &f->r, (const struct seckey *[]){&f->root, &f->root2}, 2);
	must_update(w);
	assert_true(w->news);
	assert_int_equal(w->feed->root.version, 2);
	assert_false(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	reopen(w);
	assert_int_equal(w->feed->root.version, 2);
	assert_false(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
}

static void an_expired_root_is_held(void **state)
{
	struct world *w = *state;
	struct fake *f = w->hub;

	approve(w, "domain a.example");
	fake_publish(f);
	must_update(w);
	f->r.version = 2;
	f->r.expires = clock_now() - 1;
	f->hint = 2;
	fake_root(f, &f->r, (const struct seckey *[]){&f->root}, 1);
	assert_int_equal(update(w), ERR_HOLD);
	assert_non_null(strstr(w->feed->hold, "root 2 expired"));
	assert_true(w->feed->root_expired);
	assert_true(is_active(w, "a.example"));
	/* in the middle of a chain an expired one is no matter */
	f->r.version = 3;
	f->r.expires = clock_now() + DAY;
	f->hint = 3;
	fake_root(f, &f->r, (const struct seckey *[]){&f->root}, 1);
	must_update(w);
	assert_int_equal(w->feed->root.version, 3);
}

static void a_damaged_root_file_is_set_aside(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	fake_publish(w->hub);
	make_root2(w, &w->hub->coord);
	fake_root(w->hub, &w->hub->r,
		(const struct seckey *[]){&w->hub->root, &w->hub->root2}, 2);
	must_update(w);
	flip(w, "root/2", 30);
	reopen(w);
	assert_non_null(strstr(w->d.text, "set aside"));
	assert_int_equal(w->feed->root.version, 1);
	must_update(w);
	assert_int_equal(w->feed->root.version, 2);
	assert_true(is_active(w, "a.example"));
}

static void a_new_log_key_brings_a_new_log(void **state)
{
	struct world *w = *state;
	struct fake *f = w->hub;

	approve(w, "domain a.example");
	fake_publish(f);
	must_update(w);
	seckey_done(&f->log);
	seckey_done(&f->fresh);
	fake_key(&f->log, FAKE_ORIGIN "/2", KEY_ED25519);
	fake_key(&f->fresh, FAKE_ORIGIN "/2/fresh", KEY_COSIGNER);
	f->r.version = 2;
	fake_root_keys(&f->r,
		(const struct pubkey *[]){&f->root.pub, &f->coord.pub, &f->attest.pub,
			&f->log.pub, &f->fresh.pub},
		(const size_t[ROLE_COUNT]){1, 1, 1, 1, 1});
	fake_root(f, &f->r, (const struct seckey *[]){&f->root}, 1);
	f->hint = 2;
	fake_forget(f);
	approve(w, "domain b.example");
	fake_publish(f);
	must_update(w);
	assert_string_equal(feed_origin(w->feed), FAKE_ORIGIN "/2");
	assert_int_equal(w->feed->log.size, 1);
	/* what was decided stands, whether or not the new log has it */
	assert_true(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	reopen(w);
	assert_true(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	assert_int_equal(w->feed->n, 2);
	assert_true(w->feed->st[0].index == INDEX_CARRIED);
	assert_int_equal(w->feed->st[1].index, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(statements_are_judged_under_the_newest_root),
		TEST(an_expired_root_is_held),
		TEST(a_damaged_root_file_is_set_aside),
		TEST(a_new_log_key_brings_a_new_log),
	};

	return RUN(tests);
}
