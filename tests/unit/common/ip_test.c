/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/ip.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "tests/unit/common/canonical.h"

static void addresses(void **state)
{
	static const struct canonical_case cases[] = {
		{"203.0.113.7", "203.0.113.7"},
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"203.0.113.7/32", "203.0.113.7"},
		{"203.0.113.0/24", "203.0.113.0/24"},
		{"203.0.113.4/30", "203.0.113.4/30"},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"2001:DB8::1", "2001:db8::1"},
		{"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
		{"2001:db8::1/128", "2001:db8::1"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"2001:db8:0:0:0:0:0:0/127", "2001:db8::/127"},
		{"::", "::"},
		{"::/0", "::/0"},
		{"::1", "::1"},
		{"1::", "1::"},
		/* RFC 5952: the longest run, the first of two, never a single group */
		{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"0:0:3:4:5:6:0:0", "::3:4:5:6:0:0"},
		{"fe80:0a0B::00c", "fe80:a0b::c"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127"},
		/* mapped addresses are IPv4; compatible and translated ones are not */
		{"::ffff:203.0.113.7", "203.0.113.7"},
		{"::FFFF:cb00:7107", "203.0.113.7"},
		{"::ffff:203.0.113.7/128", "203.0.113.7"},
		{"::ffff:203.0.113.0/120", "203.0.113.0/24"},
		{"::ffff:0:0/96", "0.0.0.0/0"},
		{"::203.0.113.7", "::cb00:7107"},
		{"64:ff9b::203.0.113.7", "64:ff9b::cb00:7107"},
		{"::fffe:203.0.113.7", "::fffe:cb00:7107"},
	};

	(void)state;
	assert_cases(&kinds[KIND_IP], cases);
}

static const struct canonical_case refused[] = {
	{"", "!no address"},
	{"/24", "!no address"},
	{"/", "!no address"},
	{"203.0.113.7/24", "!the network is 203.0.113.0/24"},
	{"10.0.0.1/8", "!the network is 10.0.0.0/8"},
	{"128.0.0.0/0", "!the network is 0.0.0.0/0"},
	{"203.0.113.7/31", "!the network is 203.0.113.6/31"},
	{"2001:db8::1/64", "!the network is 2001:db8::/64"},
	{"2001:db8::4000:0/97", "!bits are set behind the prefix"},
	{"::ffff:203.0.113.7/120", "!bits are set behind the prefix"},
	{"::ffff:0:0/95", "!bits are set behind the prefix"},
	{"203.0.113.07", "!without leading zeros"},
	{"0203.0.113.7", "!without leading zeros"},
	{"00.0.0.0", "!without leading zeros"},
	{"203.0.113.256", "!four numbers of 0 to 255"},
	{"203.0.113.1000", "!four numbers of 0 to 255"},
	{"99999999999999999999.0.0.1", "!four numbers of 0 to 255"},
	{"203.0.113", "!four numbers of 0 to 255"},
	{"127.1", "!four numbers of 0 to 255"},
	{"3405803783", "!four numbers of 0 to 255"},
	{"203.0.113.7.", "!four numbers of 0 to 255"},
	{".203.0.113.7", "!four numbers of 0 to 255"},
	{"203..113.7", "!four numbers of 0 to 255"},
	{"203.0.113.7.1", "!four numbers of 0 to 255"},
	{"0x7f.0.0.1", "!not an IPv4 or IPv6 address"},
	{"0xcb007107", "!not an IPv4 or IPv6 address"},
	{"+1.2.3.4", "!not an IPv4 or IPv6 address"},
	{"1.2.3.-4", "!not an IPv4 or IPv6 address"},
	{"1.2.3.4 ", "!not an IPv4 or IPv6 address"},
	{" 1.2.3.4", "!not an IPv4 or IPv6 address"},
	{"1.2.3.4\n", "!not an IPv4 or IPv6 address"},
	{"1.2.3.4:80", "!not an IPv4 or IPv6 address"},
	{"１.2.3.4", "!not an IPv4 or IPv6 address"},
	{"203.0.113.7/33", "!not a number of 0 to 32"},
	{"203.0.113.0/", "!not a number of 0 to 32"},
	{"203.0.113.0/024", "!not a number of 0 to 32"},
	{"203.0.113.0/+24", "!not a number of 0 to 32"},
	{"203.0.113.0/24/24", "!not a number of 0 to 32"},
	{"203.0.113.0/255.255.255.0", "!not a number of 0 to 32"},
	{"203.0.113.0/99999999999", "!not a number of 0 to 32"},
	{"2001:db8::/129", "!not a number of 0 to 128"},
	{"fe80::1%eth0", "!zone"},
	{"fe80::1%25eth0", "!zone"},
	{"fe80::%1/64", "!zone"},
	{"1.2.3.4%lo", "!zone"},
	{":", "!not an IPv4 or IPv6 address"},
	{":::", "!not an IPv4 or IPv6 address"},
	{"1::2::3", "!not an IPv4 or IPv6 address"},
	{"1:2:3:4:5:6:7", "!not an IPv4 or IPv6 address"},
	{"1:2:3:4:5:6:7:8:9", "!not an IPv4 or IPv6 address"},
	{"1:2:3:4:5:6:7:8::", "!not an IPv4 or IPv6 address"},
	{"12345::", "!not an IPv4 or IPv6 address"},
	{"g::", "!not an IPv4 or IPv6 address"},
	{"[2001:db8::1]", "!not an IPv4 or IPv6 address"},
	{"::1.2.3", "!not an IPv4 or IPv6 address"},
	{"::1.2.3.04", "!not an IPv4 or IPv6 address"},
	{"::ffff:1.2.3.256", "!not an IPv4 or IPv6 address"},
	{"1.2.3.4::", "!not an IPv4 or IPv6 address"},
	{"evil.example", "!not an IPv4 or IPv6 address"},
};

static void refusals(void **state)
{
	(void)state;
	assert_cases(&kinds[KIND_IP], refused);
}

/* Bytes behind a NUL are part of the value, not of nothing. */
static void embedded_nul(void **state)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};

	(void)state;
	assert_int_equal(
		ip_canonicalise(slice_mem("1.2.3.4\0", 8), &out, NULL), ERR_VALUE);
	assert_int_equal(
		ip_canonicalise(slice_mem("::1\0junk", 8), &out, NULL), ERR_VALUE);
	assert_int_equal(out.len, 0);
}

/* Every IPv6 address reads back as itself, and the C library reads it the same. */
static void round_trip(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct ip ip = {.family = AF_INET6, .bits = 128}, back;
		unsigned char other[16];
		char text[IP_TEXT];
		struct slice s;

		/* zero groups often, for their runs */
		for (int g = 0; g < 8; g++) {
			unsigned v = (unsigned)rand_r(&seed);

			if (v & 0x10000)
				continue;
			ip.addr[2 * g] = (unsigned char)(v >> 8);
			ip.addr[2 * g + 1] = (unsigned char)v;
		}
		ip.addr[0] |= 0x20; /* not a mapped one */
		s = slice_mem(text, ip_format(&ip, text));
		assert_int_equal(text[s.n], '\0');
		assert_int_equal(ip_parse(s, &back, NULL), OK);
		assert_memory_equal(back.addr, ip.addr, 16);
		assert_int_equal(inet_pton(AF_INET6, text, other), 1);
		assert_memory_equal(other, ip.addr, 16);
		/* outside mixed notation the C library writes RFC 5952 too */
		assert_non_null(inet_ntop(AF_INET6, ip.addr, text, sizeof(text)));
		assert_true(slice_is(s, text) || strchr(text, '.'));
	}
}

static void longest_text(void **state)
{
	struct ip ip = {.family = AF_INET6, .bits = 127};
	char text[IP_TEXT];

	(void)state;
	memset(ip.addr, 0xff, sizeof(ip.addr));
	assert_int_equal(ip_format(&ip, text), IP_TEXT - 1);
}

static void binary(void **state)
{
	unsigned char addr[16];
	int family = 0;
	unsigned bits = 0;

	(void)state;
	assert_true(ip_binary(slice_of("203.0.113.0/24"), &family, addr, &bits));
	assert_int_equal(family, AF_INET);
	assert_int_equal(bits, 24);
	assert_memory_equal(addr, "\xcb\x00\x71\x00", 4);
	assert_true(ip_binary(slice_of("2001:db8::1"), &family, addr, &bits));
	assert_int_equal(family, AF_INET6);
	assert_int_equal(bits, 128);
	assert_memory_equal(addr, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	assert_false(ip_binary(slice_of("evil.example"), &family, addr, &bits));
}

static void too_wide(void **state)
{
	(void)state;
	assert_true(ip_too_wide(slice_of("0.0.0.0/0")));
	assert_true(ip_too_wide(slice_of("10.0.0.0/8")));
	assert_true(ip_too_wide(slice_of("10.0.0.0/15")));
	assert_false(ip_too_wide(slice_of("10.0.0.0/16")));
	assert_false(ip_too_wide(slice_of("10.0.0.0")));
	assert_true(ip_too_wide(slice_of("::/0")));
	assert_true(ip_too_wide(slice_of("2001:db8::/31")));
	assert_false(ip_too_wide(slice_of("2001:db8::/32")));
	assert_false(ip_too_wide(slice_of("::1")));
}

static void containment(void **state)
{
	static const struct {
		const char *outer;
		const char *inner;
		bool contains;
	} cases[] = {
		{"203.0.113.7", "203.0.113.7", true},
		{"203.0.113.0/24", "203.0.113.7", true},
		{"203.0.113.0/24", "203.0.113.0/24", true},
		{"203.0.113.0/24", "203.0.113.128/25", true},
		{"203.0.113.128/25", "203.0.113.0/24", false},
		{"203.0.113.128/25", "203.0.113.127", false},
		{"203.0.113.0/24", "203.0.114.7", false},
		{"203.0.113.4/30", "203.0.113.7", true},
		{"203.0.113.4/30", "203.0.113.8", false},
		{"0.0.0.0/0", "203.0.113.7", true},
		{"::/0", "203.0.113.7", false},
		{"0.0.0.0/0", "::1", false},
		{"2001:db8::/32", "2001:db8:1::/48", true},
		{"2001:db8::/33", "2001:db8:8000::", false},
		{"2001:db8::/127", "2001:db8::1", true},
		{"2001:db8::/127", "2001:db8::2", false},
		{"evil.example", "203.0.113.7", false},
		{"203.0.113.7", "evil.example", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (ip_contains(slice_of(cases[i].outer), slice_of(cases[i].inner)) !=
			cases[i].contains)
			fail_msg("%s in %s", cases[i].inner, cases[i].outer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(refusals),
		cmocka_unit_test(embedded_nul),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(longest_text),
		cmocka_unit_test(binary),
		cmocka_unit_test(too_wide),
		cmocka_unit_test(containment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
