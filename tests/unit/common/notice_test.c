/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/limits.h"

static void refused(const char *text, enum err want, const char *why)
{
	struct diag d = {""};

	assert_int_equal(notice_check(slice_of(text), &d), want);
	if (!strstr(d.text, why))
		fail_msg("\"%s\" says nothing of \"%s\"", d.text, why);
}

static void what_may_be_signed(void **state)
{
	static char large[NOTICE_MAX + 2];
	struct diag d = {""};

	(void)state;
	assert_int_equal(
		notice_check(slice_of("# Gå ikke på nettet\n\n\t- æøå\n"), &d), OK);
	refused("", ERR_LIMIT, "0 bytes");
	refused("# A", ERR_VALUE, "does not end");
	refused("\n# A\n", ERR_VALUE, "no title");
	refused("# A\nb\033[2J\n", ERR_VALUE, "line 2: the character U+001B");
	refused("# A\r\n", ERR_VALUE, "U+000D");
	refused("# A\xc2\x9b\n", ERR_VALUE, "U+009B");
	refused("# A\xe2\x80\xae\n", ERR_VALUE, "U+202E");
	refused("# A\xe3\x85\xa4\n", ERR_VALUE, "U+3164");
	refused("# A\xf3\xa0\x81\x81\n", ERR_VALUE, "U+E0041");
	refused("# A\xe2\x80\n", ERR_VALUE, "not UTF-8");
	refused("# A\nof 010190-1234\n", ERR_VALUE, "CPR");
	refused("varsel/bundle/v1\n", ERR_VALUE, "as lists do");
	memset(large, 'a', sizeof(large) - 1);
	large[NOTICE_MAX - 1] = '\n';
	assert_int_equal(notice_check(slice_mem(large, NOTICE_MAX), &d), OK);
	assert_int_equal(notice_check(slice_mem(large, NOTICE_MAX + 1), &d), ERR_LIMIT);
}

static void shows(const char *text, const char *want)
{
	CLEANUP_BUF struct buf b = {.max = 4096};

	notice_put(&b, slice_of(text));
	assert_string_equal(buf_str(&b), want);
}

static void what_a_terminal_gets(void **state)
{
	(void)state;
	shows("a\n\tæ\n", "a\n\tæ\n");
	shows("a\033]0;title\007b\r\n", "a]0;titleb\n");
	shows("\xc2\x9b"
	      "31m\xe2\x80\xae!\xef\xbb\xbf",
		"31m!");
	shows("a\xe2\x80\x8b\xef\xb8\x8f\xf3\xa0\x81\x81"
	      "b",
		"ab");
	shows("\xff\xc3", "??");
}

static void titled(const char *text, const char *want)
{
	CLEANUP_BUF struct buf b = {.max = NOTICE_TITLE};

	notice_put_title(&b, slice_of(text));
	assert_int_equal(buf_err(&b), OK);
	assert_string_equal(buf_str(&b), want);
}

static void titles(void **state)
{
	char text[400] = "# ", want[NOTICE_TITLE + 1] = "";

	(void)state;
	titled("# Phishing\n\nmore\n", "Phishing");
	titled("## A\tb ##\n", "A b");
	titled("plain", "plain");
	titled("###\nx\n", "");
	/* cut where a character ends */
	for (size_t i = 0; i < 180; i++)
		memcpy(text + 2 + 2 * i, "\xc3\xa6", 3);
	for (size_t i = 0; i < NOTICE_TITLE / 2; i++)
		memcpy(want + 2 * i, "\xc3\xa6", 3);
	titled(text, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_be_signed),
		cmocka_unit_test(what_a_terminal_gets),
		cmocka_unit_test(titles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
