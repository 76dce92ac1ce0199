/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/refang.h"

#include "tests/unit/common/canonical.h"

static const struct {
	const char *in;
	const char *out;
} cases[] = {
	/* schemes */
	{"hxxp://evil.example", "http://evil.example"},
	{"hxxps://evil.example", "https://evil.example"},
	{"hXXp://evil.example", "http://evil.example"},
	{"HXXPS://evil.example", "https://evil.example"},
	{"hxtp://evil.example", "http://evil.example"},
	{"htxps://evil.example", "https://evil.example"},
	{"h**p://evil.example", "http://evil.example"},
	{"h**ps://evil.example", "https://evil.example"},
	{"fxp://evil.example", "ftp://evil.example"},
	{"hxxp[:]//evil.example", "http://evil.example"},
	{"hxxp[://]evil.example", "http://evil.example"},
	{"hxxp[:/]/evil.example", "http://evil.example"},
	{"hxxp:[//]evil.example", "http://evil.example"},
	{"hxxp(:)//evil.example", "http://evil.example"},
	{"http[://]evil.example", "http://evil.example"},
	{"hxxp[:][/][/]evil[.]example[/]a", "http://evil.example/a"},
	/* dots */
	{"evil[.]example", "evil.example"},
	{"evil(.)example", "evil.example"},
	{"evil{.}example", "evil.example"},
	{"evil[dot]example", "evil.example"},
	{"evil(dot)example", "evil.example"},
	{"evil{dot}example", "evil.example"},
	{"evil[DOT]example", "evil.example"},
	{"evil [dot] example", "evil.example"},
	{"evil [.] example [.] dk", "evil.example.dk"},
	{"www[.]evil[.]example", "www.evil.example"},
	{"203[.]0[.]113[.]7", "203.0.113.7"},
	{"203.0.113[.]7", "203.0.113.7"},
	{"2001[:]db8[:][:]1", "2001:db8::1"},
	/* @ */
	{"user[@]evil.example", "user@evil.example"},
	{"user[at]evil[dot]example", "user@evil.example"},
	{"user (at) evil (dot) example", "user@evil.example"},
	{"user{AT}evil.example", "user@evil.example"},
	/* around it */
	{"  evil.example\t\r\n", "evil.example"},
	{"\"evil.example\"", "evil.example"},
	{"'evil.example'", "evil.example"},
	{"`evil.example`", "evil.example"},
	{"<http://evil.example/>", "http://evil.example/"},
	{" < http://evil.example/ > ", "http://evil.example/"},
	{"\" evil[.]example \"", "evil.example"},
	/* a path is left alone, but for what no path can hold */
	{"hxxp://evil[.]example/a[.]php", "http://evil.example/a.php"},
	{"hxxp://evil(.)example/a(.)b(dot)c[dot]d",
		"http://evil.example/a(.)b(dot)c[dot]d"},
	{"http://evil.example/?x[at]=1", "http://evil.example/?x[at]=1"},
	{"http://evil.example?x(.)", "http://evil.example?x(.)"},
	{"http://evil.example#x(.)", "http://evil.example#x(.)"},
	{"http://evil.example/hxxp://a", "http://evil.example/hxxp://a"},
	/* not defanged */
	{"", ""},
	{"   ", ""},
	{"\"", "\""},
	{"\"evil.example", "\"evil.example"},
	{"'evil.example\"", "'evil.example\""},
	{"<evil.example", "<evil.example"},
	{"evil.example", "evil.example"},
	{"hxxp.example", "hxxp.example"},
	{"hxxp:evil.example", "hxxp:evil.example"},
	{"axxp://evil.example", "axxp://evil.example"},
	{"evil[example", "evil[example"},
	{"evil[.", "evil[."},
	{"evil[.)example", "evil[.)example"},
	{"evil[]example", "evil[]example"},
	{"evil[..]example", "evil[..]example"},
	{"evil[ . ]example", "evil[ . ]example"},
	{"[", "["},
	{"http://[2001:db8::1]/", "http://[2001:db8::1]/"},
	{"http://[::]:80/", "http://[::]:80/"},
	/* brackets come off once: what is in them is the writer's */
	{"evil[[.]]example", "evil[.]example"},
};

static void forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf out = {.max = 4096};

		buf_puts(&out, "hxxp://");
		refang(slice_of(cases[i].in), &out);
		/* what stood in the buffer before is none of its business */
		assert_memory_equal(out.data, "hxxp://", 7);
		assert_string_equal(out.data + 7, cases[i].out);
		assert_true(out.len - 7 <= strlen(cases[i].in));
	}
}

/* The shortcut must never skip a value that refanging would change. */
static void needed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(cases[i].in, cases[i].out) != 0 &&
			!refang_needed(slice_of(cases[i].in)))
			fail_msg("%s", cases[i].in);
	assert_false(refang_needed(slice_of("xerox.example")));
	assert_false(refang_needed(slice_of("203.0.113.7")));
	assert_false(refang_needed(slice_of("2001:db8::1")));
	assert_false(refang_needed(slice_of("https://xerox.example/x?x")));
}

static void full_buffer(void **state)
{
	CLEANUP_BUF struct buf out = {.max = 3};

	(void)state;
	refang(slice_of("evil[.]example"), &out);
	assert_int_equal(buf_err(&out), ERR_LIMIT);
	assert_int_equal(out.len, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(needed),
		cmocka_unit_test(full_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
