/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/output/ranges.h"

#include "tests/unit/client/agent/output/fixture.h"

#include <arpa/inet.h>

static void expect(const char *const *lines, int family, const char *want)
{
	char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN], text[2048] = "";
	struct fixture f;
	struct range *r;
	size_t n;

	fixture_init(&f, lines, NULL);
	assert_int_equal(ranges_of(&f.set, &f.job.cap, family, &r, &n), OK);
	for (size_t i = 0; i < n; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"%s-%s %lld\n",
			inet_ntop(family, r[i].first, first, sizeof(first)),
			inet_ntop(family, r[i].last, last, sizeof(last)),
			(long long)(r[i].until - FIXTURE_NOW));
	assert_string_equal(text, want);
	free(r);
	fixture_done(&f);
}

static void nothing_to_do(void **state)
{
	static const char *const lines[] = {"ip 192.0.2.1 block 5",
		"ip 192.0.2.0/24 watch 5", "ip 2001:db8::/48 block 5", NULL};

	(void)state;
	expect(lines, AF_INET, "");
	expect(NULL, AF_INET6, "");
	expect(lines, AF_INET6, "2001:db8::-2001:db8:0:ffff:ffff:ffff:ffff:ffff 5\n");
}

static void inner_ends_later(void **state)
{
	static const char *const middle[] = {
		"ip 10.0.0.0/8 block 10", "ip 10.1.0.0/16 block 20", NULL};
	static const char *const front[] = {
		"ip 10.0.0.0/8 block 10", "ip 10.0.0.0/16 block 20", NULL};
	static const char *const end[] = {
		"ip 255.0.0.0/8 block 10", "ip 255.255.0.0/16 block 20", NULL};
	static const char *const start[] = {
		"ip 0.0.0.0/8 block 10", "ip 0.0.0.0/16 block 20", NULL};

	(void)state;
	expect(middle, AF_INET,
		"10.0.0.0-10.0.255.255 10\n10.1.0.0-10.1.255.255 20\n"
		"10.2.0.0-10.255.255.255 10\n");
	expect(front, AF_INET, "10.0.0.0-10.0.255.255 20\n10.1.0.0-10.255.255.255 10\n");
	expect(end, AF_INET,
		"255.0.0.0-255.254.255.255 10\n255.255.0.0-255.255.255.255 20\n");
	expect(start, AF_INET, "0.0.0.0-0.0.255.255 20\n0.1.0.0-0.255.255.255 10\n");
}

static void inner_ends_no_later(void **state)
{
	static const char *const lines[] = {"ip 10.0.0.0/8 block 20",
		"ip 10.1.0.0/16 block 20", "ip 10.2.0.0/16 block 10",
		"ip 10.2.3.0/24 block 30", NULL};

	(void)state;
	expect(lines, AF_INET,
		"10.0.0.0-10.2.2.255 20\n10.2.3.0-10.2.3.255 30\n"
		"10.2.4.0-10.255.255.255 20\n");
}

/* Every address of a /20 must have the end that plain looking finds, in ranges that are
 * sorted and do not overlap. */
static void against_plain_looking(void **state)
{
	static char text[40][64];
	const char *lines[41] = {NULL};
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct fixture f;
		struct range *r;
		size_t n, at = 0, count = 0;

		for (size_t i = 0; i < 20; i++) {
			unsigned bits, addr, same = 0;

			seed = seed * 1103515245u + 12345u;
			bits = 20 + (seed >> 16) % 12;
			addr = (seed >> 4 & 0xfff) & ~0u << (32 - bits);
			(void)snprintf(text[count], sizeof(text[0]),
				"ip 10.0.%u.%u/%u block %u", addr >> 8, addr & 0xff, bits,
				1 + (seed >> 24) % 9);
			for (size_t k = 0; k < count; k++)
				same |= strncmp(text[k], text[count],
						strcspn(text[count], "/") + 4) == 0;
			if (!same) {
				lines[count] = text[count];
				count++;
			}
		}
		lines[count] = NULL;
		fixture_init(&f, lines, NULL);
		assert_int_equal(ranges_of(&f.set, &f.job.cap, AF_INET, &r, &n), OK);
		for (unsigned addr = 0; addr < 0x1000; addr++) {
			unsigned char a[4] = {
				10, 0, (unsigned char)(addr >> 8), (unsigned char)addr};
			char ip[32];
			int64_t want = 0;

			(void)snprintf(
				ip, sizeof(ip), "10.0.%u.%u", addr >> 8, addr & 0xff);
			for (size_t i = 0; i < f.set.n; i++)
				if (ip_contains(f.set.a[i].value, slice_of(ip)) &&
					f.set.a[i].until > want)
					want = f.set.a[i].until;
			while (at < n && memcmp(r[at].last, a, 4) < 0)
				at++;
			if (want == 0)
				assert_true(at == n || memcmp(r[at].first, a, 4) > 0);
			else
				assert_true(at < n && memcmp(r[at].first, a, 4) <= 0 &&
					    r[at].until == want);
		}
		free(r);
		fixture_done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_do),
		cmocka_unit_test(inner_ends_later),
		cmocka_unit_test(inner_ends_no_later),
		cmocka_unit_test(against_plain_looking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
