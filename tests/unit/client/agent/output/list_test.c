/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/client/agent/output/fixture.h"

static const char *const mixed[] = {"domain evil.example block 60",
	"domain xn--l8j.example block 60", "domain seen.example watch 60",
	"ip 203.0.113.7 block 60", "ip 198.51.100.0/24 block 60",
	"ip 2001:db8::1 block 60", "url https://evil.example/a block 60",
	"md5 d41d8cd98f00b204e9800998ecf8427e watch 60", NULL};

static void each_kind_alone(void **state)
{
	static char ip[] = "ip", domain[] = "domain", url[] = "url";
	struct fixture f;

	(void)state;
	fixture_init(&f, mixed, NULL);
	f.conf.kind = ip;
	fixture_expect(&f, &output_list,
		"# varsel: blocked, kind ip, as of 2026-11-26T10:00:00Z\n# 3 entries\n"
		"198.51.100.0/24\n2001:db8::1\n203.0.113.7\n");
	assert_int_equal(f.tally.count, 3);
	f.conf.kind = domain;
	fixture_expect(&f, &output_list,
		"# varsel: blocked, kind domain, as of 2026-11-26T10:00:00Z\n# 2 "
		"entries\n"
		"evil.example\nxn--l8j.example\n");
	f.conf.kind = url;
	fixture_expect(&f, &output_list,
		"# varsel: blocked, kind url, as of 2026-11-26T10:00:00Z\n# 1 entries\n"
		"https://evil.example/a\n");
	fixture_done(&f);
}

static void empty(void **state)
{
	static char ip[] = "ip";
	struct fixture f;

	(void)state;
	fixture_init(&f, NULL, NULL);
	f.conf.kind = ip;
	fixture_expect(&f, &output_list,
		"# varsel: blocked, kind ip, as of 2026-11-26T10:00:00Z\n# 0 entries\n");
	fixture_done(&f);
}

/* A list cannot say "but not this one": what touches an exception goes as a whole. */
static void never_block_drops(void **state)
{
	static const char *const allowed[] = {"198.51.100.9", "www.evil.example", NULL};
	static char ip[] = "ip", domain[] = "domain", url[] = "url";
	struct fixture f;

	(void)state;
	fixture_init(&f, mixed, allowed);
	f.conf.kind = ip;
	fixture_expect(&f, &output_list,
		"# varsel: blocked, kind ip, as of 2026-11-26T10:00:00Z\n# 2 entries\n"
		"2001:db8::1\n203.0.113.7\n");
	assert_int_equal(f.tally.spared, 1);
	f.conf.kind = domain;
	fixture_expect(&f, &output_list,
		"# varsel: blocked, kind domain, as of 2026-11-26T10:00:00Z\n# 1 "
		"entries\n"
		"xn--l8j.example\n");
	/* a URL on the domain above the exception is another place */
	f.conf.kind = url;
	fixture_expect(&f, &output_list,
		"# varsel: blocked, kind url, as of 2026-11-26T10:00:00Z\n# 1 entries\n"
		"https://evil.example/a\n");
	fixture_done(&f);
}

static void maximum_keeps_the_surest(void **state)
{
	static const char *const lines[] = {"ip 192.0.2.1 block 60 50",
		"ip 192.0.2.2 block 60 90", "ip 192.0.2.3 block 60",
		"ip 192.0.2.4 block 60 70", NULL};
	static char ip[] = "ip";
	struct fixture f;

	(void)state;
	fixture_init(&f, lines, NULL);
	f.conf.kind = ip;
	f.conf.max = 2;
	fixture_expect(&f, &output_list,
		"# varsel: blocked, kind ip, as of 2026-11-26T10:00:00Z\n"
		"# 2 entries, 2 left out (max = 2)\n192.0.2.2\n192.0.2.4\n");
	assert_int_equal(f.tally.count, 2);
	assert_int_equal(f.tally.left_out, 2);
	fixture_done(&f);
}

static void refuses(void **state)
{
	static char file[] = "/var/x", md5[] = "md5", ip[] = "ip";
	struct output_conf c = {.load = true};
	struct diag d;

	(void)state;
	c.kind = ip;
	assert_int_equal(output_list.validate(&c, &d), ERR_CONFIG);
	assert_non_null(strstr(d.text, "needs a file"));
	c.file = file;
	assert_int_equal(output_list.validate(&c, &d), OK);
	c.kind = md5;
	assert_int_equal(output_list.validate(&c, &d), ERR_CONFIG);
	assert_non_null(strstr(d.text, "never blocked"));
	c.kind = NULL;
	assert_int_equal(output_list.validate(&c, &d), ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_alone),
		cmocka_unit_test(empty),
		cmocka_unit_test(never_block_drops),
		cmocka_unit_test(maximum_keeps_the_surest),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
