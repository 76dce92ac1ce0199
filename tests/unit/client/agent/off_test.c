/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/off.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

#define NOW INT64_C(1795687200)

static char dir[] = "/tmp/varsel.XXXXXX";
static char path[64];
static const struct config conf = {.state_dir = dir};

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/off", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

static void there_and_back(void **state)
{
	const struct off in = {NOW, NOW + OFF_MAX};
	struct off out = {1, 1};
	struct diag d = {""};
	char text[OFF_TEXT];

	(void)state;
	assert_int_equal(off_read(&conf, &out, &d), OK);
	assert_int_equal(out.until, 0);
	assert_int_equal(off_write(&conf, &in, &d), OK);
	assert_int_equal(off_read(&conf, &out, &d), OK);
	assert_memory_equal(&in, &out, sizeof(in));
	off_text(&out, text);
	assert_string_equal(text, "off until 2026-11-27T10:00:00Z");
	assert_int_equal(off_remove(&conf, &d), OK);
	assert_int_equal(off_remove(&conf, &d), OK);
	assert_string_equal(d.text, "");
}

static void only_within_its_time(void **state)
{
	const struct off off = {NOW, NOW + 60}, none = {0};

	(void)state;
	assert_true(off_lasts(&off, NOW));
	assert_true(off_lasts(&off, NOW + 59));
	assert_false(off_lasts(&off, NOW + 60));
	/* a clock that is corrected a little, and one that went back a day */
	assert_true(off_lasts(&off, NOW - 120));
	assert_false(off_lasts(&off, NOW - 86400));
	assert_false(off_lasts(&none, 0));
}

/* Damage, and a time that "varsel off" would not have written, enforce. */
static void what_cannot_be_is_not_minded(void **state)
{
	static const char *const texts[] = {"", "\n", "off", "2026-11-26T10:00:00Z\n",
		"2026-11-26T10:00:00Z 2026-11-26T11:00:00Z",
		"2026-11-26T10:00:00Z 2026-11-26T11:00:00Z\nmore\n",
		"2026-11-26T10:00:00Z 2026-11-27T10:00:01Z\n",
		"2026-11-26T10:00:00Z 2026-11-26T10:00:00Z\n",
		"2026-11-26T10:00:00Z 2026-11-26T09:00:00Z\n",
		"2026-11-26T10:00:00Z 2026-11-26T25:00:00Z\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct diag d = {""};
		struct off out;

		assert_int_equal(file_write(path, slice_of(texts[i]), 0600, &d), OK);
		assert_int_equal(off_read(&conf, &out, &d), OK);
		assert_int_equal(out.until, 0);
		assert_non_null(strstr(d.text, "not minded"));
	}
	assert_int_equal(off_remove(&conf, NULL), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(only_within_its_time),
		cmocka_unit_test(what_cannot_be_is_not_minded),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
