/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct item {
	char *name;
	int64_t id;
	bool flag;
	struct json_nums nums;
	struct json_texts texts;
	char *inner;
};

#define AT(f) offsetof(struct item, f)
static const struct json_field fields[] = {
	{"name", JSON_TEXT, AT(name), 5, true},
	{"id", JSON_NUM, AT(id), 100, false},
	{"flag", JSON_FLAG, AT(flag), 0, false},
	{"nums", JSON_NUMS, AT(nums), 3, false},
	{"texts", JSON_TEXTS, AT(texts), 2, false},
	{"inner", JSON_INNER, AT(inner), 0, false},
	{0},
};

static struct arena arena;

static enum err read_text(const char *text, struct item *ret, struct diag *d)
{
	*ret = (struct item){.id = -1};
	return json_read_object(slice_of(text), fields, ret, &arena, d);
}

static void whole(void **state)
{
	struct item x;

	(void)state;
	assert_int_equal(
		read_text("{\"texts\":[\"a\",\"\"],\"nums\":[3,9223372036854775807],"
			  "\"flag\":true,\"id\":100,\"name\":\"K\\u00f8b\"}",
			&x, NULL),
		OK);
	assert_string_equal(x.name, "K\xc3\xb8"
				    "b");
	assert_int_equal(x.id, 100);
	assert_true(x.flag);
	assert_int_equal(x.nums.n, 2);
	assert_int_equal(x.nums.item[0], 3);
	assert_true(x.nums.item[1] == INT64_MAX);
	assert_int_equal(x.texts.n, 2);
	assert_string_equal(x.texts.item[0], "a");
	assert_string_equal(x.texts.item[1], "");
}

static void inner_is_json_of_its_own(void **state)
{
	struct item x, y;

	(void)state;
	assert_int_equal(
		read_text("{\"name\":\"a\",\"inner\":{\"name\":\"\u00f8\", \"id\":7}}",
			&x, NULL),
		OK);
	assert_int_equal(read_text(x.inner, &y, NULL), OK);
	assert_string_equal(y.name, "\xc3\xb8");
	assert_int_equal(y.id, 7);
	assert_int_equal(read_text("{\"name\":\"a\",\"inner\":[1,\"x\"]}", &x, NULL), OK);
	assert_string_equal(x.inner, "[1,\"x\"]");
}

static void absent(void **state)
{
	struct item x;

	(void)state;
	assert_int_equal(read_text("{\"name\":\"\",\"id\":null}", &x, NULL), OK);
	assert_int_equal(x.id, -1);
	assert_string_equal(x.name, "");
	assert_int_equal(read_text("{\"name\":\"x\",\"nums\":[]}", &x, NULL), OK);
	assert_int_equal(x.nums.n, 0);
}

static void refused(void **state)
{
	static const struct {
		const char *text, *why;
		enum err e;
	} row[] = {
		{"", "JSON: line 1", ERR_SYNTAX},
		{"{", "JSON: line 1", ERR_SYNTAX},
		{"[]", "not an object", ERR_SYNTAX},
		{"3", "JSON: line 1", ERR_SYNTAX},
		{"null", "JSON: line 1", ERR_SYNTAX},
		{"{\"name\":\"x\"}x", "JSON: line 1, column", ERR_SYNTAX},
		{"{\"name\":\"x\",}", "JSON: line 1", ERR_SYNTAX},
		{"{\"name\":\"x\",\n\"name\":\"y\"}", "JSON: line 2, column 6: duplicate",
			ERR_SYNTAX},
		{"{\"name\":\"\xff\"}", "JSON: line 1", ERR_SYNTAX},
		{"{\"name\":\"a\\u0000b\"}", "JSON: line 1", ERR_SYNTAX},
		{"{\"name\":\"\\ud800\"}", "JSON: line 1", ERR_SYNTAX},
		{"{\"name\":\"x\",\"colour\":1}", "\"colour\": unknown field",
			ERR_SYNTAX},
		{"{}", "\"name\": missing", ERR_SYNTAX},
		{"{\"name\":null}", "\"name\": missing", ERR_SYNTAX},
		{"{\"name\":1}", "\"name\": not a string", ERR_SYNTAX},
		{"{\"name\":\"sixsix\"}", "\"name\": 6 bytes, at most 5", ERR_LIMIT},
		{"{\"name\":\"x\",\"id\":101}", "\"id\": 101 is not between 0 and 100",
			ERR_LIMIT},
		{"{\"name\":\"x\",\"id\":-1}", "\"id\": -1 is not between 0 and 100",
			ERR_LIMIT},
		{"{\"name\":\"x\",\"id\":1.0}", "\"id\": not a whole number", ERR_SYNTAX},
		{"{\"name\":\"x\",\"id\":\"1\"}", "\"id\": not a whole number",
			ERR_SYNTAX},
		{"{\"name\":\"x\",\"id\":9223372036854775808}", "JSON: line 1",
			ERR_SYNTAX},
		{"{\"name\":\"x\",\"flag\":1}", "\"flag\": not true or false",
			ERR_SYNTAX},
		{"{\"name\":\"x\",\"nums\":{}}", "\"nums\": not an array", ERR_SYNTAX},
		{"{\"name\":\"x\",\"nums\":[1,2,3,4]}", "\"nums\": 4 elements, at most 3",
			ERR_LIMIT},
		{"{\"name\":\"x\",\"nums\":[1,true]}",
			"\"nums\": element 1: not a whole number", ERR_SYNTAX},
		{"{\"name\":\"x\",\"nums\":[-1]}",
			"\"nums\": element 0: -1 is not between 0 and "
			"9223372036854775807",
			ERR_LIMIT},
		{"{\"name\":\"x\",\"texts\":[\"a\",null]}",
			"\"texts\": element 1: not a string", ERR_SYNTAX},
	};
	struct item x;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		d.text[0] = '\0';
		if (read_text(row[i].text, &x, &d) != row[i].e ||
			!strstr(d.text, row[i].why))
			fail_msg("%s: \"%s\" is not \"%s\"", row[i].text, d.text,
				row[i].why);
	}
}

/* A nest that would exhaust the stack of a reader without a limit. */
static void deep(void **state)
{
	char text[100000];
	struct item x;

	(void)state;
	memset(text, '[', sizeof(text));
	assert_int_equal(
		json_read_object(slice_mem(text, sizeof(text)), fields, &x, &arena, NULL),
		ERR_SYNTAX);
}

static void answer(void **state)
{
	struct item x = {0};

	(void)state;
	assert_int_equal(json_read_answer(slice_of("{\"new\":{\"a\":[]},\"name\":\"x\"}"),
				 fields, &x, &arena, NULL),
		OK);
	assert_string_equal(x.name, "x");
	assert_int_equal(
		json_read_answer(slice_of("{\"new\":1}"), fields, &x, &arena, NULL),
		ERR_SYNTAX);
}

struct seen {
	char text[100];
	size_t stop;
};

static enum err each(void *ctx, size_t i, void *item, struct diag *d)
{
	struct seen *seen = ctx;
	const struct item *x = item;
	size_t n = strlen(seen->text);

	(void)snprintf(seen->text + n, sizeof(seen->text) - n, "%zu=%s/%lld ", i, x->name,
		(long long)x->id);
	return i == seen->stop ? diag_fail(d, ERR_VALUE, "enough") : OK;
}

static enum err read_list(const char *text, const char *name, bool ignore,
	struct seen *seen, struct diag *d)
{
	seen->text[0] = '\0';
	return json_read_array(slice_of(text), name, fields, sizeof(struct item), ignore,
		each, seen, &arena, d);
}

static void arrays(void **state)
{
	struct seen seen = {.stop = 99};
	struct diag d;

	(void)state;
	/* each element begins from zero, not from the one before */
	assert_int_equal(read_list("[{\"name\":\"a\",\"id\":7},{\"name\":\"b\"}]", NULL,
				 false, &seen, &d),
		OK);
	assert_string_equal(seen.text, "0=a/7 1=b/0 ");
	assert_int_equal(read_list("{\"next\":null,\"list\":[{\"name\":\"a\",\"x\":1}]}",
				 "list", true, &seen, &d),
		OK);
	assert_string_equal(seen.text, "0=a/0 ");
	assert_int_equal(read_list("{\"list\":[]}", "list", false, &seen, &d), OK);
	assert_string_equal(seen.text, "");

	assert_int_equal(
		read_list("{\"list\":[{\"name\":\"a\"},{\"name\":\"b\",\"x\":1}]}",
			"list", false, &seen, &d),
		ERR_SYNTAX);
	assert_string_equal(d.text, "\"list[1].x\": unknown field");
	assert_int_equal(
		read_list("{\"list\":[{\"name\":\"a\"},2]}", "list", false, &seen, &d),
		ERR_SYNTAX);
	assert_string_equal(d.text, "\"list[1]\": not an object");
	assert_int_equal(
		read_list("{\"list\":{}}", "list", false, &seen, &d), ERR_SYNTAX);
	assert_int_equal(read_list("{}", "list", false, &seen, &d), ERR_SYNTAX);
	assert_int_equal(read_list("[]", "list", false, &seen, &d), ERR_SYNTAX);
	assert_int_equal(read_list("{}", NULL, false, &seen, &d), ERR_SYNTAX);
	seen.stop = 0;
	assert_int_equal(
		read_list("[{\"name\":\"a\"},{\"name\":\"b\"}]", NULL, false, &seen, &d),
		ERR_VALUE);
	assert_string_equal(seen.text, "0=a/0 ");
	assert_string_equal(d.text, "enough");
}

static void pages(void **state)
{
	struct seen seen = {.stop = 99};
	struct item own = {0};

	(void)state;
	assert_int_equal(json_read_page(slice_of("{\"list\":[{\"name\":\"a\"}],\"new\":1,"
						 "\"name\":\"all\",\"id\":3}"),
				 fields, &own, "list", fields, sizeof(struct item), true,
				 each, &seen, &arena, NULL),
		OK);
	assert_string_equal(seen.text, "0=a/0 ");
	assert_string_equal(own.name, "all");
	assert_int_equal(own.id, 3);
	/* its own fields first: nothing of the list is handed over when they are wrong */
	seen.text[0] = '\0';
	assert_int_equal(
		json_read_page(slice_of("{\"list\":[{\"name\":\"a\"}],\"name\":1}"),
			fields, &own, "list", fields, sizeof(struct item), true, each,
			&seen, &arena, NULL),
		ERR_SYNTAX);
	assert_string_equal(seen.text, "");
}

static void no_memory(void **state)
{
	CLEANUP_ARENA struct arena tiny;
	struct item x;

	(void)state;
	arena_init(&tiny, 1);
	assert_int_equal(json_read_object(slice_of("{\"name\":\"abcd\"}"), fields, &x,
				 &tiny, NULL),
		ERR_NOMEM);
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(inner_is_json_of_its_own),
		cmocka_unit_test(absent),
		cmocka_unit_test(refused),
		cmocka_unit_test(deep),
		cmocka_unit_test(answer),
		cmocka_unit_test(arrays),
		cmocka_unit_test(pages),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
