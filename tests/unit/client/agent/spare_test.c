/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/spare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

static struct allow builtin;

static int load(void **state)
{
	struct diag d = {""};

	(void)state;
	return spare_load(&builtin, &d) ? -1 : 0;
}

static int unload(void **state)
{
	(void)state;
	allow_done(&builtin);
	return 0;
}

static struct active make(
	enum kind_id kind, const char *value, enum action action, bool override)
{
	return (struct active){.kind = (uint8_t)kind,
		.value = slice_of(value),
		.action = (uint8_t)action,
		.override = override,
		.until = 1795687200};
}

static void who_is_hit(void **state)
{
	static const struct {
		enum kind_id kind;
		const char *value;
		enum action action;
		bool override, hit;
	} cases[] = {
		{KIND_DOMAIN, "kl.dk", ACTION_BLOCK, false, true},
		{KIND_DOMAIN, "www.borger.dk", ACTION_BLOCK, false, true},
		{KIND_DOMAIN, "quad9.net", ACTION_BLOCK, false, true},
		{KIND_DOMAIN, "kl.dk", ACTION_BLOCK, true, false},
		{KIND_DOMAIN, "kl.dk", ACTION_WATCH, false, false},
		{KIND_DOMAIN, "evil.example", ACTION_BLOCK, false, false},
		{KIND_IP, "1.1.1.0/24", ACTION_BLOCK, false, true},
		{KIND_IP, "1.1.1.1", ACTION_BLOCK, true, false},
		{KIND_IP, "203.0.113.0/24", ACTION_BLOCK, false, false},
		{KIND_URL, "https://mitid.dk/login", ACTION_BLOCK, false, true},
		/* what no signature may do */
		{KIND_IP, "127.0.0.1", ACTION_BLOCK, true, true},
		{KIND_IP, "10.20.0.0/16", ACTION_BLOCK, true, true},
		{KIND_IP, "192.168.1.1", ACTION_BLOCK, true, true},
		{KIND_IP, "fe80::1", ACTION_BLOCK, true, true},
		{KIND_URL, "http://10.0.0.1/", ACTION_BLOCK, true, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct active a = make(cases[i].kind, cases[i].value, cases[i].action,
			cases[i].override);
		const struct allow_entry *entry;

		if (spare_hits(&builtin, &a, &entry) != cases[i].hit ||
			(entry != NULL) != cases[i].hit)
			fail_msg("%s", cases[i].value);
	}
}

static void split_keeps_the_order(void **state)
{
	struct active a[5] = {make(KIND_DOMAIN, "a.example", ACTION_BLOCK, false),
		make(KIND_DOMAIN, "kl.dk", ACTION_BLOCK, false),
		make(KIND_DOMAIN, "z.example", ACTION_BLOCK, false),
		make(KIND_IP, "10.0.0.1", ACTION_BLOCK, true),
		make(KIND_IP, "192.0.2.1", ACTION_BLOCK, false)};
	struct activeset s = {.a = a, .n = 5}, out;

	(void)state;
	assert_int_equal(spare_split(&builtin, &s, &out), OK);
	assert_int_equal(s.n, 3);
	assert_true(slice_is(s.a[0].value, "a.example"));
	assert_true(slice_is(s.a[1].value, "z.example"));
	assert_true(slice_is(s.a[2].value, "192.0.2.1"));
	assert_int_equal(out.n, 2);
	assert_true(slice_is(out.a[0].value, "kl.dk"));
	assert_true(slice_is(out.a[1].value, "10.0.0.1"));
	activeset_done(&out);
}

static void say(void *ctx, const char *text)
{
	buf_printf(ctx, "%s\n", text);
}

/* What was said. */
static void tell(
	const char *path, struct active *a, size_t n, const char *want, size_t lines)
{
	struct activeset s = {.a = a, .n = n};
	CLEANUP_BUF struct buf b = {.max = 1u << 16};
	struct diag d = {""};
	size_t got = 0;

	if (spare_tell(path, &builtin, &s, say, &b, &d))
		fail_msg("%s", d.text);
	for (size_t i = 0; i < b.len; i++)
		got += b.data[i] == '\n';
	if (got != lines || (want && !strstr(buf_str(&b), want)))
		fail_msg("%s", buf_str(&b));
}

static void new_ones_are_said_once(void **state)
{
	char dir[] = "/tmp/varsel.XXXXXX", path[64], name[20][16];
	struct active a[20];

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/spared", dir);
	a[0] = make(KIND_DOMAIN, "kl.dk", ACTION_BLOCK, false);
	a[1] = make(KIND_IP, "10.0.0.1", ACTION_BLOCK, true);
	tell(path, a, 0, NULL, 0);
	tell(path, a, 1,
		"domain kl.dk is approved but not enforced: never block kl.dk (built in: "
		"the association of municipalities); the coordinators did not override",
		1);
	tell(path, a, 1, NULL, 0);
	tell(path, a, 2,
		"ip 10.0.0.1 is approved but not enforced: never block "
		"10.0.0.0/8 (built in: private addresses (RFC 1918)); no "
		"override",
		1);
	tell(path, a, 2, NULL, 0);
	tell(path, a, 0, NULL, 0);
	tell(path, a, 1, "kl.dk", 1);
	for (size_t i = 0; i < 20; i++) {
		(void)snprintf(name[i], sizeof(name[i]), "n%02zu.kl.dk", i);
		a[i] = make(KIND_DOMAIN, name[i], ACTION_BLOCK, false);
	}
	tell(path, a, 20, "10 more approved entries", 11);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_hit),
		cmocka_unit_test(split_keeps_the_order),
		cmocka_unit_test(new_ones_are_said_once),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
