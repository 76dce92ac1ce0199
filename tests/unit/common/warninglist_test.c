/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/warninglist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

static void each_type(void **state)
{
	static const struct {
		const char *text;
		size_t taken, skipped;
		const char *first, *want;
	} cases[] = {
		{"{\"name\":\"Banks\",\"version\":3,\"description\":\"x\","
		 "\"matching_attributes\":[\"domain\",\"url\"],\"type\":\"hostname\","
		 "\"list\":[\"Bank.Example\",\".shop.example\",\"localhost\"]}",
			2, 1, "list[2]: domain \"localhost\"",
			"bank.example (list \"Banks\")\nshop.example (list \"Banks\")\n"},
		{"{\"name\":\"Nets\",\"type\":\"cidr\",\"list\":[\"192.0.2.0/24\","
		 "\"198.51.100.7\",\"2001:DB8:0::/32\",\"192.0.2.1/24\",\"a.example\"]}",
			3, 2, "list[3]: ip \"192.0.2.1/24\"",
			"192.0.2.0/24 (list \"Nets\")\n198.51.100.7 (list \"Nets\")\n"
			"2001:db8::/32 (list \"Nets\")\n"},
		{"{\"type\":\"string\",\"list\":[\"192.0.2.9\",\"a.example\","
		 "\"https://a.example:443/x\",\"d41d8cd98f00b204e9800998ecf8427e\"]}",
			3, 1, "never blocked anyway",
			"192.0.2.9 (list \"/f\")\na.example (list \"/f\")\n"
			"https://a.example/x (list \"/f\")\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf b = {.max = 1u << 16};
		struct warninglist w;
		struct diag d = {""};
		struct allow a;

		allow_init(&a);
		if (warninglist_read(slice_of(cases[i].text), "/f", &a, &w, &d))
			fail_msg("%s", d.text);
		assert_int_equal(w.taken, cases[i].taken);
		assert_int_equal(w.skipped, cases[i].skipped);
		if (!strstr(w.first.text, cases[i].first))
			fail_msg("%s", w.first.text);
		for (size_t k = 0; k < a.n; k++)
			buf_printf(&b, "%.*s (%s)\n", SLICE_ARG(a.e[k].value),
				a.e[k].origin);
		assert_string_equal(buf_str(&b), cases[i].want);
		allow_done(&a);
	}
}

static void refused(void **state)
{
	static const struct {
		const char *text, *why;
		enum err e;
	} cases[] = {
		{"", "/f: ", ERR_SYNTAX},
		{"[]", "/f: JSON: not an object", ERR_SYNTAX},
		{"{\"type\":\"cidr\"}", "list", ERR_SYNTAX},
		{"{\"list\":[\"192.0.2.1\"]}", "type", ERR_SYNTAX},
		{"{\"type\":\"cidr\",\"list\":\"192.0.2.1\"}", "list", ERR_SYNTAX},
		{"{\"type\":\"cidr\",\"list\":[1]}", "element 0", ERR_SYNTAX},
		{"{\"type\":\"cidr\",\"type\":\"cidr\",\"list\":[\"192.0.2.1\"]}",
			"duplicate", ERR_SYNTAX},
		{"{\"type\":\"regex\",\"list\":[\"192.0.2.1\"]}",
			"type \"regex\": only lists of type string, hostname or cidr",
			ERR_VALUE},
		{"{\"type\":\"cidr\",\"list\":[]}", "no entry that could be blocked",
			ERR_VALUE},
		{"{\"type\":\"string\",\"list\":[\"dk\"]}", "list[0]: domain \"dk\"",
			ERR_VALUE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct warninglist w;
		struct diag d = {""};
		struct allow a;

		allow_init(&a);
		assert_int_equal(
			warninglist_read(slice_of(cases[i].text), "/f", &a, &w, &d),
			cases[i].e);
		if (!strstr(d.text, cases[i].why))
			fail_msg("%s", d.text);
		allow_done(&a);
	}
}

static void from_a_file(void **state)
{
	char path[] = "/tmp/varsel.XXXXXX";
	int fd = mkstemp(path);
	struct warninglist w;
	struct diag d = {""};
	struct allow a;

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	allow_init(&a);
	assert_int_equal(
		file_write(path,
			slice_of("{\"type\":\"cidr\",\"list\":[\"192.0.2.0/24\"]}"), 0600,
			NULL),
		OK);
	assert_int_equal(warninglist_load(path, &a, &w, &d), OK);
	assert_int_equal(a.n, 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(warninglist_load(path, &a, &w, &d), ERR_NOT_FOUND);
	allow_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type),
		cmocka_unit_test(refused),
		cmocka_unit_test(from_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
