/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequencer: start, append, crash in between, a second hub, a restored backup. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/checkpoint.h"
#include "common/file.h"
#include "tests/integration/core/world.h"

#define DAY   86400
#define UNTIL "2027-02-14T08:00:00Z" /* NOW + 30 days */

static int64_t serial;

/* One statement more; each on a value of its own. */
static enum err append(struct decided *ret)
{
	char *line = arena_printf(&w.a, "domain h%lld.example block until=" UNTIL "\n",
		(long long)serial++);

	return decide(approve_note(NOW, NOW + 30 * DAY, line, &w.anna), ret);
}

static void append_ok(void)
{
	struct decided r;

	assert_int_equal(append(&r), OK);
}

/* The hub stops and starts: nothing but database and state folder remains. */
static enum err restart(void)
{
	log_close(&w.core.log);
	db_close(&w.lead);
	memset(&w.seen, 0, sizeof(w.seen));
	assert_int_equal(
		log_open(w.state, ORIGIN, world_publish, &w.seen, &w.core.log, &w.d), OK);
	w.lead = world_db();
	return log_lead(w.core.log, w.lead, w.now, &w.d);
}

static struct slice head_file(void)
{
	CLEANUP_BUF struct buf text = {.max = 1024};

	assert_int_equal(
		file_read(arena_printf(&w.a, "%s/head", w.state), &text, &w.d), OK);
	return slice_mem(arena_dup(&w.a, buf_view(&text)), text.len);
}

static void head_put_back(struct slice text)
{
	assert_int_equal(
		file_write(arena_printf(&w.a, "%s/head", w.state), text, 0600, &w.d), OK);
}

static void test_empty_log_is_signed(void **state)
{
	struct pubkey keys[2];
	struct note note;
	struct checkpoint c;
	size_t signers;
	int64_t at;

	(void)state;
	assert_int_equal(w.seen.checkpoints, 1);
	assert_true(log_leading(w.core.log));
	assert_int_equal(note_parse(slice_of(w.seen.checkpoint), &note, &w.d), OK);
	log_keys(w.core.log, &keys[0], &keys[1]);
	assert_int_equal(note_verify(&note, keys, 2, &signers, NULL, &at, &w.d), OK);
	assert_int_equal(signers, 2);
	assert_int_equal(at, NOW);
	assert_int_equal(checkpoint_parse(note.text, &c, &w.d), OK);
	assert_true(slice_is(c.origin, ORIGIN));
	assert_int_equal(c.size, 0);

	w.now += 60;
	assert_int_equal(log_refresh(w.core.log, w.now, &w.d), OK);
	assert_int_equal(w.seen.checkpoints, 2);
	assert_int_equal(note_parse(slice_of(w.seen.checkpoint), &note, &w.d), OK);
	assert_int_equal(note_verify(&note, keys, 2, &signers, NULL, &at, &w.d), OK);
	assert_int_equal(at, NOW + 60);
	assert_int_equal(world_sql("SELECT count(*) FROM checkpoint"), 1);
}

static void test_restart_publishes_the_same(void **state)
{
	char first[1024];
	struct hash root;

	(void)state;
	for (int i = 0; i < 5; i++)
		append_ok();
	root = w.seen.root;
	memcpy(first, w.seen.entry[3], sizeof(first));
	assert_int_equal(restart(), OK);
	assert_int_equal(w.seen.size, 5);
	assert_true(hash_same(&w.seen.root, &root));
	assert_string_equal(w.seen.entry[3], first);
	assert_true(w.seen.bundle[3] > 0);
	assert_int_equal(w.seen.checkpoints, 1);
	append_ok();
	assert_int_equal(w.seen.size, 6);

	/* Bundles that nobody needs any more are not loaded. */
	w.now += 31 * DAY;
	assert_int_equal(restart(), OK);
	assert_int_equal(w.seen.size, 6);
	assert_int_equal(w.seen.bundle[3], 0);
}

/* Killed between the commit and the signature: the head file is a step behind. */
static void test_unsigned_head_is_signed_at_start(void **state)
{
	struct slice head;
	struct hash root;

	(void)state;
	append_ok();
	head = head_file();
	append_ok();
	append_ok();
	root = w.seen.root;
	head_put_back(head);
	assert_int_equal(restart(), OK);
	assert_int_equal(w.seen.size, 3);
	assert_true(hash_same(&w.seen.root, &root));
	assert_false(slice_same(head_file(), head));
}

/* The entry is in the database, but the head file could not be written: the answer is an
 * error, and the next look finishes the work. */
static void test_full_disk(void **state)
{
	struct decided r;
	char *aside = arena_printf(&w.a, "%s.aside", w.state);

	(void)state;
	append_ok();
	assert_int_equal(rename(w.state, aside), 0);
	assert_int_not_equal(append(&r), OK);
	assert_int_equal(w.seen.size, 1);
	assert_int_equal(rename(aside, w.state), 0);
	assert_int_equal(log_lead(w.core.log, w.lead, w.now, &w.d), OK);
	assert_int_equal(w.seen.size, 2);
	append_ok();
	assert_int_equal(w.seen.size, 3);
}

static void hold_at_start(void)
{
	assert_int_equal(restart(), ERR_HOLD);
	assert_non_null(strstr(w.d.text, "refusing to sign"));
	assert_non_null(strstr(w.d.text, "restore"));
	assert_int_equal(w.seen.checkpoints, 0);
	assert_false(log_leading(w.core.log));
	assert_int_equal(log_lead(w.core.log, w.lead, w.now, &w.d), ERR_HOLD);
	assert_int_equal(log_refresh(w.core.log, w.now, &w.d), ERR_HOLD);
}

static void test_old_backup(void **state)
{
	(void)state;
	append_ok();
	(void)world_sql("DELETE FROM statement; UPDATE log SET size = 0, frontier = ''");
	hold_at_start();
}

/* Back to one entry, sound in itself. */
static void back_to_yesterday(void)
{
	(void)world_sql("DELETE FROM statement WHERE index = 1;"
			" UPDATE log SET size = y.size, frontier = y.frontier"
			" FROM yesterday y; DROP TABLE yesterday");
}

static void yesterday(void)
{
	append_ok();
	(void)world_sql("CREATE TABLE yesterday AS SELECT size, frontier FROM log");
}

static void test_backup_of_yesterday(void **state)
{
	(void)state;
	yesterday();
	append_ok();
	back_to_yesterday();
	hold_at_start();
}

/* The same, but the log went on from there and is now longer than it ever was. */
static void test_backup_that_went_on(void **state)
{
	struct slice old, head;

	(void)state;
	yesterday();
	old = head_file();
	append_ok();
	head = head_file();
	back_to_yesterday();
	head_put_back(old);
	assert_int_equal(restart(), OK);
	append_ok();
	append_ok();
	assert_int_equal(w.seen.size, 3);
	head_put_back(head);
	hold_at_start();
}

/* As long, but with other entries. */
static void test_other_entries(void **state)
{
	(void)state;
	append_ok();
	append_ok();
	(void)world_sql("UPDATE statement SET note = note || '\\x0a' WHERE index = 0");
	hold_at_start();
}

static void test_entry_missing(void **state)
{
	(void)state;
	append_ok();
	append_ok();
	(void)world_sql("DELETE FROM statement WHERE index = 1");
	assert_int_not_equal(restart(), OK);
	assert_int_equal(w.seen.checkpoints, 0);
}

static void test_log_gone(void **state)
{
	(void)state;
	append_ok();
	(void)world_sql("TRUNCATE log, statement, checkpoint, enforcement");
	hold_at_start();
}

/* While it runs: the database is another one after the connection was lost. */
static void test_restored_while_running(void **state)
{
	struct decided r;

	(void)state;
	append_ok();
	append_ok();
	(void)world_sql("UPDATE statement SET note = note || '\\x0a' WHERE index = 0");
	(void)world_sql(
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
		" WHERE pid <> pg_backend_pid() AND datname = current_database()");
	assert_int_equal(log_lead(w.core.log, w.lead, w.now, &w.d), ERR_HOLD);
	assert_int_equal(append(&r), ERR_HOLD);
	assert_int_equal(log_refresh(w.core.log, w.now, &w.d), ERR_HOLD);
}

static void test_lost_connection_heals(void **state)
{
	struct decided r;
	enum err e;

	(void)state;
	append_ok();
	(void)world_sql(
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
		" WHERE pid <> pg_backend_pid() AND datname = current_database()");
	/* Freshness needs no database. */
	assert_int_equal(log_refresh(w.core.log, w.now + 60, &w.d), OK);
	for (int i = 0; i < 50; i++) {
		e = log_lead(w.core.log, w.lead, w.now, &w.d);
		if (!e)
			break;
		assert_int_equal(e, ERR_DATABASE);
		(void)usleep(100000);
	}
	assert_int_equal(e, OK);
	assert_true(log_leading(w.core.log));
	assert_int_equal(append(&r), OK);
	assert_int_equal(w.seen.size, 2);
	assert_int_equal(w.seen.entries, 2);
}

static void test_second_hub_waits_and_takes_over(void **state)
{
	static struct seen other;
	struct log *second;
	struct db *db = world_db();
	struct decided r;

	(void)state;
	memset(&other, 0, sizeof(other));
	append_ok();
	assert_int_equal(
		log_open(w.state, ORIGIN, world_publish, &other, &second, &w.d), OK);
	assert_int_equal(log_lead(second, db, w.now, &w.d), ERR_BUSY);
	assert_false(log_leading(second));
	assert_int_equal(log_refresh(second, w.now, &w.d), ERR_BUSY);
	append_ok();
	assert_int_equal(other.entries, 0);

	/* The first one's session ends without its knowing. */
	(void)world_sql("SELECT pg_terminate_backend(pid) FROM pg_locks"
			" WHERE locktype = 'advisory' AND granted");
	for (int i = 0; i < 50 && log_lead(second, db, w.now, &w.d); i++)
		(void)usleep(100000);
	assert_true(log_leading(second));
	assert_int_equal(other.size, 2);
	/* It still believes to lead, and cannot append. */
	assert_true(log_leading(w.core.log));
	assert_int_equal(append(&r), ERR_BUSY);
	assert_false(log_leading(w.core.log));
	assert_int_equal(log_refresh(w.core.log, w.now, &w.d), ERR_BUSY);
	assert_int_equal(w.seen.size, 2);
	assert_int_equal(world_sql("SELECT count(*) FROM statement"), 2);
	assert_int_equal(log_lead(w.core.log, w.lead, w.now, &w.d), ERR_BUSY);
	log_close(&second);
	db_close(&db);
	/* And back: what the other one did meanwhile is caught up with. */
	for (int i = 0; i < 50 && log_lead(w.core.log, w.lead, w.now, &w.d); i++)
		(void)usleep(100000);
	append_ok();
	assert_int_equal(w.seen.size, 3);
}

static void test_what_cannot_be_published_is_not_signed(void **state)
{
	struct decided r;

	(void)state;
	w.seen.fail = true;
	assert_int_equal(append(&r), ERR_HOLD);
	assert_int_equal(w.seen.checkpoints, 1);
	w.seen.fail = false;
	assert_int_equal(restart(), OK);
	assert_int_equal(w.seen.size, 1);
}

static void test_state_folder(void **state)
{
	struct log *l;

	(void)state;
	assert_int_equal(
		log_open(w.state, HUB "/feed/other", world_publish, &w.seen, &l, &w.d),
		ERR_CONFIG);
	head_put_back(slice_of("varsel/head/v1\nlog " ORIGIN "\nsize 01\nroot 00\n"));
	assert_int_equal(
		log_open(w.state, ORIGIN, world_publish, &w.seen, &l, &w.d), ERR_CONFIG);
	assert_non_null(strstr(w.d.text, "/head: line 3"));
	assert_int_equal(file_remove(arena_printf(&w.a, "%s/head", w.state), &w.d), OK);
	assert_int_equal(log_open(w.state, ORIGIN, world_publish, &w.seen, &l, &w.d),
		ERR_NOT_FOUND);
	assert_non_null(strstr(w.d.text, "head is missing"));
	/* An empty head beside an old key would let a lost log begin anew. */
	assert_int_equal(log_init(w.state, ORIGIN, &w.d), ERR_CONFLICT);
}

#define TEST(f) cmocka_unit_test_setup(f, world_fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty_log_is_signed),
		TEST(test_restart_publishes_the_same),
		TEST(test_unsigned_head_is_signed_at_start),
		TEST(test_full_disk),
		TEST(test_old_backup),
		TEST(test_backup_of_yesterday),
		TEST(test_backup_that_went_on),
		TEST(test_other_entries),
		TEST(test_entry_missing),
		TEST(test_log_gone),
		TEST(test_restored_while_running),
		TEST(test_lost_connection_heals),
		TEST(test_second_hub_waits_and_takes_over),
		TEST(test_what_cannot_be_published_is_not_signed),
		TEST(test_state_folder),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
