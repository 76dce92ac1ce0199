/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection: lost and found again, transactions that run twice, migrations. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "server/admin/migrations.h"
#include "server/db/audit.h"
#include "server/db/migration.h"
#include "server/db/query.h"
#include "tests/integration/core/world.h"

#define KILL_OTHERS                                              \
	"SELECT pg_terminate_backend(pid) FROM pg_stat_activity" \
	" WHERE pid <> pg_backend_pid() AND datname = current_database()"

static struct diag d;

static enum err note(struct db *db, const char *what, struct diag *diag)
{
	return db_audit_add(db, NOW, "test", what, slice_of("x"), NULL, diag);
}

static int64_t noted(const char *what)
{
	return world_sql(arena_printf(
		&w.a, "SELECT count(*) FROM audit WHERE action = '%s'", what));
}

static void test_nobody_there(void **state)
{
	CLEANUP_DB struct db *db = NULL;

	(void)state;
	assert_int_equal(db_open("host=/nowhere dbname=x", &db, &d), OK);
	assert_int_equal(db_generation(db), 0);
	assert_int_equal(db_ping(db, &d), ERR_DATABASE);
	assert_non_null(strstr(d.text, "/nowhere"));
	/* At once again: no second attempt is made yet. */
	assert_int_equal(db_ping(db, &d), ERR_DATABASE);
	assert_non_null(strstr(d.text, "no connection"));
}

static enum err simple_body(struct db *db, void *ctx, struct diag *diag)
{
	return note(db, ctx, diag);
}

static void test_found_again(void **state)
{
	CLEANUP_DB struct db *db = world_db();
	unsigned first;

	(void)state;
	assert_int_equal(db_ping(db, &d), OK);
	first = db_generation(db);
	(void)world_sql(KILL_OTHERS);
	assert_int_equal(db_ping(db, &d), OK);
	assert_int_not_equal(db_generation(db), first);
	(void)world_sql(KILL_OTHERS);
	assert_int_equal(db_tx(db, simple_body, (char[]){"again"}, &d), OK);
	assert_int_equal(noted("again"), 1);
}

static enum err killed_body(struct db *db, void *ctx, struct diag *diag)
{
	enum err e = note(db, "half", diag);

	(void)ctx;
	assert_int_equal(e, OK);
	(void)world_sql(KILL_OTHERS);
	return note(db, "half", diag);
}

static void test_killed_within(void **state)
{
	CLEANUP_DB struct db *db = world_db();

	(void)state;
	assert_int_equal(db_tx(db, killed_body, NULL, &d), ERR_DATABASE);
	assert_int_equal(noted("half"), 0);
	assert_int_equal(db_tx(db, simple_body, (char[]){"whole"}, &d), OK);
	assert_int_equal(noted("whole"), 1);
}

static enum err refusing_body(struct db *db, void *ctx, struct diag *diag)
{
	enum err e = note(db, "refused", diag);

	(void)ctx;
	return e ? e : diag_fail(diag, ERR_CONFLICT, "changed my mind");
}

/* Goes on after a statement failed, as if nothing had happened: COMMIT must not say OK.
 */
static enum err careless_body(struct db *db, void *ctx, struct diag *diag)
{
	static const struct query broken = {"test-broken", "SELECT 1 / 0"};
	struct args a = {0};
	enum err e = note(db, "careless", diag);

	(void)ctx;
	assert_int_equal(e, OK);
	assert_int_equal(db_run(db, &broken, &a, NULL, diag), ERR_INTERNAL);
	assert_non_null(strstr(diag->text, "test-broken: division by zero"));
	return OK;
}

static void test_rolled_back(void **state)
{
	CLEANUP_DB struct db *db = world_db();

	(void)state;
	assert_int_equal(db_tx(db, refusing_body, NULL, &d), ERR_CONFLICT);
	assert_string_equal(d.text, "changed my mind");
	assert_int_equal(noted("refused"), 0);
	assert_int_equal(db_tx(db, careless_body, NULL, &d), ERR_INTERNAL);
	assert_int_equal(noted("careless"), 0);
	assert_int_equal(db_ping(db, &d), OK);
}

/* Two that lock two rows in opposite order; each waits until the other has its first. */
struct crossing {
	const char *first, *second;
	_Atomic int *locked;
	int runs;
	enum err e;
};

static enum err lock_row(struct db *db, const char *code, struct diag *diag)
{
	int64_t id;
	bool suspended;

	return db_org_lock(db, code, &id, &suspended, diag);
}

static enum err crossing_body(struct db *db, void *ctx, struct diag *diag)
{
	struct crossing *x = ctx;
	enum err e = lock_row(db, x->first, diag);

	if (x->runs++ == 0) {
		atomic_fetch_add(x->locked, 1);
		while (atomic_load(x->locked) < 2)
			(void)sched_yield();
	}
	if (!e)
		e = lock_row(db, x->second, diag);
	return e ? e : note(db, "crossed", diag);
}

static void *crossing_run(void *arg)
{
	struct crossing *x = arg;
	struct diag diag;
	struct db *db = NULL;

	x->e = db_open(world_dsn(), &db, &diag);
	if (!x->e)
		x->e = db_tx(db, crossing_body, x, &diag);
	db_close(&db);
	return NULL;
}

static void test_deadlock_is_run_again(void **state)
{
	static _Atomic int locked;
	struct crossing x[] = {
		{.first = "1", .second = "2", .locked = &locked},
		{.first = "2", .second = "1", .locked = &locked},
	};
	pthread_t other;
	struct member a, b;

	(void)state;
	locked = 0;
	member_enrol(&a, "1");
	member_enrol(&b, "2");
	assert_int_equal(pthread_create(&other, NULL, crossing_run, &x[0]), 0);
	(void)crossing_run(&x[1]);
	(void)pthread_join(other, NULL);
	assert_int_equal(x[0].e, OK);
	assert_int_equal(x[1].e, OK);
	assert_true(x[0].runs + x[1].runs >= 3); /* one of them at least twice */
	assert_int_equal(noted("crossed"), 2);
	member_done(&a);
	member_done(&b);
}

static unsigned told;

static void tell(const char *name)
{
	assert_non_null(strstr(name, ".sql"));
	told++;
}

static void test_migrations(void **state)
{
	CLEANUP_DB struct db *db = world_db();

	(void)state;
	told = 0;
	assert_int_equal(migrations_run(db, "test", tell, &d), OK);
	assert_int_equal(told, 0);
	assert_int_equal(migrations_check(db, &d), OK);
	assert_int_equal(
		world_sql("SELECT count(*) FROM schema_migration"), migrations_newest());
	/* A file that fails in the middle leaves nothing behind. */
	assert_int_equal(
		db_migration_run(
			db, "BEGIN; CREATE TABLE half (); SELECT 1 / 0; COMMIT;", &d),
		ERR_INTERNAL);
	assert_non_null(strstr(d.text, "division by zero"));
	assert_int_equal(
		world_sql("SELECT count(*) FROM pg_class WHERE relname = 'half'"), 0);
	/* A database that is newer than the program is left alone. */
	(void)world_sql("INSERT INTO schema_migration VALUES (9999, 'future')");
	assert_int_equal(migrations_run(db, "test", tell, &d), ERR_CONFLICT);
	assert_int_equal(migrations_check(db, &d), ERR_CONFLICT);
	(void)world_sql("DELETE FROM schema_migration WHERE version = 9999");
	(void)world_sql("UPDATE schema_migration SET version = version - 9999");
	assert_int_equal(migrations_check(db, &d), ERR_CONFLICT);
	assert_non_null(strstr(d.text, "varseld migrate"));
	(void)world_sql("UPDATE schema_migration SET version = version + 9999");
}

static void test_everything_is_commented(void **state)
{
	(void)state;
	assert_int_equal(world_sql("SELECT count(*) FROM pg_class c JOIN pg_namespace n"
				   " ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
				   " AND c.relkind IN ('r', 'p') AND "
				   "obj_description(c.oid) IS NULL"),
		0);
	assert_int_equal(
		world_sql("SELECT count(*) FROM pg_attribute a JOIN pg_class c"
			  " ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = "
			  "c.relnamespace"
			  " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND "
			  "attnum > 0"
			  " AND NOT attisdropped AND col_description(c.oid, attnum) IS "
			  "NULL"),
		0);
	assert_true(world_sql("SELECT count(*) FROM pg_class c JOIN pg_namespace n"
			      " ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
			      " AND c.relkind IN ('r', 'p')") >= 16);
}

#define TEST(f) cmocka_unit_test_setup(f, world_fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nobody_there),
		TEST(test_found_again),
		TEST(test_killed_within),
		TEST(test_rolled_back),
		TEST(test_deadlock_is_run_again),
		TEST(test_migrations),
		TEST(test_everything_is_commented),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
