/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <sodium.h>
#include <sys/stat.h>

#include "fakehub.h"

#define DAY 86400

/* One client that follows one fake hub. */
struct world {
	struct fake *hub;
	struct hub *h;
	struct feed *feed;
	struct diag d;
	bool news;
};

static void reopen(struct world *w)
{
	feed_close(&w->feed);
	w->d.text[0] = '\0';
	assert_int_equal(
		feed_open(w->hub->state, w->hub->root1, "kommuner", &w->feed, &w->d), OK);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->hub = fake_open();
	assert_int_equal(hub_open(w->hub->url, &w->h, &w->d), OK);
	reopen(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	feed_close(&w->feed);
	hub_close(&w->h);
	fake_close(w->hub);
	free(w);
	return 0;
}

static enum err update(struct world *w)
{
	w->d.text[0] = '\0';
	return feed_update(w->feed, w->h, 0, &w->news, &w->d);
}

static void must_update(struct world *w)
{
	enum err e = update(w);

	if (e)
		print_error("%s\n", w->d.text);
	assert_int_equal(e, OK);
}

static bool is_active_at(struct world *w, const char *domain, int64_t now)
{
	struct activeset set;
	bool found;

	assert_int_equal(feed_active(w->feed, now, &set, &w->d), OK);
	found = activeset_find(&set, &kinds[KIND_DOMAIN], slice_of(domain)) != NULL;
	activeset_done(&set);
	return found;
}

static bool is_active(struct world *w, const char *domain)
{
	return is_active_at(w, domain, clock_now());
}

static size_t count_files(struct world *w, const char *folder)
{
	char path[256];
	size_t n = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/%s", w->hub->state, folder);
	dir = opendir(path);
	while (dir) {
		struct dirent *x = readdir(dir);

		if (!x)
			break;
		n += x->d_name[0] != '.';
	}
	if (dir)
		(void)closedir(dir);
	return n;
}

static void approve(struct world *w, const char *key)
{
	(void)fake_approve(w->hub, key, clock_now(), 30 * DAY, &w->hub->coord);
}

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

/* Another tree with the same keys: the first entry differs. */
static void fork_log(struct world *w, bool longer)
{
	struct fake *f = w->hub;

	fake_forget(f);
	(void)fake_approve(f, "domain other.example", clock_now(), DAY, &f->coord);
	if (longer) {
		fake_log(f, slice_of("x"));
		(void)fake_approve(f, "domain new.example", clock_now(), DAY, &f->coord);
		(void)fake_revoke(f, "domain a.example", clock_now() + 1, &f->coord);
	}
	fake_publish(f);
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

static void of_a_fork_only_revocations_are_taken(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	approve(w, "domain b.example");
	fake_publish(w->hub);
	must_update(w);
	fork_log(w, true);
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

static void of_a_bundle_only_the_signed_bytes_will_do(void **state)
{
	struct world *w = *state;
	struct statement st;
	struct buf whole, other;

	st = fake_approve(w->hub, "domain a.example", clock_now(), DAY, &w->hub->coord);
	fake_publish(w->hub);
	buf_init(&whole, 4096);
	buf_init(&other, 4u << 20);
	buf_slice(&whole, buf_view(&w->hub->file[w->hub->nfiles - 1].bytes));
	for (size_t n = 0; n < whole.len; n += 7) {
		fake_put(w->hub, fake_bundle_path(&st), slice_mem(whole.data, n), 0);
		must_update(w);
		assert_int_equal(w->feed->missing, 1);
	}
	buf_slice(&other, buf_view(&whole));
	other.data[other.len - 30] ^= 1; /* the same length */
	fake_put(w->hub, fake_bundle_path(&st), buf_view(&other), 0);
	must_update(w);
	assert_int_equal(w->feed->missing, 1);
	while (other.len < 2u << 20)
		buf_puts(&other,
			"domain endless.example block until=2030-01-01T00:00:00Z\n");
	fake_put(w->hub, fake_bundle_path(&st), buf_view(&other), 0);
	must_update(w);
	assert_non_null(strstr(w->d.text, "over"));
	assert_false(is_active(w, "a.example"));
	fake_put(w->hub, fake_bundle_path(&st), buf_view(&whole), 0);
	must_update(w);
	assert_true(is_active(w, "a.example"));
	buf_done(&whole);
	buf_done(&other);
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

static void attest_of(struct world *w, int64_t size, bool honest)
{
	struct fake *f = w->hub;
	struct statement st = {.verb = VERB_ATTEST,
		.issued = clock_now(),
		.size = size,
		.log = FAKE_ORIGIN};
	struct frontier tree;

	frontier_init(&tree);
	for (int64_t i = 0; i < size; i++) {
		struct hash leaf = merkle_leaf(buf_view(&f->entry[i]));

		frontier_append(&tree, &leaf);
	}
	st.root = frontier_root(&tree);
	if (!honest)
		st.root.b[0] ^= 1;
	fake_decide(f, &st, &f->attest);
}

static void an_attested_tree_must_be_ours(void **state)
{
	struct world *w = *state;

	approve(w, "domain a.example");
	approve(w, "domain b.example");
	fake_publish(w->hub);
	attest_of(w, 1, true);
	fake_publish(w->hub);
	must_update(w);
	approve(w, "domain c.example");
	attest_of(w, 4, false);
	fake_publish(w->hub);
	assert_int_equal(update(w), ERR_HOLD);
	assert_non_null(strstr(w->feed->hold, "attest"));
	assert_true(is_active(w, "b.example"));
	assert_false(is_active(w, "c.example"));
	assert_true(count_files(w, "evidence") >= 2);
}

static void flip(struct world *w, const char *name, long at)
{
	char path[256];
	FILE *f;
	int c;

	(void)snprintf(path, sizeof(path), "%s/%s", w->hub->state, name);
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
	c = fgetc(f);
	assert_int_equal(fseek(f, -1, SEEK_CUR), 0);
	assert_int_not_equal(fputc(c ^ 1, f), EOF);
	assert_int_equal(fclose(f), 0);
}

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

static void entry_bundles_are_walked(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 300; i++)
		fake_log(w->hub, slice_of("x"));
	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	assert_true(is_active(w, "a.example"));
	for (int i = 301; i < 512; i++)
		fake_log(w->hub, slice_of("y"));
	fake_checkpoint(w->hub, 400, clock_now());
	w->hub->no_partials = true; /* a partial one that is gone: the full one */
	must_update(w);
	assert_int_equal(w->feed->log.size, 400);
	assert_int_equal(w->feed->skipped, 399);
}

static void dead_statements_are_forgotten(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();
	struct stat st;
	char path[256];

	/* one bundle for all: a fake hub has few files */
	for (int i = 0; i < 700; i++) {
		struct statement s = {.verb = VERB_APPROVE,
			.issued = now - 100 - i,
			.expires = now + 2,
			.log = FAKE_ORIGIN};
		char until[CLOCK_TEXT], line[128];

		clock_format(s.expires, until);
		(void)snprintf(
			line, sizeof(line), "domain s.example block until=%s\n", until);
		fake_bundle(w->hub, line, &s);
		fake_decide(w->hub, &s, &w->hub->coord);
	}
	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	assert_true(is_active(w, "s.example"));
	assert_int_equal(count_files(w, "bundle"), 2);
	fake_ahead += 3;
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
	assert_false(is_active(w, "a.example"));
	assert_true(is_active(w, "b.example"));
	reopen(w);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(follows_and_costs_one_request_without_news),
		TEST(revokes_and_expires),
		TEST(a_rollback_is_held),
		TEST(another_log_of_the_same_size_is_held),
		TEST(of_a_fork_only_revocations_are_taken),
		TEST(a_frozen_feed_is_held_and_what_comes_in_it_waits),
		TEST(an_unreachable_hub_changes_nothing_until_freshness_ends),
		TEST(a_checkpoint_needs_both_signatures),
		TEST(garbage_in_the_log_is_folded_and_skipped),
		TEST(another_logs_statement_does_not_count),
		TEST(a_missing_approval_is_awaited),
		TEST(a_missing_revocation_is_held),
		TEST(of_a_bundle_only_the_signed_bytes_will_do),
		TEST(a_malformed_bundle_is_forgotten),
		TEST(a_statement_from_the_future_waits),
		TEST(statements_are_judged_under_the_newest_root),
		TEST(an_expired_root_is_held),
		TEST(an_attested_tree_must_be_ours),
		TEST(what_is_damaged_is_set_aside_and_fetched_again),
		TEST(a_damaged_root_file_is_set_aside),
		TEST(a_lost_bundle_is_fetched_again),
		TEST(what_a_killed_run_left_is_ignored),
		TEST(two_at_once),
		TEST(entry_bundles_are_walked),
		TEST(dead_statements_are_forgotten),
		TEST(void_counts_and_its_bundle_is_not_fetched),
		TEST(a_new_log_key_brings_a_new_log),
		TEST(without_a_root_there_is_no_trust),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
