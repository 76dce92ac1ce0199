/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/checkpoint.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

/* The example of c2sp.org/tlog-checkpoint. */
static void example(void **state)
{
	static const char text[] = "example.com/behind-the-sofa\n20852163\n" ROOT "\n";
	CLEANUP_BUF struct buf b;
	struct checkpoint c;

	(void)state;
	assert_int_equal(checkpoint_parse(slice_of(text), &c, NULL), OK);
	assert_true(slice_is(c.origin, "example.com/behind-the-sofa"));
	assert_int_equal(c.size, 20852163);
	assert_int_equal(c.root.b[0], 0x0a);
	assert_int_equal(c.root.b[31], 0x62);
	buf_init(&b, 200);
	checkpoint_put(&b, &c);
	assert_string_equal(buf_str(&b), text);
}

static void refused(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{"", "not the three lines"},
		{"x\n1\n", "not the three lines"},
		{"x\n1\n" ROOT, "not the three lines"},
		{"x\n1\n" ROOT "\nmore\n", "line 4"},
		{"x\n1\n" ROOT "\n\n", "line 4"},
		{"\n1\n" ROOT "\n", "line 1: no origin"},
		{"x\n01\n" ROOT "\n", "line 2"},
		{"x\n+1\n" ROOT "\n", "line 2"},
		{"x\n-1\n" ROOT "\n", "line 2"},
		{"x\n\n" ROOT "\n", "line 2"},
		{"x\n1 \n" ROOT "\n", "line 2"},
		{"x\n9223372036854775808\n" ROOT "\n", "line 2"},
		{"x\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", "line 3"},
		{"x\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "line 3"},
		{"x\n1\nAAAA\n", "line 3"},
		{"x\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA\n", "line 3"},
	};
	struct checkpoint c;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		d.text[0] = '\0';
		if (checkpoint_parse(slice_of(row[i].text), &c, &d) != ERR_SYNTAX)
			fail_msg("took \"%s\"", row[i].text);
		if (!strstr(d.text, row[i].why))
			fail_msg("\"%s\" does not say \"%s\"", d.text, row[i].why);
	}
}

static void largest(void **state)
{
	struct checkpoint c;

	(void)state;
	assert_int_equal(checkpoint_parse(slice_of("x\n9223372036854775807\n" ROOT "\n"),
				 &c, NULL),
		OK);
	assert_true(c.size == INT64_MAX);
	assert_int_equal(checkpoint_parse(slice_of("x\n0\n" ROOT "\n"), &c, NULL), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example),
		cmocka_unit_test(refused),
		cmocka_unit_test(largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
