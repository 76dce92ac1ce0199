/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/ctl/config.h"
#include "common/file.h"

static enum err load(const char *text, struct ctl_conf *c, struct diag *d)
{
	char path[] = "/tmp/varsel.XXXXXX";
	int fd = mkstemp(path);
	enum err e;

	assert_int_not_equal(fd, -1);
	(void)close(fd);
	assert_int_equal(file_write(path, slice_of(text), 0600, d), OK);
	e = ctl_conf_load(path, c, d);
	assert_int_equal(unlink(path), 0);
	return e;
}

static void what_is_left_out_has_a_default(void **state)
{
	struct ctl_conf c;
	struct diag d;

	(void)state;
	assert_int_equal(load("hub = \"https://varsel.example:8443\"\n"
			      "root = \"/etc/root.1\"\n",
				 &c, &d),
		OK);
	assert_string_equal(c.hub_name, "varsel.example");
	assert_string_equal(c.channel, "kommuner");
	assert_string_equal(c.root, "/etc/root.1");
	/* beside the file */
	assert_string_equal(c.login, P_tmpdir "/login.key");
	assert_string_equal(c.signing, P_tmpdir "/signing.key");
	assert_string_equal(c.state_dir, P_tmpdir "/state");
	assert_null(c.passphrase_file);
	assert_null(c.name);
	ctl_conf_free(&c);
}

static void what_is_given_is_taken(void **state)
{
	struct ctl_conf c;
	struct diag d;

	(void)state;
	assert_int_equal(load("hub = \"http://127.0.0.1:1\"\nhub-name = \"h.test\"\n"
			      "channel = \"test\"\nname = \"anna\"\nlogin = \"a/l.key\"\n"
			      "passphrase-file = \"/run/pass\"\n",
				 &c, &d),
		OK);
	assert_string_equal(c.hub_name, "h.test");
	assert_string_equal(c.channel, "test");
	assert_string_equal(c.name, "anna");
	assert_string_equal(c.login, P_tmpdir "/a/l.key");
	assert_string_equal(c.passphrase_file, "/run/pass");
	ctl_conf_free(&c);
}

static void errors_name_the_file(void **state)
{
	static const char *const bad[] = {"", "hub = \"http://varsel.example\"\n",
		"hub = \"https://a.example\"\nhub = \"https://b.example\"\n",
		"hub = \"https://a.example\"\ncolour = \"red\"\n"};
	struct ctl_conf c;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(load(bad[i], &c, &d), ERR_CONFIG);
		assert_true(slice_starts(slice_of(d.text), "/tmp/varsel."));
	}
	assert_int_equal(ctl_conf_load("/nonexistent/ctl.conf", &c, &d), ERR_CONFIG);
	assert_non_null(strstr(d.text, "/nonexistent/ctl.conf"));
}

static void the_default_file_is_the_users(void **state)
{
	char *path;

	(void)state;
	assert_int_equal(setenv("HOME", "/home-of-anna", 1), 0);
	assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
	path = ctl_conf_default();
	assert_string_equal(path, "/home-of-anna/.config/varsel/ctl.conf");
	free(path);
	assert_int_equal(setenv("XDG_CONFIG_HOME", "/cfg", 1), 0);
	path = ctl_conf_default();
	assert_string_equal(path, "/cfg/varsel/ctl.conf");
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_out_has_a_default),
		cmocka_unit_test(what_is_given_is_taken),
		cmocka_unit_test(errors_name_the_file),
		cmocka_unit_test(the_default_file_is_the_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
