/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "../feed/fakehub.h"
#include "client/ctl/decide.h"

#define DAY 86400

struct world {
	struct fake *hub;
	struct ctl c;
	struct picks picks;
	struct decisions done;
	struct diag d;
};

static char *copy(const char *text)
{
	char *p = strdup(text);

	assert_non_null(p);
	return p;
}

/* A coordinator with a configuration, whose keys are those of the fake hub's root. */
static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char text[CLOCK_TEXT], token[128];

	w->hub = fake_open();
	clock_format(clock_now() + DAY, text);
	(void)snprintf(
		token, sizeof(token), "{\"token\":\"a.b.c\",\"expires\":\"%s\"}", text);
	fake_put(w->hub, "/v1/token", slice_of(token), 0);
	fake_put(w->hub, "/v1/bundles", slice_of("{}"), 201);
	fake_put(w->hub, "/v1/statements", slice_of("{\"index\":7,\"size\":8}"), 201);
	w->c.conf_loaded = true;
	w->c.conf.hub = copy(w->hub->url);
	w->c.conf.hub_name = copy("hub.test");
	w->c.conf.channel = copy("kommuner");
	w->c.conf.root = copy(w->hub->root1);
	w->c.conf.state_dir = copy(w->hub->state);
	(void)snprintf(token, sizeof(token), "%s/login.key", w->hub->dir);
	w->c.conf.login = copy(token);
	assert_int_equal(seckey_save(token, &w->hub->coord2, &w->d), OK);
	(void)snprintf(token, sizeof(token), "%s/signing.key", w->hub->dir);
	w->c.conf.signing = copy(token);
	assert_int_equal(seckey_save(token, &w->hub->coord, &w->d), OK);
	picks_init(&w->picks);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	picks_done(&w->picks);
	decisions_done(&w->done);
	ctl_done(&w->c);
	fake_close(w->hub);
	free(w);
	return 0;
}

static void pick(struct world *w, const char *domain, int64_t until)
{
	struct line l = {.kind = &kinds[KIND_DOMAIN],
		.value = slice_of(domain),
		.confidence = -1,
		.until = until};

	assert_int_equal(
		picks_add(&w->picks, until ? LINE_BUNDLE : LINE_REVOKE, &l, &w->d), OK);
}

static enum err run(struct world *w, enum verb verb)
{
	if (ctl_follow(&w->c, false, &w->d) || ctl_signing(&w->c, &w->d))
		fail_msg("%s", w->d.text);
	return decide(&w->c, verb, "test", &w->picks, &w->done, &w->d);
}

/* The statement that was posted last, as a client would take it. */
static struct statement posted(struct world *w)
{
	struct statement st;
	struct note n;

	assert_int_equal(note_parse(buf_view(&w->hub->posted), &n, &w->d), OK);
	assert_int_equal(statement_parse(n.text, &st, &w->d), OK);
	assert_int_equal(root_check_statement(&w->hub->r, &n, &st, &w->d), OK);
	return st;
}

static void an_approval_is_signed_and_posted(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();
	struct statement st;

	pick(w, "b.example", now + 2 * DAY);
	pick(w, "a.example", now + DAY);
	assert_int_equal(run(w, VERB_APPROVE), OK);
	st = posted(w);
	assert_int_equal(st.count, 2);
	assert_true(st.expires == now + 2 * DAY);
	assert_in_range(st.issued, now, now + 10);
	assert_string_equal(st.log, FAKE_ORIGIN);
	assert_int_equal(w->done.n, 1);
	assert_int_equal(w->done.count, 2);
	assert_int_equal(w->done.d[0].index, 7);
}

static void issued_is_later_than_what_touches_the_keys(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();

	(void)fake_approve(w->hub, "domain a.example", now + 50, DAY, &w->hub->coord);
	(void)fake_revoke(w->hub, "domain a.example", now + 60, &w->hub->coord);
	/* another key, and one that nobody of the root signed: no matter */
	(void)fake_approve(w->hub, "domain b.example", now + 90, DAY, &w->hub->coord);
	(void)fake_approve(w->hub, "domain a.example", now + 95, DAY, &w->hub->log);
	fake_publish(w->hub);
	pick(w, "a.example", now + DAY);
	assert_int_equal(run(w, VERB_APPROVE), OK);
	assert_true(posted(w).issued == now + 61);
}

static void of_what_was_decided_before_now_no_list_is_read(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();

	(void)fake_approve(w->hub, "domain a.example", now - 100, DAY, &w->hub->coord);
	(void)fake_approve(w->hub, "domain b.example", now + 50, DAY, &w->hub->coord);
	fake_publish(w->hub);
	pick(w, "a.example", now + DAY);
	assert_int_equal(run(w, VERB_APPROVE), OK);
	assert_in_range(posted(w).issued, now, now + 10);
	assert_int_equal(w->c.feed->n, 2);
	assert_int_equal(w->c.feed->st[0].map.n, 0);
	assert_int_not_equal(w->c.feed->st[1].map.n, 0);
	assert_int_equal(w->c.active.n, 0);
	/* who needs all of it gets it */
	w->c.merges = true;
	assert_int_equal(ctl_follow(&w->c, false, &w->d), OK);
	assert_int_equal(w->c.active.n, 2);
}

static void a_time_too_far_ahead_is_not_signed(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();

	(void)fake_approve(w->hub, "domain a.example", now + 200, DAY, &w->hub->coord);
	fake_publish(w->hub);
	pick(w, "a.example", 0);
	assert_int_equal(run(w, VERB_REVOKE), ERR_FUTURE);
	assert_non_null(strstr(w->d.text, "domain a.example: decided on at "));
	assert_int_equal(w->done.n, 0);
}

static void a_revocation_is_remembered_for_366_days(void **state)
{
	struct world *w = *state;
	struct statement st;

	pick(w, "a.example", 0);
	assert_int_equal(run(w, VERB_REVOKE), OK);
	st = posted(w);
	assert_int_equal(st.verb, VERB_REVOKE);
	assert_true(st.expires == st.issued + 366 * DAY);
}

static void after_a_conflict_it_tries_once_more(void **state)
{
	struct world *w = *state;
	int64_t now = clock_now();

	assert_int_equal(ctl_follow(&w->c, false, &w->d), OK);
	pick(w, "a.example", now + DAY);
	w->hub->conflicts = 1;
	/* what came in between is seen the second time */
	(void)fake_revoke(w->hub, "domain a.example", now + 30, &w->hub->coord);
	fake_publish(w->hub);
	assert_int_equal(ctl_signing(&w->c, &w->d), OK);
	assert_int_equal(
		decide(&w->c, VERB_APPROVE, "test", &w->picks, &w->done, &w->d), OK);
	assert_true(posted(w).issued == now + 31);
	assert_int_equal(w->done.n, 1);
}

static void after_two_conflicts_it_gives_up(void **state)
{
	struct world *w = *state;

	pick(w, "a.example", clock_now() + DAY);
	w->hub->conflicts = 2;
	assert_int_equal(run(w, VERB_APPROVE), ERR_CONFLICT);
	assert_int_equal(w->hub->conflicts, 0);
	assert_int_equal(w->done.n, 0);
}

static void in_a_hold_only_revocations_are_made(void **state)
{
	struct world *w = *state;

	fake_checkpoint(w->hub, 0, clock_now() - 2 * 3600);
	assert_int_equal(ctl_follow(&w->c, false, &w->d), ERR_HOLD);
	assert_int_equal(ctl_follow(&w->c, true, &w->d), OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_approval_is_signed_and_posted),
		TEST(issued_is_later_than_what_touches_the_keys),
		TEST(of_what_was_decided_before_now_no_list_is_read),
		TEST(a_time_too_far_ahead_is_not_signed),
		TEST(a_revocation_is_remembered_for_366_days),
		TEST(after_a_conflict_it_tries_once_more),
		TEST(after_two_conflicts_it_gives_up),
		TEST(in_a_hold_only_revocations_are_made),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
