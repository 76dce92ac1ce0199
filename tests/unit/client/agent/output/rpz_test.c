/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/client/agent/output/fixture.h"

#define HEAD                                                          \
	"; varsel: blocked domains; written by varsel, do not edit\n" \
	"$ORIGIN varsel.rpz.\n$TTL 60\n"                              \
	"@ SOA localhost. hostmaster.localhost. 7 60 60 86400 60\n@ NS localhost.\n"

static void names_and_all_below(void **state)
{
	static const char *const lines[] = {"domain evil.example block 60",
		"domain seen.example watch 60", "ip 192.0.2.1 block 60",
		"url https://other.example/ block 60", NULL};
	struct fixture f;

	(void)state;
	fixture_init(&f, lines, NULL);
	fixture_expect(
		&f, &output_rpz, HEAD "evil.example CNAME .\n*.evil.example CNAME .\n");
	assert_int_equal(f.tally.count, 1);
	fixture_done(&f);
}

/* The lower one would only make names exist that the upper one's wildcard then misses. */
static void nested_names(void **state)
{
	static const char *const lines[] = {"domain evil.example block 60",
		"domain a.b.evil.example block 60", "domain notevil.example block 60",
		NULL};
	struct fixture f;

	(void)state;
	fixture_init(&f, lines, NULL);
	fixture_expect(&f, &output_rpz,
		HEAD "evil.example CNAME .\n*.evil.example CNAME .\n"
		     "notevil.example CNAME .\n*.notevil.example CNAME .\n");
	assert_int_equal(f.tally.count, 3);
	fixture_done(&f);
}

static void exceptions_pass(void **state)
{
	static const char *const lines[] = {"domain evil.example block 60",
		"domain bad.school.example block 60", NULL};
	static const char *const allowed[] = {"school.example", "x.y.evil.example",
		"z.y.evil.example", "192.0.2.0/24", NULL};
	struct fixture f;

	(void)state;
	fixture_init(&f, lines, allowed);
	fixture_expect(&f, &output_rpz,
		HEAD "x.y.evil.example CNAME rpz-passthru.\n"
		     "*.x.y.evil.example CNAME rpz-passthru.\n"
		     "y.evil.example CNAME .\n*.y.evil.example CNAME .\n"
		     "z.y.evil.example CNAME rpz-passthru.\n"
		     "*.z.y.evil.example CNAME rpz-passthru.\n"
		     "school.example CNAME rpz-passthru.\n"
		     "*.school.example CNAME rpz-passthru.\n"
		     "evil.example CNAME .\n*.evil.example CNAME .\n");
	assert_int_equal(f.tally.count, 1);
	assert_int_equal(f.tally.spared, 1);
	fixture_done(&f);
}

/* Four labels: 240 characters with their dots, as long as a domain may be. */
#define L59     "a2345678901234567890123456789012345678901234567890123456789"
#define LONGEST L59 "." L59 "." L59 "." L59 "x"

static void too_long_for_the_zone(void **state)
{
	static const char line[] = "domain " LONGEST " block 60";
	static const char *const lines[] = {line, NULL};
	static char zone[] = "varsel.rpzz";
	struct fixture f;
	char *text;

	(void)state;
	assert_int_equal(strlen(LONGEST), 240);
	fixture_init(&f, lines, NULL);
	text = fixture_render(&f, &output_rpz);
	assert_non_null(strstr(text, "*." LONGEST " CNAME ."));
	free(text);
	f.conf.zone = zone;
	text = fixture_render(&f, &output_rpz);
	assert_null(strstr(text, "CNAME"));
	assert_int_equal(f.tally.left_out, 1);
	free(text);
	fixture_done(&f);
}

static void refuses(void **state)
{
	static char file[] = "/var/x", dot[] = "varsel.rpz.", word[] = "varsel rpz";
	struct output_conf c = {.load = true};
	struct diag d;

	(void)state;
	assert_int_equal(output_rpz.validate(&c, &d), ERR_CONFIG);
	c.file = file;
	assert_int_equal(output_rpz.validate(&c, &d), OK);
	c.zone = dot;
	assert_int_equal(output_rpz.validate(&c, &d), ERR_CONFIG);
	c.zone = word;
	assert_int_equal(output_rpz.validate(&c, &d), ERR_CONFIG);
	assert_non_null(strstr(d.text, "zone: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_all_below),
		cmocka_unit_test(nested_names),
		cmocka_unit_test(exceptions_pass),
		cmocka_unit_test(too_long_for_the_zone),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
