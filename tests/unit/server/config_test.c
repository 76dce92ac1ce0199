/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/config.h"

#define LEAST                                                                  \
	"hub = \"hub.example\"\npublic-url = \"https://hub.example:8443//\"\n" \
	"database = \"dbname=x\"\n"

static char path[] = "/tmp/varsel.config.XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static enum err load(const char *text, struct config *ret, struct diag *d)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return config_open(path, ret, d);
}

static void test_defaults(void **state)
{
	struct config c;
	struct core core;
	struct diag d;
	char file[STATE_PATH];

	(void)state;
	assert_int_equal(load(LEAST, &c, &d), OK);
	assert_string_equal(c.origin, "hub.example/feed/kommuner");
	assert_string_equal(c.public_url, "https://hub.example:8443");
	assert_string_equal(c.listen, "127.0.0.1:8440");
	assert_int_equal(c.db_workers, 4);
	assert_int_equal(c.request_time, 60);
	assert_string_equal(c.trusted_proxy, "");
	assert_int_equal(config_state_path(&c, "head", file, &d), OK);
	assert_string_equal(file, "/var/lib/varseld/head");
	core = config_core(&c);
	assert_string_equal(core.hub, "hub.example");
	assert_string_equal(core.origin, c.origin);
	assert_null(core.log);
	config_close(&c);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"hub = \"hub.example\"\n", "public-url"},
		{LEAST "hub = \"again.example\"\n", "hub"},
		{LEAST "colour = \"red\"\n", "colour"},
		{LEAST "threads = 0\n", "threads"},
		{LEAST "channel = \"a/b\"\n", "channel: \"a/b\""},
		{LEAST "channel = \"\"\n", "channel"},
		{"hub = \"Hub\"\npublic-url = \"https://h\"\ndatabase = \"x\"\n",
			"hub: \"Hub\""},
		{"hub = \"h\"\npublic-url = \"ftp://h\"\ndatabase = \"x\"\n",
			"public-url: \"ftp://h\""},
	};
	struct config c;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(load(bad[i].text, &c, &d), ERR_CONFIG);
		if (!strstr(d.text, bad[i].why) || !strstr(d.text, path))
			fail_msg("\"%s\" does not say \"%s\"", d.text, bad[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
