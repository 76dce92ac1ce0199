/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/auth.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define HUB "hub.varsel.test"
#define NOW INT64_C(1700000000)

static unsigned char secret[JWT_KEY_BYTES];
static const char *off[] = {HUB "/org/0751/1"};
static struct service service;

static const struct route *route(const char *path)
{
	for (size_t i = 0; i < routes_n; i++)
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	fail();
	return NULL;
}

/* A token for the key with these scopes, against the route. */
static enum err check(const char *path, const char *key, const char *org, unsigned scopes,
	struct diag *d)
{
	const struct grant g = {key, org, org ? "member" : "coordinator", scopes, 900};
	struct request q = {.now = NOW};
	const char *token;
	char *header;
	enum err e;

	arena_init(&q.arena, 1 << 20);
	assert_int_equal(jwt_make(&service.jwt, &g, NOW, &q.arena, &token, NULL), OK);
	header = arena_printf(&q.arena, "bearer %s", token);
	e = auth_check(&service, route(path), header, NULL, &q, d);
	if (!e)
		assert_string_equal(q.who.key, key);
	arena_done(&q.arena);
	return e;
}

static void scopes(void **state)
{
	static const struct {
		const char *path;
		unsigned scopes;
		enum err e;
	} row[] = {
		{"/v1/feed/{channel}/checkpoint", SCOPE_FEED, OK},
		{"/v1/feed/{channel}/checkpoint", SCOPE_READ, ERR_FORBIDDEN},
		{"/v1/reports", SCOPE_REPORT, OK},
		{"/v1/reports", SCOPE_FEED | SCOPE_READ, ERR_FORBIDDEN},
		{"/v1/reports/{id}", SCOPE_REPORT, OK},
		{"/v1/reports/{id}", SCOPE_READ, OK},
		{"/v1/reports/{id}", SCOPE_FEED, ERR_FORBIDDEN},
		{"/v1/queue", SCOPES_MEMBER, ERR_FORBIDDEN},
		{"/v1/statements", SCOPES_MEMBER, ERR_FORBIDDEN},
		{"/v1/orgs/{code}/suspend", SCOPES_MEMBER, ERR_FORBIDDEN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		assert_int_equal(check(row[i].path, HUB "/org/0101/1", "0101",
					 row[i].scopes, NULL),
			row[i].e);
	assert_int_equal(
		check("/v1/queue", HUB "/login/anna", NULL, SCOPE_COORDINATE, NULL), OK);
	/* A coordinator reports nothing. */
	assert_int_equal(
		check("/v1/reports", HUB "/login/anna", NULL, SCOPES_COORDINATOR, NULL),
		ERR_FORBIDDEN);
}

static void a_key_that_is_off(void **state)
{
	struct diag d = {""};

	(void)state;
	assert_int_equal(
		check("/v1/lookup", off[0], "0751", SCOPES_MEMBER, &d), ERR_UNAUTHORIZED);
	assert_string_equal(d.text, "the key " HUB "/org/0751/1 is off");
	service.off.loaded = false;
	assert_int_equal(
		check("/v1/lookup", HUB "/org/0101/1", "0101", SCOPES_MEMBER, &d),
		ERR_BUSY);
	service.off.loaded = true;
}

static void headers(void **state)
{
	static const char *const row[] = {
		NULL,
		"",
		"Bearer",
		"Bearer ",
		"Basic YTpi",
		"Bearer x",
		"Bearer a.b.c",
		"Bearer  a.b.c",
		"Token a.b.c",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct request q = {.now = NOW};

		arena_init(&q.arena, 1 << 20);
		assert_int_equal(
			auth_check(&service, route("/v1/lookup"), row[i], NULL, &q, NULL),
			ERR_UNAUTHORIZED);
		/* What is for anyone looks at none of it. */
		assert_int_equal(
			auth_check(&service, route("/healthz"), row[i], NULL, &q, NULL),
			OK);
		assert_null(q.who.key);
		arena_done(&q.arena);
	}
}

/* The secrets of three sessions: 32 bytes each. */
#define MEMBER "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define OFF    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define ENDED  "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
#define COOKIE "__Host-varsel="

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash)); /* it stands first */
}

static void make_sessions(struct page_session s[3])
{
	static const struct page_session as[3] = {
		{.key = HUB "/org/0101/1", .org = "0101", .expires = NOW + 1},
		{.key = HUB "/org/0751/1", .org = "0751", .expires = NOW + 1},
		{.key = HUB "/login/anna", .expires = NOW},
	};

	for (int i = 0; i < 3; i++) {
		unsigned char bytes[32];

		memset(bytes, i, sizeof(bytes));
		s[i] = as[i];
		s[i].hash = hash_of(slice_mem(bytes, sizeof(bytes)));
	}
	qsort(s, 3, sizeof(*s), by_hash);
	service.sessions.live = (struct page_sessions){s, 3};
	service.sessions.loaded = true;
}

static enum err look(const struct route *r, const char *cookie)
{
	struct request q = {.now = NOW};
	enum err e;

	arena_init(&q.arena, 1 << 20);
	e = auth_check(&service, r, NULL, cookie, &q, NULL);
	if (!e) {
		assert_string_equal(q.who.org, "0101");
		assert_int_equal(q.scopes, SCOPE_PAGE);
		assert_true(q.session_ends > NOW);
	}
	arena_done(&q.arena);
	return e;
}

static void a_session_reads_what_the_page_needs(void **state)
{
	const struct route post = {"POST", "/x", SCOPES_PAGE | SCOPE_REPORT, MEDIA_NONE,
		0, "", false, false, NULL, NULL};
	const struct route all = {
		"GET", "/x", SCOPE_PAGE_ALL, MEDIA_NONE, 0, "", false, false, NULL, NULL};
	const struct route *coverage = route("/v1/coverage");
	struct page_session s[3];

	(void)state;
	make_sessions(s);
	assert_int_equal(look(coverage, COOKIE MEMBER), OK);
	assert_int_equal(look(coverage, "a=b; " COOKIE MEMBER "; c=d"), OK);
	assert_int_equal(look(coverage, COOKIE OFF), ERR_UNAUTHORIZED);
	assert_int_equal(look(coverage, COOKIE ENDED), ERR_UNAUTHORIZED);
	assert_int_equal(look(coverage, COOKIE), ERR_UNAUTHORIZED);
	assert_int_equal(look(coverage, COOKIE MEMBER "A"), ERR_UNAUTHORIZED);
	/* the name of a hub without TLS, and one that only ends like ours */
	assert_int_equal(look(coverage, "varsel=" MEMBER), ERR_UNAUTHORIZED);
	assert_int_equal(look(coverage, "x" COOKIE MEMBER), ERR_UNAUTHORIZED);
	assert_int_equal(look(route("/v1/queue"), COOKIE MEMBER), ERR_UNAUTHORIZED);
	assert_int_equal(look(&post, COOKIE MEMBER), ERR_UNAUTHORIZED);
	assert_int_equal(look(&all, COOKIE MEMBER), ERR_FORBIDDEN);
	service.sessions.loaded = false;
	assert_int_equal(look(coverage, COOKIE MEMBER), ERR_BUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes),
		cmocka_unit_test(a_key_that_is_off),
		cmocka_unit_test(headers),
		cmocka_unit_test(a_session_reads_what_the_page_needs),
	};

	if (sodium_init() < 0)
		return 1;
	memset(secret, 7, sizeof(secret));
	service.jwt = (struct jwt_key){HUB, secret, NULL};
	service.core.public_url = "https://" HUB;
	sessions_init(&service.sessions);
	keysoff_init(&service.off);
	service.off.names = (struct texts){off, 1};
	service.off.loaded = true;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
