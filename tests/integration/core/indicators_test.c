/* SPDX-License-Identifier: BSD-2-Clause */
/* What is shown: queue, list, lookup, one indicator with its reports; page by page. */
#include <stdio.h>
#include <string.h>

#include "tests/integration/core/world.h"

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

typedef enum err (*listing)(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d);

/* All pages, values joined by blanks. */
static const char *walk(listing l, struct indicator_filter f)
{
	CLEANUP_BUF struct buf all = {.max = 1u << 20};
	struct indicators page;

	for (int i = 0; i < 100; i++) {
		enum err e = l(w.db, &f, w.now, &w.a, &page, &w.d);

		if (e)
			fail_msg("%s", w.d.text);
		assert_true(page.n <= (f.limit ? (size_t)f.limit : PAGE_DEFAULT));
		for (size_t k = 0; k < page.n; k++)
			buf_printf(&all, "%s%s", all.len ? " " : "", page.item[k].value);
		if (!page.next)
			return arena_dup(&w.a, buf_view(&all));
		f.cursor = page.next;
	}
	fail_msg("no end of pages");
	return NULL;
}

static void test_queue(void **state)
{
	static const char order[] =
		"both.example thrice.example early.example 203.0.113.7 late.example";

	(void)state;
	(void)report_lines(&kbh, "domain early.example\n");
	w.now++;
	(void)report_lines(&kbh, "domain late.example tag=x\nip 203.0.113.7 tag=x,y\n"
				 "domain both.example\ndomain thrice.example\n");
	(void)report_lines(&kbh, "domain thrice.example\n");
	(void)report_lines(&kbh, "domain thrice.example\n");
	(void)report_lines(&aarhus, "domain both.example\n");
	(void)world_sql("UPDATE indicator SET created = created + interval '1 second'"
			" WHERE value = 'late.example'");
	for (int64_t limit = 1; limit < 7; limit++)
		assert_string_equal(
			walk(indicators_queue, (struct indicator_filter){.limit = limit}),
			order);
	assert_string_equal(
		walk(indicators_queue, (struct indicator_filter){.kind = "ip"}),
		"203.0.113.7");
	assert_string_equal(
		walk(indicators_queue, (struct indicator_filter){.min_orgs = 2}),
		"both.example");
	assert_string_equal(
		walk(indicators_queue, (struct indicator_filter){.org = "0751"}),
		"both.example");
	assert_string_equal(
		walk(indicators_queue, (struct indicator_filter){.org = "0999"}), "");
	assert_string_equal(
		walk(indicators_queue, (struct indicator_filter){.tag = "x", .limit = 1}),
		"203.0.113.7 late.example");
	(void)world_sql("UPDATE indicator SET state = 'rejected' WHERE kind = 'ip'");
	assert_string_equal(walk(indicators_queue, (struct indicator_filter){.tag = "x"}),
		"late.example");
}

static void test_list(void **state)
{
	struct decided r;

	(void)state;
	(void)report_lines(&kbh, "domain b.example\ndomain a.example\nip 203.0.113.7\n"
				 "url http://a.example/x\n"
				 "md5 d41d8cd98f00b204e9800998ecf8427e\n");
	w.now += 10;
	assert_int_equal(
		decide(approve_note(w.now, NOW + 30 * 86400,
			       "domain a.example block until=" UNTIL "\n", &w.anna),
			&r),
		OK);
	for (int64_t limit = 1; limit < 7; limit++)
		assert_string_equal(
			walk(indicators_list, (struct indicator_filter){.limit = limit}),
			"a.example b.example 203.0.113.7 "
			"d41d8cd98f00b204e9800998ecf8427e "
			"http://a.example/x");
	assert_string_equal(
		walk(indicators_list,
			(struct indicator_filter){.kind = "domain", .limit = 1}),
		"a.example b.example");
	assert_string_equal(
		walk(indicators_list, (struct indicator_filter){.state = "approved"}),
		"a.example");
	assert_string_equal(
		walk(indicators_list, (struct indicator_filter){.since = NOW + 5}),
		"a.example");
	assert_string_equal(
		walk(indicators_list, (struct indicator_filter){.q = "b.", .limit = 1}),
		"b.example");
	assert_string_equal(
		walk(indicators_list, (struct indicator_filter){.q = "http://a"}),
		"http://a.example/x");
	assert_string_equal(
		walk(indicators_list, (struct indicator_filter){.q = "%"}), "");
	w.now += 31 * 86400;
	assert_string_equal(
		walk(indicators_list, (struct indicator_filter){.state = "expired"}),
		"a.example");
	assert_string_equal(
		walk(indicators_list, (struct indicator_filter){.state = "approved"}),
		"");
}

static void bad(listing l, struct indicator_filter f, const char *why)
{
	struct indicators page;

	assert_int_equal(l(w.db, &f, w.now, &w.a, &page, &w.d), ERR_VALUE);
	if (!strstr(w.d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", w.d.text, why);
}

static void test_bad_filters(void **state)
{
	static const char *const cursors[] = {
		"", "x", "1.2", "1.2.3.x", "1.2.3.4.5", "-1.2.3.4", "01.2.3.4", "99999"};

	(void)state;
	bad(indicators_list, (struct indicator_filter){.kind = "dns"}, "kind \"dns\"");
	bad(indicators_list, (struct indicator_filter){.state = "new"}, "state \"new\"");
	bad(indicators_queue, (struct indicator_filter){.limit = PAGE_MAX + 1}, "limit");
	bad(indicators_queue, (struct indicator_filter){.limit = -1}, "limit");
	for (size_t i = 0; i < sizeof(cursors) / sizeof(*cursors); i++) {
		bad(indicators_queue, (struct indicator_filter){.cursor = cursors[i]},
			"cursor");
		bad(indicators_list, (struct indicator_filter){.cursor = cursors[i]},
			"cursor");
	}
}

/* More rows than one call looks at, none of which fits: pages are empty, and their
 * cursors lead to the end. */
static void test_scan_is_bounded(void **state)
{
	struct indicators page;
	struct indicator_filter f = {.tag = "x", .limit = 5};

	(void)state;
	(void)report_lines(&kbh, "domain z.example tag=x\n");
	(void)world_sql(
		"INSERT INTO indicator (kind, value, action, tlp, confidence, orgs,"
		" sightings, first_seen, last_seen, created, changed)"
		" SELECT 'domain', 'n' || n || '.example', 'block', 3, 50, 2, 2, at,"
		" at, at, at FROM to_timestamp(1800000000) at, generate_series(1, 20001) "
		"n");
	assert_int_equal(indicators_queue(w.db, &f, w.now, &w.a, &page, &w.d), OK);
	assert_int_equal(page.n, 0);
	assert_non_null(page.next);
	assert_string_equal(walk(indicators_queue, f), "z.example");
	f = (struct indicator_filter){.since = NOW - 1, .state = "revoked"};
	assert_int_equal(indicators_list(w.db, &f, w.now, &w.a, &page, &w.d), OK);
	assert_int_equal(page.n, 0);
	assert_non_null(page.next);
	assert_string_equal(walk(indicators_list, f), "");
}

static const char *lookup(const char *value)
{
	CLEANUP_BUF struct buf all = {.max = 1u << 20};
	struct lookup l;
	enum err e = indicators_lookup(w.db, slice_of(value), w.now, &w.a, &l, &w.d);

	if (e)
		return err_slug(e);
	buf_printf(&all, "%s %s:", l.kind, l.value);
	for (size_t i = 0; i < l.found.n; i++)
		buf_printf(&all, " %s", l.found.item[i].value);
	return arena_dup(&w.a, buf_view(&all));
}

static void test_lookup(void **state)
{
	(void)state;
	(void)report_lines(&kbh, "domain evil.example\ndomain a.evil.example\n"
				 "ip 198.51.100.0/24\nip 198.51.100.7\nip 2001:db8::/32\n"
				 "url http://a.evil.example/x\nemail bob@a.evil.example\n"
				 "md5 d41d8cd98f00b204e9800998ecf8427e\n");
	assert_string_equal(
		lookup("EVIL[.]example"), "domain evil.example: evil.example");
	assert_string_equal(lookup("b.a.evil.example"),
		"domain b.a.evil.example: a.evil.example evil.example");
	assert_string_equal(lookup("notevil.example"), "domain notevil.example:");
	assert_string_equal(
		lookup("198.51.100.7"), "ip 198.51.100.7: 198.51.100.7 198.51.100.0/24");
	assert_string_equal(
		lookup("198.51.100.64/26"), "ip 198.51.100.64/26: 198.51.100.0/24");
	assert_string_equal(lookup("198.51.101.7"), "ip 198.51.101.7:");
	assert_string_equal(lookup("2001:db8:1::1"), "ip 2001:db8:1::1: 2001:db8::/32");
	assert_string_equal(lookup("hxxp://a.evil[.]example/x"),
		"url http://a.evil.example/x: http://a.evil.example/x a.evil.example "
		"evil.example");
	assert_string_equal(lookup("http://198.51.100.7/"),
		"url http://198.51.100.7/: 198.51.100.7 198.51.100.0/24");
	assert_string_equal(lookup("bob@a.evil.example"),
		"email bob@a.evil.example: bob@a.evil.example a.evil.example "
		"evil.example");
	assert_string_equal(lookup("D41D8CD98F00B204E9800998ECF8427E"),
		"md5 d41d8cd98f00b204e9800998ecf8427e: d41d8cd98f00b204e9800998ecf8427e");
	assert_string_equal(lookup("not a value"), "value");
}

static void test_one_with_its_reports(void **state)
{
	struct indicator_voices voices;
	const struct indicator_report *said;
	struct indicator i;
	int64_t id;

	(void)state;
	(void)report_lines(&kbh, "domain a.example watch confidence=10 tlp=green\n");
	(void)report_lines(&aarhus, "domain a.example seen=2027-01-15T07:00:00Z\n");
	id = get("a.example").id;
	assert_int_equal(indicators_get(w.db, id, w.now, &w.a, &i, &voices, &w.d), OK);
	assert_string_equal(i.value, "a.example");
	assert_int_equal(voices.reports.n, 2);
	assert_int_equal(voices.disputes.n, 0);
	said = voices.reports.item;
	assert_string_equal(said[0].org, "0751");
	assert_int_equal(said[0].confidence, 50);
	assert_int_equal(said[0].seen, NOW - 3600);
	assert_string_equal(said[1].org, "0101");
	assert_string_equal(said[1].action, "watch");
	assert_string_equal(said[1].tlp, "green");
	assert_int_equal(said[1].confidence, 10);
	assert_int_equal(said[1].seen, 0);
	assert_int_equal(strncmp(said[1].comment, "report ", 7), 0);
	assert_int_equal(
		indicators_get(w.db, 4711, w.now, &w.a, &i, NULL, &w.d), ERR_NOT_FOUND);
	assert_non_null(strstr(w.d.text, "4711"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_queue),
		TEST(test_list),
		TEST(test_bad_filters),
		TEST(test_scan_is_bounded),
		TEST(test_lookup),
		TEST(test_one_with_its_reports),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
