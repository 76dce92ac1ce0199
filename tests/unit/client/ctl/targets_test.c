/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/ctl/targets.h"

static void write_file(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

static void an_argument_is_an_id_or_a_value_in_any_spelling(void **state)
{
	static const struct {
		const char *arg, *kind, *text;
	} table[] = {
		{"42", NULL, "42"},
		{"hxxps://Evil[.]example/A", "url", "https://evil.example/A"},
		{"EVIL(dot)example.", "domain", "evil.example"},
		{"203.0.113.7/32", "ip", "203.0.113.7"},
		{"D41D8CD98F00B204E9800998ECF8427E", "md5",
			"d41d8cd98f00b204e9800998ecf8427e"},
		{"12345678901234567890123456789012", "md5",
			"12345678901234567890123456789012"},
	};
	struct targets t;
	struct diag d;

	(void)state;
	targets_init(&t);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_int_equal(targets_add(&t, table[i].arg, &d), OK);
		assert_string_equal(t.t[i].text, table[i].text);
		if (table[i].kind)
			assert_string_equal(t.t[i].kind->name, table[i].kind);
		else
			assert_null(t.t[i].kind);
	}
	assert_int_equal(targets_add(&t, "what is this", &d), ERR_VALUE);
	assert_non_null(strstr(d.text, "what is this"));
	targets_done(&t);
}

static void a_file_has_one_a_line_and_comments(void **state)
{
	char path[] = "/tmp/varsel.XXXXXX";
	struct targets t;
	struct diag d;

	(void)state;
	write_file(path, "# from the phone\r\n\n  evil.example  # why\r\n"
			 "http://a.example/#frag\n7");
	targets_init(&t);
	assert_int_equal(targets_read(&t, path, &d), OK);
	assert_int_equal(t.n, 3);
	assert_string_equal(t.t[0].text, "evil.example");
	assert_string_equal(t.t[1].text, "http://a.example/");
	assert_string_equal(t.t[2].text, "7");
	targets_done(&t);
	assert_int_equal(unlink(path), 0);
}

static void a_bad_line_is_named(void **state)
{
	char path[] = "/tmp/varsel.XXXXXX", want[64];
	struct targets t;
	struct diag d;

	(void)state;
	write_file(path, "evil.example\n\nnot a value\n");
	targets_init(&t);
	assert_int_equal(targets_read(&t, path, &d), ERR_VALUE);
	(void)snprintf(want, sizeof(want), "%s: line 3: ", path);
	assert_true(slice_starts(slice_of(d.text), want));
	targets_done(&t);
	assert_int_equal(unlink(path), 0);
	targets_init(&t);
	assert_int_equal(targets_read(&t, path, &d), ERR_NOT_FOUND);
	targets_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_argument_is_an_id_or_a_value_in_any_spelling),
		cmocka_unit_test(a_file_has_one_a_line_and_comments),
		cmocka_unit_test(a_bad_line_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
