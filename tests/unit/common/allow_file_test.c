/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/allow_file.h"

/* "value (origin)" LF for each entry. */
static void expect(struct allow *a, const char *want)
{
	CLEANUP_BUF struct buf b = {.max = 1u << 16};

	for (size_t i = 0; i < a->n; i++)
		buf_printf(&b, "%.*s (%s)%s\n", SLICE_ARG(a->e[i].value), a->e[i].origin,
			a->e[i].automatic ? "" : " local");
	assert_string_equal(buf_str(&b), want);
	allow_done(a);
}

static void local_file(void **state)
{
	struct allow a;
	struct diag d = {""};

	(void)state;
	allow_init(&a);
	assert_int_equal(
		allow_file_parse(slice_of("# ours\n\nKommune.example  # the site\r\n"
					  "192.0.2.0/24\nhttps://portal.example/a\n"),
			"/f", &a, &d),
		OK);
	expect(&a, "kommune.example (line 3 of /f) local\n192.0.2.0/24 (line 4 of /f) "
		   "local\n"
		   "https://portal.example/a (line 5 of /f) local\n");
}

static void local_file_refused(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"a.example\n192.0.2.1/24\n", "/f: line 2: "},
		{"nonsense\n", "/f: line 1: "},
		{"d41d8cd98f00b204e9800998ecf8427e\n", "never blocked anyway"},
		{"a.example b.example\n", "/f: line 1: "},
	};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct allow a;

		allow_init(&a);
		assert_int_equal(allow_file_parse(slice_of(cases[i].text), "/f", &a, &d),
			ERR_CONFIG);
		if (!strstr(d.text, cases[i].want))
			fail_msg("%s", d.text);
		allow_done(&a);
	}
}

static void none(void **state)
{
	struct diag d = {""};
	struct allow a;

	(void)state;
	allow_init(&a);
	assert_int_equal(allow_file_load("/nowhere/at/all", &a, &d), OK);
	assert_int_equal(a.n, 0);
	assert_string_equal(d.text, "");
	allow_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(local_file),
		cmocka_unit_test(local_file_refused),
		cmocka_unit_test(none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
