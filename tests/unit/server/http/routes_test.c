/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/routes.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <strings.h>

#include <cmocka.h>

#include "common/limits.h"
#include "server/api/handlers.h"
#include "server/core/token.h"

static json_t *api; /* docs/openapi.yaml, as the hub serves it */

static int load(void **state)
{
	struct request q = {0};

	(void)state;
	buf_init(&q.res.body, 1 << 20);
	if (api_openapi(NULL, &q, NULL))
		return -1;
	api = json_loadb(q.res.body.data, q.res.body.len, JSON_REJECT_DUPLICATES, NULL);
	buf_done(&q.res.body);
	return api ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	json_decref(api);
	return 0;
}

/* {+tile} is {tile} there. */
static void documented_path(const struct route *r, char out[200])
{
	size_t n = 0;

	for (const char *c = r->path; *c; c++)
		if (*c != '+')
			out[n++] = *c;
	out[n] = '\0';
}

static json_t *operation(const struct route *r)
{
	char path[200], method[8] = "";

	documented_path(r, path);
	for (size_t i = 0; r->method[i]; i++)
		method[i] = (char)(r->method[i] | 0x20);
	return json_object_get(
		json_object_get(json_object_get(api, "paths"), path), method);
}

static void every_route_is_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		if (!operation(&routes[i]))
			print_error("docs/openapi.yaml does not name %s %s\n",
				routes[i].method, routes[i].path);
		assert_non_null(operation(&routes[i]));
	}
}

static void every_documented_path_is_a_route(void **state)
{
	const char *path, *method;
	json_t *item, *what;

	(void)state;
	json_object_foreach(json_object_get(api, "paths"), path, item)
	{
		json_object_foreach(item, method, what)
		{
			char have[200];
			size_t i;

			for (i = 0; i < routes_n; i++) {
				documented_path(&routes[i], have);
				if (strcmp(have, path) == 0 &&
					strcasecmp(method, routes[i].method) == 0)
					break;
			}
			if (i == routes_n)
				print_error("no route for %s %s\n", method, path);
			assert_true(i < routes_n);
		}
	}
}

/* The parameter itself, behind "$ref": "#/components/parameters/<name>". */
static json_t *resolve(json_t *p)
{
	const char *ref = json_string_value(json_object_get(p, "$ref"));

	if (!ref)
		return p;
	return json_object_get(
		json_object_get(json_object_get(api, "components"), "parameters"),
		strrchr(ref, '/') + 1);
}

static size_t count_words(const char *text)
{
	size_t n = *text != '\0';

	for (; *text; text++)
		n += *text == ' ';
	return n;
}

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static void query_parameters_are_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		json_t *list = json_object_get(operation(&routes[i]), "parameters"), *p;
		size_t k, in_query = 0;

		json_array_foreach(list, k, p)
		{
			const char *name =
				json_string_value(json_object_get(resolve(p), "name"));
			const char *in =
				json_string_value(json_object_get(resolve(p), "in"));

			assert_non_null(name);
			if (strcmp(in, "query") != 0)
				continue;
			in_query++;
			if (!has_word(routes[i].query, name))
				print_error(
					"%s does not know %s\n", routes[i].path, name);
			assert_true(has_word(routes[i].query, name));
		}
		assert_int_equal(in_query, count_words(routes[i].query));
		assert_true(in_query <= REQUEST_PARAMS);
	}
}

/* No token needed: "security": []. */
static void security_is_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		json_t *s = json_object_get(operation(&routes[i]), "security");
		bool open = json_is_array(s) && json_array_size(s) == 0;

		assert_int_equal(open, routes[i].scopes == 0);
	}
}

static json_t *answers(const struct route *r, const char *code)
{
	return json_object_get(json_object_get(operation(r), "responses"), code);
}

static void answers_are_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];
		json_t *body = json_object_get(operation(r), "requestBody");

		assert_non_null(answers(r, "default"));
		assert_true(answers(r, "200") || answers(r, "201"));
		assert_int_equal(answers(r, "401") != NULL,
			r->scopes != 0 || r->database == api_token);
		assert_true(r->scopes == 0 || answers(r, "403"));
		assert_int_equal(answers(r, "304") != NULL, r->etag);
		assert_int_equal(body != NULL, r->body != MEDIA_NONE);
	}
}

/* What a hub never answers with: codes of the programs alone, and 304, which has no body.
 */
static bool has_no_problem(enum err e)
{
	return e == OK || e == ERR_USAGE || e == ERR_CANTCREAT || e == ERR_UNAVAILABLE ||
	       e == ERR_CONFIG || e == ERR_NOT_MODIFIED || e == ERR_NOPERM;
}

static void slugs_are_documented(void **state)
{
	json_t *list = json_object_get(api, "components"), *slug;
	size_t k;

	(void)state;
	list = json_object_get(json_object_get(list, "schemas"), "Problem");
	list = json_object_get(json_object_get(list, "properties"), "slug");
	list = json_object_get(list, "enum");
	for (enum err e = OK; e < ERR_COUNT_; e++) {
		bool there = false;

		json_array_foreach(list, k, slug) there |=
			strcmp(json_string_value(slug), err_slug(e)) == 0;
		if (there == has_no_problem(e))
			print_error("slug %s\n", err_slug(e));
		assert_int_equal(there, !has_no_problem(e));
	}
}

static void the_table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];

		assert_true(r->memory || r->database);
		assert_int_equal(r->body == MEDIA_NONE, r->body_max == 0);
		assert_true(r->body == MEDIA_NONE || strcmp(r->method, "POST") == 0);
		/* Reading the feed may fall back on the database, and never starts
		 * there. */
		if (r->scopes == SCOPE_FEED && strcmp(r->method, "GET") == 0)
			assert_non_null(r->memory);
		for (size_t k = 0; k < i; k++)
			assert_false(strcmp(r->method, routes[k].method) == 0 &&
				     strcmp(r->path, routes[k].path) == 0);
	}
}

static void found(void **state)
{
	static const struct {
		const char *method, *path, *row, *arg0;
	} row[] = {
		{"GET", "/healthz", "/healthz", NULL},
		{"HEAD", "/healthz", "/healthz", NULL},
		{"GET", "/v1/reports/12", "/v1/reports/{id}", "12"},
		{"POST", "/v1/reports", "/v1/reports", NULL},
		{"POST", "/v1/orgs/0101/links", "/v1/orgs/{code}/links", "0101"},
		{"GET", "/v1/feed/kommuner/tile/entries/000.p/3",
			"/v1/feed/{channel}/tile/{+tile}", "kommuner"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct slice arg[REQUEST_ARGS];
		const struct route *r;

		assert_int_equal(route_find(row[i].method, slice_of(row[i].path), false,
					 &r, arg, NULL, NULL),
			OK);
		assert_string_equal(r->path, row[i].row);
		if (row[i].arg0)
			assert_true(slice_is(arg[0], row[i].arg0));
	}
}

static void not_found(void **state)
{
	static const struct {
		const char *method, *path;
		bool metrics;
		enum err e;
		const char *allow;
	} row[] = {
		{"GET", "/v1", false, ERR_NOT_FOUND, ""},
		{"GET", "/v1/feed", false, ERR_NOT_FOUND, ""},
		{"GET", "/V1/orgs", false, ERR_NOT_FOUND, ""},
		{"GET", "/metrics", false, ERR_NOT_FOUND, ""},
		{"GET", "/healthz", true, ERR_NOT_FOUND, ""},
		{"GET", "/v1/orgs", true, ERR_NOT_FOUND, ""},
		{"DELETE", "/v1/orgs", false, ERR_METHOD, "GET, HEAD, POST"},
		{"OPTIONS", "/v1/reports", false, ERR_METHOD, "POST"},
		{"get", "/healthz", false, ERR_METHOD, "GET, HEAD"},
		{"HEAD", "/v1/token", false, ERR_METHOD, "POST"},
		{"BREW", "/healthz", false, ERR_METHOD, "GET, HEAD"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct slice arg[REQUEST_ARGS];
		struct buf CLEANUP_BUF allow;
		const struct route *r;

		buf_init(&allow, 64);
		assert_int_equal(route_find(row[i].method, slice_of(row[i].path),
					 row[i].metrics, &r, arg, &allow, NULL),
			row[i].e);
		assert_string_equal(buf_str(&allow), row[i].allow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_is_documented),
		cmocka_unit_test(every_documented_path_is_a_route),
		cmocka_unit_test(query_parameters_are_documented),
		cmocka_unit_test(security_is_documented),
		cmocka_unit_test(answers_are_documented),
		cmocka_unit_test(slugs_are_documented),
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(found),
		cmocka_unit_test(not_found),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
