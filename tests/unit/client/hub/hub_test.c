/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>

#include "../feed/fakehub.h"
#include "client/hub/hub.h"

struct world {
	struct fake *fake;
	struct hub *h;
	struct diag d;
	struct buf body;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->fake = fake_open();
	assert_int_equal(hub_open(w->fake->url, &w->h, &w->d), OK);
	buf_init(&w->body, 1000);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	buf_done(&w->body);
	hub_close(&w->h);
	fake_close(w->fake);
	free(w);
	return 0;
}

static void urls_are_checked(void **state)
{
	static const struct {
		const char *url;
		enum err want;
	} table[] = {
		{"https://varsel.example", OK},
		{"https://varsel.example:8443/", OK},
		{"http://127.0.0.1:8440", OK},
		{"http://localhost:8440", OK},
		{"http://[::1]:8440", OK},
		{"http://varsel.example", ERR_CONFIG},
		{"http://10.0.0.1", ERR_CONFIG},
		{"http://127.example.org", ERR_CONFIG},
		{"ftp://varsel.example", ERR_CONFIG},
		{"https://varsel.example/api", ERR_CONFIG},
		{"https://varsel.example/?x=1", ERR_CONFIG},
		{"https://user@varsel.example", ERR_CONFIG},
		{"https://varsel.example/#x", ERR_CONFIG},
		{"varsel.example", ERR_CONFIG},
		{"", ERR_CONFIG},
	};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct hub *h = NULL;
		enum err e = hub_open(table[i].url, &h, &d);

		if (e != table[i].want)
			print_error("%s\n", table[i].url);
		assert_int_equal(e, table[i].want);
		hub_close(&h);
	}
}

static void the_host_is_the_hubs_name(void **state)
{
	struct buf b;
	struct diag d;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(hub_url_host("https://varsel.example:8443", &b, &d), OK);
	assert_string_equal(buf_str(&b), "varsel.example");
	buf_done(&b);
}

static void a_body_is_appended_and_bounded(void **state)
{
	struct world *w = *state;
	char big[1200];

	memset(big, 'x', sizeof(big));
	fake_put(w->fake, "/small", slice_of("hello"), 0);
	fake_put(w->fake, "/big", slice_mem(big, sizeof(big)), 0);
	buf_puts(&w->body, "> ");
	assert_int_equal(hub_get(w->h, "/small", &w->body, &w->d), OK);
	assert_string_equal(buf_str(&w->body), "> hello");
	assert_int_equal(hub_status(w->h), 200);
	w->fake->hint = 42;
	buf_reset(&w->body);
	assert_int_equal(hub_get(w->h, "/big", &w->body, &w->d), ERR_LIMIT);
	assert_non_null(strstr(w->d.text, "over 1000 bytes"));
	buf_reset(&w->body);
	assert_int_equal(hub_get(w->h, "/small", &w->body, &w->d), OK);
	assert_int_equal(hub_root_hint(w->h), 42);
}

static void problems_become_errors(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum err want;
		const char *text;
	} table[] = {
		{422, "{\"slug\":\"nothing-accepted\",\"detail\":\"no line\"}",
			ERR_NOTHING, "no line"},
		{409, "{\"slug\":\"no-effect\",\"detail\":\"stale\\u001b[2J\"}",
			ERR_NO_EFFECT, "stale?[2J"},
		{409, "{\"slug\":\"conflict\"}", ERR_CONFLICT, "answered 409"},
		{404, "<html>", ERR_NOT_FOUND, "answered 404"},
		{503, "", ERR_BUSY, "answered 503"},
		{503, "{\"slug\":\"out-of-memory\"}", ERR_BUSY, "answered 503"},
		{502, "<html>", ERR_UNAVAILABLE, "answered 502"},
		{500, "{\"slug\":\"hold\",\"detail\":\"x\"}", ERR_INTERNAL, "x"},
		{401, "{\"slug\":\"out-of-memory\"}", ERR_UNAUTHORIZED, "401"},
		{302, "", ERR_INTERNAL, "302"},
		{418, "", ERR_INTERNAL, "418"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		fake_put(w->fake, "/p", slice_of(table[i].body), table[i].status);
		buf_reset(&w->body);
		assert_int_equal(hub_get(w->h, "/p", &w->body, &w->d), table[i].want);
		assert_non_null(strstr(w->d.text, table[i].text));
		assert_int_equal(w->body.len, 0);
		assert_true(slice_is(hub_problem(w->h), table[i].body));
	}
}

static void nobody_there_is_unavailable(void **state)
{
	struct world *w = *state;

	fake_stop(w->fake);
	assert_int_equal(hub_get(w->h, "/x", &w->body, &w->d), ERR_UNAVAILABLE);
	assert_non_null(strstr(w->d.text, w->fake->url));
	assert_int_equal(hub_status(w->h), 0);
}

/* A listener that takes connections and never answers. */
static void a_deadline_ends_a_call(void **state)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char url[64];
	struct world *w = *state;
	struct hub *h;

	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", ntohs(a.sin_port));
	assert_int_equal(hub_open(url, &h, &w->d), OK);
	hub_set_deadline(h, 1);
	assert_int_equal(hub_get(h, "/x", &w->body, &w->d), ERR_UNAVAILABLE);
	assert_non_null(strstr(w->d.text, "timed out"));
	hub_close(&h);
	(void)close(fd);
}

static void token_answer(struct world *w, const char *token, int64_t expires)
{
	char text[CLOCK_TEXT], body[256];

	clock_format(expires, text);
	(void)snprintf(
		body, sizeof(body), "{\"token\":\"%s\",\"expires\":\"%s\"}", token, text);
	fake_put(w->fake, "/v1/token", slice_of(body), 0);
}

static void a_token_is_cached_and_renewed(void **state)
{
	struct world *w = *state;
	char cache[128], *token;
	struct hub *other;

	(void)snprintf(cache, sizeof(cache), "%s/token", w->fake->dir);
	fake_put(w->fake, "/small", slice_of("x"), 0);
	token_answer(w, "a.b.c", clock_now() + 900);
	assert_int_equal(hub_login(w->h, "hub.test", &w->fake->coord, "coordinate", cache,
				 &token, &w->d),
		OK);
	assert_string_equal(token, "a.b.c");
	free(token);
	assert_int_equal(hub_get(w->h, "/small", &w->body, &w->d), OK);
	assert_string_equal(w->fake->auth, "Bearer a.b.c");

	/* another process finds it in the file, unless it is another's */
	token_answer(w, "d.e.f", clock_now() + 900);
	assert_int_equal(hub_open(w->fake->url, &other, &w->d), OK);
	w->fake->requests = 0;
	assert_int_equal(hub_login(other, "hub.test", &w->fake->coord, "coordinate",
				 cache, NULL, &w->d),
		OK);
	assert_int_equal(w->fake->requests, 0);
	assert_int_equal(
		hub_login(other, "hub.test", &w->fake->coord, "feed", cache, NULL, &w->d),
		OK);
	assert_int_equal(w->fake->requests, 1);
	assert_int_equal(hub_login(other, "hub.test", &w->fake->coord2, "feed", cache,
				 &token, &w->d),
		OK);
	assert_string_equal(token, "d.e.f");
	free(token);
	hub_close(&other);

	/* what lapses is renewed before the call */
	fake_ahead += 850;
	token_answer(w, "g.h.i", clock_now() + 900);
	assert_int_equal(hub_get(w->h, "/small", &w->body, &w->d), OK);
	assert_string_equal(w->fake->auth, "Bearer g.h.i");
}

static void a_refused_token_is_renewed_once(void **state)
{
	struct world *w = *state;

	token_answer(w, "a.b.c", clock_now() + 900);
	assert_int_equal(hub_login(w->h, "hub.test", &w->fake->coord, "coordinate", NULL,
				 NULL, &w->d),
		OK);
	fake_put(w->fake, "/closed", slice_of("{}"), 401);
	w->fake->requests = 0;
	assert_int_equal(hub_get(w->h, "/closed", &w->body, &w->d), ERR_UNAUTHORIZED);
	assert_int_equal(w->fake->requests, 3); /* call, token, call */
}

static void a_token_that_is_none_is_refused(void **state)
{
	struct world *w = *state;

	token_answer(w, "a\\r\\nX-Evil: 1", clock_now() + 900);
	assert_int_equal(hub_login(w->h, "hub.test", &w->fake->coord, "coordinate", NULL,
				 NULL, &w->d),
		ERR_SYNTAX);
	fake_put(w->fake, "/v1/token",
		slice_of("{\"slug\":\"forbidden\",\"detail\":\"no\"}"), 403);
	assert_int_equal(hub_login(w->h, "hub.test", &w->fake->coord, "coordinate", NULL,
				 NULL, &w->d),
		ERR_FORBIDDEN);
	assert_string_equal(w->d.text, "login: no");
}

static void query_values_are_encoded(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	hub_query_put(&b, slice_of("http://a.b/?x=1&y=\xc3\xa6 ~"));
	assert_string_equal(buf_str(&b), "http%3A%2F%2Fa.b%2F%3Fx%3D1%26y%3D%C3%A6%20~");
	buf_done(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_checked),
		cmocka_unit_test(the_host_is_the_hubs_name),
		TEST(a_body_is_appended_and_bounded),
		TEST(problems_become_errors),
		TEST(nobody_there_is_unavailable),
		TEST(a_deadline_ends_a_call),
		TEST(a_token_is_cached_and_renewed),
		TEST(a_refused_token_is_renewed_once),
		TEST(a_token_that_is_none_is_refused),
		cmocka_unit_test(query_values_are_encoded),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
