/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/protected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

static struct allow list;

static int load(void **state)
{
	(void)state;
	allow_init(&list);
	assert_int_equal(protected_load(&list), OK);
	assert_int_equal(allow_seal(&list), OK);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	allow_done(&list);
	return 0;
}

/* Every row is what the canonicaliser makes of it, and none hides behind another. */
static void rows_are_canonical(void **state)
{
	(void)state;
	assert_true(list.n > 100);
	assert_int_equal(list.nip + list.ndomain + list.nurl, list.n);
	for (size_t i = 0; i < list.n; i++) {
		CLEANUP_BUF struct buf b = {.max = VALUE_MAX};
		const struct allow_entry *e = &list.e[i];

		assert_int_equal(e->kind->canonicalise(e->value, &b, NULL), OK);
		assert_true(slice_same(buf_view(&b), e->value));
		assert_true(e->automatic);
		if (e->kind->id == KIND_DOMAIN)
			assert_int_equal(domain_suffix(e->value), SUFFIX_NONE);
	}
}

static const struct allow_entry *find(const char *text, enum allow_hit *ret)
{
	CLEANUP_BUF struct buf b = {.max = VALUE_MAX};
	const struct allow_entry *e;
	const struct kind *k;
	struct diag d = {""};

	if (kind_recognise(slice_of(text), &k, &b, &d))
		fail_msg("%s", d.text);
	*ret = allow_match(&list, k, buf_view(&b), &e);
	return e;
}

static void covers(void **state)
{
	static const struct {
		const char *value, *reason;
		enum allow_hit hit;
		bool absolute;
	} cases[] = {
		{"10.1.2.3", "RFC 1918", ALLOW_ALL, true},
		{"172.31.0.0/16", "RFC 1918", ALLOW_ALL, true},
		{"192.168.0.0/16", "RFC 1918", ALLOW_ALL, true},
		{"127.0.0.53", "loopback", ALLOW_ALL, true},
		{"::1", "loopback", ALLOW_ALL, true},
		{"::ffff:127.0.0.1", "loopback", ALLOW_ALL, true},
		{"fe80::1", "link-local", ALLOW_ALL, true},
		{"fd12:3456::/32", "RFC 4193", ALLOW_ALL, true},
		{"239.255.255.250", "multicast", ALLOW_ALL, true},
		{"255.255.255.255", "reserved", ALLOW_ALL, true},
		{"64:ff9b::102:304", "as IPv6", ALLOW_ALL, true},
		{"1.1.1.1", "Cloudflare", ALLOW_ALL, false},
		{"8.8.0.0/16", "Google", ALLOW_PART, false},
		{"2001:500:2f::/48", "DNS root", ALLOW_PART, false},
		{"193.0.14.129", "DNS root", ALLOW_ALL, false},
		{"kl.dk", "municipalities", ALLOW_ALL, false},
		{"a.b.borger.dk", "self-service", ALLOW_ALL, false},
		{"mitid.dk", "login", ALLOW_ALL, false},
		{"nemlog-in.dk", "login", ALLOW_ALL, false},
		{"www.sundhed.dk", "health", ALLOW_ALL, false},
		{"dk-hostmaster.dk", "registry", ALLOW_ALL, false},
		{"quad9.net", "resolver", ALLOW_PART, false},
		{"https://www.borger.dk/x", "self-service", ALLOW_ALL, false},
		{"http://[::1]:8080/", "loopback", ALLOW_ALL, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum allow_hit hit;
		const struct allow_entry *e = find(cases[i].value, &hit);

		if (hit != cases[i].hit || !strstr(e->origin, cases[i].reason) ||
			e->absolute != cases[i].absolute)
			fail_msg("%s", cases[i].value);
	}
}

/* What drills and demonstrations block, and what only looks protected. */
static void leaves_alone(void **state)
{
	static const char *const values[] = {"192.0.2.0/24", "198.51.100.7",
		"203.0.113.0/24", "198.18.0.1", "198.19.255.0/24", "2001:db8::/32",
		"3fff::1", "evil.example", "hub.test", "x.invalid", "45.155.205.233",
		"185.220.101.1", "notkl.dk", "kl.dk.evil.example", "borger-dk.example",
		"https://evil.example/borger.dk", "1.1.1.2", "11.0.0.1", "who@borger.dk",
		"d41d8cd98f00b204e9800998ecf8427e"};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		enum allow_hit hit;

		if (find(values[i], &hit) || hit != ALLOW_NONE)
			fail_msg("%s", values[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_canonical),
		cmocka_unit_test(covers),
		cmocka_unit_test(leaves_alone),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
