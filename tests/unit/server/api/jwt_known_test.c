/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/api/jwt_known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/limits.h"

static const struct caller member = {"hub.varsel.test/org/0101/1", "0101"};
static const struct caller coordinator = {"hub.varsel.test/login/anna", NULL};

struct fixture {
	struct jwt_known *k;
	struct arena a;
	struct caller who;
	unsigned scopes;
};

static bool get(struct fixture *f, const char *token, int64_t now)
{
	struct hash id = hash_of(slice_of(token));

	return jwt_known_get(f->k, &id, now, &f->a, &f->who, &f->scopes);
}

static void put(struct fixture *f, const char *token, int64_t now, int64_t until,
	const struct caller *who, unsigned scopes)
{
	struct hash id = hash_of(slice_of(token));

	jwt_known_put(f->k, &id, now, until, who, scopes);
}

static void while_it_holds(void **state)
{
	struct fixture *f = *state;

	assert_false(get(f, "a", 100));
	put(f, "a", 100, 200, &member, SCOPE_FEED);
	assert_true(get(f, "a", 100));
	assert_string_equal(f->who.key, member.key);
	assert_string_equal(f->who.org, "0101");
	assert_int_equal(f->scopes, SCOPE_FEED);
	assert_true(get(f, "a", 199));
	assert_false(get(f, "a", 200));
	assert_false(get(f, "a", 99));
	assert_false(get(f, "b", 100));
}

static void another_one(void **state)
{
	struct fixture *f = *state;

	put(f, "c", 100, 200, &coordinator, SCOPE_COORDINATE);
	assert_true(get(f, "c", 150));
	assert_string_equal(f->who.key, coordinator.key);
	assert_null(f->who.org);
	put(f, "c", 150, 300, &member, SCOPE_READ);
	assert_true(get(f, "c", 250));
	assert_string_equal(f->who.org, "0101");
	assert_int_equal(f->scopes, SCOPE_READ);
}

/* Far more than there is room for: some go, none is taken for another. */
static void crowded(void **state)
{
	struct fixture *f = *state;
	char token[32], org[16];
	size_t kept = 0;

	for (int i = 0; i < 5000; i++) {
		struct caller who = {"hub.varsel.test/org/x/1", org};

		(void)snprintf(token, sizeof(token), "token %d", i);
		(void)snprintf(org, sizeof(org), "%d", i);
		put(f, token, 1, 2, &who, SCOPE_FEED);
	}
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(token, sizeof(token), "token %d", i);
		(void)snprintf(org, sizeof(org), "%d", i);
		if (!get(f, token, 1))
			continue;
		assert_string_equal(f->who.org, org);
		kept++;
	}
	assert_in_range(kept, 500, 5000);
}

static void long_names(void **state)
{
	struct fixture *f = *state;
	char name[KEY_NAME_MAX + 2];
	struct caller who = {name, NULL};

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	put(f, "long", 1, 2, &who, SCOPE_FEED);
	assert_false(get(f, "long", 1));
	name[KEY_NAME_MAX] = '\0';
	put(f, "long", 1, 2, &who, SCOPE_FEED);
	assert_true(get(f, "long", 1));
	assert_string_equal(f->who.key, name);
}

static int setup(void **state)
{
	static struct fixture f;

	arena_init(&f.a, 1 << 24);
	*state = &f;
	return jwt_known_new(&f.k) ? -1 : 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_done(&f->a);
	jwt_known_free(f->k);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(while_it_holds, setup, teardown),
		cmocka_unit_test_setup_teardown(another_one, setup, teardown),
		cmocka_unit_test_setup_teardown(crowded, setup, teardown),
		cmocka_unit_test_setup_teardown(long_names, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
