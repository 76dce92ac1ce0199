/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/keysoff.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "server/core/orgs.h"

/* What the database would say. */
static const char *names[3];
static size_t names_n;
static enum err answer;

enum err orgs_keys_off(struct db *db, struct arena *a, struct texts *ret, struct diag *d)
{
	(void)db;
	if (answer)
		return diag_fail(d, answer, "not now");
	ret->item = arena_alloc(a, sizeof(names));
	assert_non_null(ret->item);
	for (size_t i = 0; i < names_n; i++)
		ret->item[i] = arena_dup(a, slice_of(names[i]));
	ret->n = names_n;
	return OK;
}

static void nobody_knows_yet(void **state)
{
	struct keysoff k;

	(void)state;
	keysoff_init(&k);
	answer = ERR_DATABASE;
	assert_int_equal(keysoff_load(&k, NULL, NULL), ERR_DATABASE);
	assert_int_equal(keysoff_check(&k, "hub/org/0101/1", NULL), ERR_BUSY);
	keysoff_done(&k);
}

static void off_and_not(void **state)
{
	struct keysoff k;

	(void)state;
	keysoff_init(&k);
	answer = OK;
	names_n = 0;
	assert_int_equal(keysoff_load(&k, NULL, NULL), OK);
	assert_int_equal(keysoff_check(&k, "hub/org/0101/1", NULL), OK);
	names[0] = "hub/login/anna";
	names[1] = "hub/org/0101/1";
	names[2] = "hub/org/0751/2";
	names_n = 3;
	assert_int_equal(keysoff_load(&k, NULL, NULL), OK);
	for (size_t i = 0; i < names_n; i++)
		assert_int_equal(keysoff_check(&k, names[i], NULL), ERR_UNAUTHORIZED);
	assert_int_equal(keysoff_check(&k, "hub/org/0101/2", NULL), OK);
	assert_int_equal(keysoff_check(&k, "hub/org/0101/", NULL), OK);
	/* The database goes: what is known stays. */
	answer = ERR_DATABASE;
	names_n = 0;
	assert_int_equal(keysoff_load(&k, NULL, NULL), ERR_DATABASE);
	assert_int_equal(keysoff_check(&k, "hub/org/0101/1", NULL), ERR_UNAUTHORIZED);
	keysoff_done(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_knows_yet),
		cmocka_unit_test(off_and_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
