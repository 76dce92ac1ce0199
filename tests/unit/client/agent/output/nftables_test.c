/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/client/agent/output/fixture.h"

#include <unistd.h>

static const char *const lines[] = {"ip 203.0.113.7 block 60", "ip 2001:db8::7 block 120",
	"ip 198.51.100.0/24 block 30", "ip 198.51.100.128/25 block 90",
	"ip 192.0.2.9 watch 60", "domain evil.example block 60", NULL};
static const char *const allowed[] = {"198.51.100.9", "2001:db8:ffff::/48", NULL};

static const char chains[] = "\tchain deny {\n"
			     "\t\tmeta nfproto @dropped\n"
			     "\t\tdrop\n"
			     "\t}\n"
			     "\tchain from {\n"
			     "\t\tip saddr @allow4 return\n"
			     "\t\tip6 saddr @allow6 return\n"
			     "\t\tip saddr @block4 goto deny\n"
			     "\t\tip saddr @net4 goto deny\n"
			     "\t\tip6 saddr @block6 goto deny\n"
			     "\t\tip6 saddr @net6 goto deny\n"
			     "\t}\n"
			     "\tchain to {\n"
			     "\t\tip daddr @allow4 return\n"
			     "\t\tip6 daddr @allow6 return\n"
			     "\t\tip daddr @block4 goto deny\n"
			     "\t\tip daddr @net4 goto deny\n"
			     "\t\tip6 daddr @block6 goto deny\n"
			     "\t\tip6 daddr @net6 goto deny\n"
			     "\t}\n";

static void whole_table(void **state)
{
	char want[4096], marker[MARKER_MAX];
	struct fixture f;

	(void)state;
	fixture_init(&f, lines, allowed);
	output_nftables.kernel->marker(&f.job, marker);
	(void)snprintf(want, sizeof(want),
		"#!/usr/sbin/nft -f\n# varsel: blocked addresses; written by varsel, do "
		"not "
		"edit\n"
		"add table inet varsel\ndelete table inet varsel\ntable inet varsel {\n"
		"\tset applied {\n\t\ttype mark\n\t\telements = { 1 comment \"%s\" "
		"}\n\t}\n"
		"\tset dropped {\n\t\ttype nf_proto\n\t\tcounter\n"
		"\t\telements = { ipv4, ipv6 }\n\t}\n"
		"\tset allow4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n"
		"\t\telements = {\n198.51.100.9 }\n\t}\n"
		"\tset block4 {\n\t\ttype ipv4_addr\n\t\tflags timeout\n\t\tcounter\n"
		"\t\telements = {\n203.0.113.7 timeout 60s }\n\t}\n"
		"\tset net4 {\n\t\ttype ipv4_addr\n\t\tflags interval, "
		"timeout\n\t\tcounter\n"
		"\t\telements = {\n198.51.100.0-198.51.100.127 timeout 30s,\n"
		"198.51.100.128-198.51.100.255 timeout 90s }\n\t}\n"
		"\tset allow6 {\n\t\ttype ipv6_addr\n\t\tflags interval\n"
		"\t\telements = {\n2001:db8:ffff::/48 }\n\t}\n"
		"\tset block6 {\n\t\ttype ipv6_addr\n\t\tflags timeout\n\t\tcounter\n"
		"\t\telements = {\n2001:db8::7 timeout 120s }\n\t}\n"
		"\tset net6 {\n\t\ttype ipv6_addr\n\t\tflags interval, "
		"timeout\n\t\tcounter\n"
		"\t}\n%s"
		"\tchain input {\n\t\ttype filter hook input priority filter - 5; "
		"policy accept;\n\t\tjump from\n\t}\n"
		"\tchain forward {\n\t\ttype filter hook forward priority filter - 5; "
		"policy accept;\n\t\tjump from\n\t\tjump to\n\t}\n"
		"\tchain output {\n\t\ttype filter hook output priority filter - 5; "
		"policy accept;\n\t\tjump to\n\t}\n}\n",
		marker, chains);
	fixture_expect(&f, &output_nftables, want);
	assert_int_equal(f.tally.count, 4);
	assert_int_equal(f.tally.spared, 1);
	fixture_done(&f);
}

static void chosen_hooks(void **state)
{
	static char forward[] = "forward", table[] = "other";
	static char *hook[] = {forward};
	struct fixture f;
	char *text;

	(void)state;
	fixture_init(&f, NULL, NULL);
	f.conf.hook = (struct conf_list){hook, 1};
	f.conf.table = table;
	text = fixture_render(&f, &output_nftables);
	assert_non_null(strstr(text, "hook forward"));
	assert_null(strstr(text, "hook input"));
	assert_null(strstr(text, "hook output"));
	assert_non_null(strstr(text, "table inet other {"));
	assert_null(strstr(text, "inet varsel"));
	free(text);
	fixture_done(&f);
}

static char *change(struct fixture *f, const char *found)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	f->tally = (struct output_tally){0};
	output_nftables.kernel->change(&f->job, found, out, &f->tally);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* What was enforced before, as the next run finds it on disk. */
static void remember(const struct fixture *f, struct enforced *last)
{
	char path[] = "/tmp/varsel.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(enforced_write(path, &f->set, &f->job.digest, NULL), OK);
	assert_int_equal(enforced_open(path, last, NULL), OK);
	(void)unlink(path);
}

static void only_the_differences(void **state)
{
	static const char *const next[] = {"ip 203.0.113.8 block 60",
		"ip 2001:db8::7 block 240", "ip 198.51.100.0/24 block 30",
		"ip 198.51.100.128/25 block 90", NULL};
	char marker[MARKER_MAX], want[1024], old[MARKER_MAX];
	struct fixture a, b;
	struct enforced last;
	char *text;

	(void)state;
	fixture_init(&a, lines, allowed);
	fixture_init(&b, next, allowed);
	remember(&a, &last);
	b.job.last = &last;
	output_nftables.kernel->marker(&a.job, old);
	output_nftables.kernel->marker(&b.job, marker);
	text = change(&b, old);
	(void)snprintf(want, sizeof(want),
		"add element inet varsel block4 {\n203.0.113.7 timeout 1h }\n"
		"delete element inet varsel block4 {\n203.0.113.7 }\n"
		"add element inet varsel block4 {\n203.0.113.8 timeout 60s }\n"
		"flush set inet varsel allow4\n"
		"add element inet varsel allow4 {\n198.51.100.9 }\n"
		"add element inet varsel block6 {\n2001:db8::7 timeout 1h }\n"
		"delete element inet varsel block6 {\n2001:db8::7 }\n"
		"add element inet varsel block6 {\n2001:db8::7 timeout 240s }\n"
		"flush set inet varsel allow6\n"
		"add element inet varsel allow6 {\n2001:db8:ffff::/48 }\n"
		"flush set inet varsel applied\n"
		"add element inet varsel applied { 1 comment \"%s\" }\n",
		marker);
	assert_string_equal(text, want);
	assert_int_equal(b.tally.count, 4);
	free(text);
	enforced_done(&last);
	fixture_done(&a);
	fixture_done(&b);
}

static void changed_prefixes_are_rewritten(void **state)
{
	static const char *const next[] = {"ip 203.0.113.7 block 60",
		"ip 2001:db8::7 block 120", "ip 198.51.100.0/24 block 30", NULL};
	struct fixture a, b;
	struct enforced last;
	char old[MARKER_MAX], *text;

	(void)state;
	fixture_init(&a, lines, NULL);
	fixture_init(&b, next, NULL);
	remember(&a, &last);
	b.job.last = &last;
	output_nftables.kernel->marker(&a.job, old);
	text = change(&b, old);
	assert_non_null(strstr(text,
		"flush set inet varsel net4\nadd element inet varsel net4 {\n"
		"198.51.100.0-198.51.100.255 timeout 30s }\n"));
	assert_null(strstr(text, "net6"));
	assert_null(strstr(text, "block4 {"));
	free(text);
	enforced_done(&last);
	fixture_done(&a);
	fixture_done(&b);
}

/* Another layout, another set than the one remembered, no mark: the whole table. */
static void never_builds_on_the_unknown(void **state)
{
	static char forward[] = "forward";
	static char *hook[] = {forward};
	struct fixture a;
	struct enforced last;
	char old[MARKER_MAX], other[MARKER_MAX], *text;

	(void)state;
	fixture_init(&a, lines, NULL);
	remember(&a, &last);
	a.job.last = &last;
	output_nftables.kernel->marker(&a.job, old);
	text = change(&a, old);
	assert_null(strstr(text, "delete table"));
	free(text);
	memcpy(other, old, sizeof(other));
	other[10] = other[10] == '0' ? '1' : '0';
	text = change(&a, other);
	assert_non_null(strstr(text, "delete table inet varsel\n"));
	free(text);
	text = change(&a, "");
	assert_non_null(strstr(text, "delete table inet varsel\n"));
	free(text);
	a.job.last = NULL;
	text = change(&a, old);
	assert_non_null(strstr(text, "delete table inet varsel\n"));
	free(text);
	a.job.last = &last;
	a.conf.hook = (struct conf_list){hook, 1};
	text = change(&a, old);
	assert_non_null(strstr(text, "delete table inet varsel\n"));
	free(text);
	enforced_done(&last);
	fixture_done(&a);
}

/* Longer than any approval can run, as a clock that is wrong makes it. */
static void no_end_is_too_far(void **state)
{
	static const char *const far[] = {"ip 203.0.113.7 block 1800000000",
		"ip 198.51.100.0/24 block 1800000000", NULL};
	struct fixture f;
	char *text;

	(void)state;
	fixture_init(&f, far, NULL);
	text = fixture_render(&f, &output_nftables);
	assert_non_null(strstr(text, "203.0.113.7 timeout 31622400s"));
	assert_non_null(strstr(text, "198.51.100.255 timeout 31622400s"));
	free(text);
	fixture_done(&f);
}

static void refuses(void **state)
{
	static char file[] = "/var/x", bad[] = "a b", twice[] = "input",
		    wrong[] = "ingress";
	static char *two[] = {twice, twice}, *one[] = {wrong};
	struct output_conf c = {.load = false};
	struct diag d;

	(void)state;
	assert_int_equal(output_nftables.validate(&c, &d), ERR_CONFIG);
	c.file = file;
	assert_int_equal(output_nftables.validate(&c, &d), OK);
	c.load = true;
	c.table = bad;
	assert_int_equal(output_nftables.validate(&c, &d), ERR_CONFIG);
	c.table = NULL;
	c.hook = (struct conf_list){two, 2};
	assert_int_equal(output_nftables.validate(&c, &d), ERR_CONFIG);
	c.hook = (struct conf_list){one, 1};
	assert_int_equal(output_nftables.validate(&c, &d), ERR_CONFIG);
	assert_non_null(strstr(d.text, "hook: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_table),
		cmocka_unit_test(chosen_hooks),
		cmocka_unit_test(only_the_differences),
		cmocka_unit_test(changed_prefixes_are_rewritten),
		cmocka_unit_test(never_builds_on_the_unknown),
		cmocka_unit_test(no_end_is_too_far),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
