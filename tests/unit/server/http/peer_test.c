/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "server/http/peer.h"

static void test_last_hop(void **state)
{
	static const struct {
		const char *header, *hop; /* NULL: refused */
	} row[] = {
		{"203.0.113.7", "203.0.113.7"},
		{"6.6.6.6, 203.0.113.7", "203.0.113.7"},
		{"anything at all,203.0.113.7 ", "203.0.113.7"},
		{"6.6.6.6,\t2001:db8::1", "2001:db8::1"},
		{"::ffff:203.0.113.7", "203.0.113.7"},
		{"", NULL},
		{"203.0.113.7,", NULL},
		{"203.0.113.7, unknown", NULL},
		{"203.0.113.7:4711", NULL},
		{"203.0.113.0/24", NULL},
		{"2001:db8::/64", NULL},
		{"203.0.113.7 6.6.6.6", NULL},
		{"203.0.113.07", NULL},
		{"unix:", NULL},
	};
	char text[IP_TEXT];
	struct diag d;
	struct ip ip;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		enum err e = peer_forwarded(row[i].header, &ip, &d);

		assert_int_equal(e, row[i].hop ? OK : ERR_SYNTAX);
		if (!row[i].hop)
			continue;
		ip_format(&ip, text);
		assert_string_equal(text, row[i].hop);
	}
}

static struct ip of(const char *text)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct ip ip;

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		assert_true(peer_of((const struct sockaddr *)&four, &ip));
	else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		assert_true(peer_of((const struct sockaddr *)&six, &ip));
	else
		fail();
	return ip;
}

static bool same_key(const char *a, const char *b)
{
	struct ip one = of(a), two = of(b);
	struct meter_key k = peer_key(&one), l = peer_key(&two);

	return memcmp(&k, &l, sizeof(k)) == 0;
}

static void test_keys(void **state)
{
	struct ip a = of("127.0.0.1"), b = of("::ffff:127.0.0.1"), c = of("::1");
	const struct sockaddr none = {.sa_family = AF_UNIX};

	(void)state;
	assert_true(peer_same(&a, &b));
	assert_false(peer_same(&a, &c));
	assert_true(same_key("2001:db8:0:1::1", "2001:db8:0:1:ffff::2"));
	assert_false(same_key("2001:db8:0:1::1", "2001:db8:0:2::1"));
	assert_false(same_key("203.0.113.7", "203.0.113.8"));
	assert_true(same_key("203.0.113.7", "::ffff:203.0.113.7"));
	/* 32.1.13.184 are the first four bytes of 2001:db8:: */
	assert_false(same_key("32.1.13.184", "2001:db8::"));
	assert_false(peer_of(&none, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_hop),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
