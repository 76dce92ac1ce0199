/* SPDX-License-Identifier: BSD-2-Clause */
/* What must not be blocked: flagged, refused, and lifted by an override that is audited.
 */
#include "server/core/neverblock.h"

#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "server/core/reflag.h"
#include "tests/integration/core/world.h"

#define DAY   86400
#define UNTIL "2027-02-14T08:00:00Z" /* NOW + 30 days */

static struct member kbh;
static struct allow list;
static char path[80];

static int fresh(void **state)
{
	int failed = world_fresh(state);
	struct conf_list files = {.item = (char *[]){path}, .n = 1};
	struct warninglist sum;

	member_enrol(&kbh, "0101");
	(void)snprintf(path, sizeof(path), "%s/list.json", w.state);
	assert_int_equal(file_write(path,
				 slice_of("{\"name\":\"Banks\",\"type\":\"hostname\","
					  "\"list\":[\"www.bank.example\",\"x\"]}"),
				 0600, &w.d),
		OK);
	assert_int_equal(neverblock_load(&w.core, &files, &list, &sum, &w.d), OK);
	assert_int_equal(sum.taken, 1);
	assert_int_equal(sum.skipped, 1);
	w.core.never_block = &list;
	return failed;
}

static int done(void **state)
{
	(void)state;
	member_done(&kbh);
	w.core.never_block = NULL;
	allow_done(&list);
	return file_remove(path, NULL);
}

static bool flagged(const char *value)
{
	struct indicator i = get(value);

	for (size_t n = 0; n < i.flags.n; n++)
		if (strcmp(i.flags.item[n], "never-block") == 0)
			return true;
	return false;
}

static void test_flagged_at_report(void **state)
{
	static const char *const hits[] = {"kl.dk", "login.borger.dk", "bank.example",
		"a.www.bank.example", "10.20.30.40", "1.1.0.0/16", "fe80::1",
		"https://mitid.dk/x", "hub.varsel.test"};
	static const char *const others[] = {
		"shop.bank.example", "203.0.113.7", "45.155.205.233", "evil.example"};
	CLEANUP_BUF struct buf lines = {.max = 4096};
	struct submission s;

	(void)state;
	for (size_t i = 0; i < sizeof(hits) / sizeof(*hits); i++)
		buf_printf(
			&lines, "%s %s\n", kind_guess(slice_of(hits[i]))->name, hits[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		buf_printf(&lines, "%s %s\n", kind_guess(slice_of(others[i]))->name,
			others[i]);
	s = report_lines(&kbh, buf_str(&lines));
	assert_int_equal(s.nrefused, 0);
	for (size_t i = 0; i < sizeof(hits) / sizeof(*hits); i++)
		if (!flagged(hits[i]))
			fail_msg("%s is not flagged", hits[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (flagged(others[i]))
			fail_msg("%s is flagged", others[i]);
}

static void refused(const char *line, const char *why)
{
	struct slice note = approve_note(NOW, NOW + 30 * DAY, line, &w.anna);
	struct decided r;

	assert_int_equal(decide(note, &r), ERR_VALUE);
	if (!strstr(w.d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", w.d.text, why);
	assert_int_equal(world_sql("SELECT count(*) FROM statement"), 0);
}

static void test_refused_without_override(void **state)
{
	(void)state;
	refused("domain evil.example block until=" UNTIL
		"\ndomain kl.dk block until=" UNTIL "\n",
		"domain \"kl.dk\": never block: it is in kl.dk (built in: the "
		"association "
		"of municipalities): needs override");
	refused("ip 8.8.0.0/16 block until=" UNTIL "\n",
		"ip \"8.8.0.0/16\": never block: it covers 8.8.4.4 (built in: public "
		"resolver of Google)");
	refused("domain bank.example block until=" UNTIL "\n",
		"it covers www.bank.example (list \"Banks\")");
	refused("ip 192.168.1.1 block until=" UNTIL "\n", "RFC 1918");
}

static void test_override_is_audited(void **state)
{
	struct decided r;

	(void)state;
	assert_int_equal(
		decide(approve_note(NOW, NOW + 30 * DAY,
			       "domain evil.example block until=" UNTIL " override=yes\n"
			       "domain kl.dk block until=" UNTIL " override=yes\n"
			       "domain mitid.dk watch until=" UNTIL "\n",
			       &w.anna),
			&r),
		OK);
	/* also of a value that nobody reported */
	assert_true(flagged("kl.dk"));
	assert_false(flagged("evil.example"));
	/* what needed no override lifted nothing */
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'override'"), 1);
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'override'"
			  " AND subject = (SELECT id::text FROM indicator"
			  "  WHERE value = 'kl.dk') AND detail LIKE"
			  " 'statement 0: %; lifts: never block: it is in kl.dk (%'"),
		1);
}

static void test_a_bad_file_stops_it(void **state)
{
	struct conf_list files = {.item = (char *[]){path}, .n = 1};
	struct warninglist sum;
	struct allow a;

	(void)state;
	assert_int_equal(
		file_write(path, slice_of("{\"type\":\"regex\",\"list\":[\"x\"]}"), 0600,
			&w.d),
		OK);
	assert_int_equal(neverblock_load(&w.core, &files, &a, &sum, &w.d), ERR_CONFIG);
	assert_non_null(strstr(w.d.text, "never-block: "));
	assert_non_null(strstr(w.d.text, "list.json: type \"regex\""));
}

static void test_flagged_anew(void **state)
{
	size_t changed;

	(void)state;
	w.core.never_block = NULL;
	(void)report_lines(&kbh,
		"domain kl.dk\ndomain bank.example\ndomain evil.example\n"
		"domain github.io\ndomain old.borger.dk\n");
	assert_int_equal(
		decide(approve_note(NOW, NOW + 30 * DAY,
			       "domain old.borger.dk block until=" UNTIL "\n", &w.anna),
			&(struct decided){0}),
		OK);
	assert_false(flagged("kl.dk"));
	(void)world_sql("UPDATE indicator SET flags = flags | 4 WHERE value = 'kl.dk'");

	w.core.never_block = &list;
	assert_int_equal(reflag_pending(&w.core, w.db, NOW + 1, &changed, &w.d), OK);
	assert_int_equal(changed, 2);
	assert_true(flagged("kl.dk"));
	assert_true(flagged("bank.example"));
	assert_false(flagged("evil.example"));
	assert_int_equal(get("kl.dk").flags.n, 2); /* disputed as before */
	assert_string_equal(get("github.io").flags.item[0], "private-suffix");
	/* what is decided is decided */
	assert_false(flagged("old.borger.dk"));
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'reflag'"), 1);
	assert_int_equal(reflag_pending(&w.core, w.db, NOW + 1, &changed, &w.d), OK);
	assert_int_equal(changed, 0);

	/* and off again when the lists no longer have it */
	w.core.never_block = NULL;
	assert_int_equal(reflag_pending(&w.core, w.db, NOW + 2, &changed, &w.d), OK);
	assert_int_equal(changed, 2);
	assert_false(flagged("bank.example"));
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'reflag'"), 2);
}

/* Of more than one page none is left out. */
static void test_every_page(void **state)
{
	size_t changed;

	(void)state;
	(void)world_sql(
		"INSERT INTO indicator (kind, value, action, tlp, confidence,"
		" first_seen, last_seen, created, changed)"
		" SELECT 'domain', 'n' || n || '.borger.dk', 'block', 3, 50, now(),"
		" now(), now(), now() FROM generate_series(1, 12000) n");
	assert_int_equal(reflag_pending(&w.core, w.db, NOW + 1, &changed, &w.d), OK);
	assert_int_equal(changed, 12000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_flagged_at_report),
		TEST(test_refused_without_override),
		TEST(test_override_is_audited),
		TEST(test_a_bad_file_stops_it),
		TEST(test_flagged_anew),
		TEST(test_every_page),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
