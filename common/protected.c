/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/protected.h"

#include <stdio.h>

/* Rows that share a reason; values are canonical and separated by blanks. */
static const struct group {
	enum kind_id kind;
	bool absolute;
	const char *reason;
	const char *values;
} groups[] = {
	/* the IANA special-purpose address registries, without what is for documentation
	 * and benchmarks */
	{KIND_IP, true, "this network (RFC 791)", "0.0.0.0/8 ::"},
	{KIND_IP, true, "private addresses (RFC 1918)",
		"10.0.0.0/8 172.16.0.0/12 192.168.0.0/16"},
	{KIND_IP, true, "private addresses (RFC 4193)", "fc00::/7"},
	{KIND_IP, true, "carriers' shared addresses (RFC 6598)", "100.64.0.0/10"},
	{KIND_IP, true, "loopback (RFC 1122, RFC 4291)", "127.0.0.0/8 ::1"},
	{KIND_IP, true, "link-local addresses (RFC 3927, RFC 4291)",
		"169.254.0.0/16 fe80::/10"},
	{KIND_IP, true, "site-local addresses (RFC 3879)", "fec0::/10"},
	{KIND_IP, true, "IETF protocol assignments (RFC 6890)", "192.0.0.0/24 2001::/32"},
	{KIND_IP, true, "AS112 service (RFC 7534, RFC 7535)",
		"192.31.196.0/24 192.175.48.0/24 2001:4:112::/48 2620:4f:8000::/48"},
	{KIND_IP, true, "automatic multicast tunnelling (RFC 7450)",
		"192.52.193.0/24 2001:3::/32"},
	{KIND_IP, true, "6to4 relays (RFC 7526)", "192.88.99.0/24 2002::/16"},
	{KIND_IP, true, "IPv4 addresses as IPv6 (RFC 6052, RFC 8215)",
		"64:ff9b::/96 64:ff9b:1::/48"},
	{KIND_IP, true, "discard prefix (RFC 6666)", "100::/64"},
	{KIND_IP, true, "ORCHIDv2 identifiers (RFC 7343)", "2001:20::/28"},
	{KIND_IP, true, "segment routing (RFC 9602)", "5f00::/16"},
	{KIND_IP, true, "multicast (RFC 5771, RFC 4291)", "224.0.0.0/4 ff00::/8"},
	{KIND_IP, true, "reserved addresses (RFC 1112)", "240.0.0.0/4"},

	{KIND_IP, false, "DNS root server",
		"198.41.0.4 170.247.170.2 192.33.4.12 199.7.91.13 192.203.230.10 "
		"192.5.5.241 192.112.36.4 198.97.190.53 192.36.148.17 192.58.128.30 "
		"193.0.14.129 199.7.83.42 202.12.27.33 "
		"2001:503:ba3e::2:30 2801:1b8:10::b 2001:500:2::c 2001:500:2d::d "
		"2001:500:a8::e 2001:500:2f::f 2001:500:12::d0d 2001:500:1::53 "
		"2001:7fe::53 2001:503:c27::2:30 2001:7fd::1 2001:500:9f::42 "
		"2001:dc3::35"},
	{KIND_DOMAIN, false, "name servers of the DNS root", "root-servers.net"},
	{KIND_DOMAIN, false, "name servers of .com and .net", "gtld-servers.net"},
	{KIND_DOMAIN, false, "registry of .dk", "dk-hostmaster.dk punktum.dk nic.dk"},

	{KIND_IP, false, "public resolver of Cloudflare",
		"1.1.1.1 1.0.0.1 2606:4700:4700::1111 2606:4700:4700::1001"},
	{KIND_IP, false, "public resolver of Google",
		"8.8.8.8 8.8.4.4 2001:4860:4860::8888 2001:4860:4860::8844"},
	{KIND_IP, false, "public resolver of Quad9",
		"9.9.9.9 149.112.112.112 2620:fe::fe 2620:fe::9"},
	{KIND_IP, false, "public resolver of OpenDNS",
		"208.67.222.222 208.67.220.220 2620:119:35::35 2620:119:53::53"},
	{KIND_DOMAIN, false, "name of a public resolver",
		"one.one.one.one cloudflare-dns.com dns.google dns.quad9.net"},

	{KIND_DOMAIN, false, "the association of municipalities", "kl.dk kombit.dk"},
	{KIND_DOMAIN, false, "public self-service",
		"borger.dk virk.dk lifeindenmark.dk digitalpost.dk e-boks.dk"},
	{KIND_DOMAIN, false, "login of citizens and authorities",
		"mitid.dk nemlog-in.dk nemid.nu"},
	{KIND_DOMAIN, false, "health service",
		"sundhed.dk medcom.dk sst.dk ssi.dk regioner.dk"},
	{KIND_DOMAIN, false, "schools and day care", "aula.dk"},
	{KIND_DOMAIN, false, "public authority",
		"skat.dk politi.dk cfcs.dk sikkerdigital.dk digst.dk datatilsynet.dk "
		"cpr.dk dst.dk ft.dk retsinformation.dk um.dk"},
};

enum err protected_load(struct allow *a)
{
	struct slice rest, value;
	char origin[128];
	enum err e = OK;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		const struct group *g = &groups[i];

		(void)snprintf(origin, sizeof(origin), "built in: %s", g->reason);
		for (rest = slice_of(g->values); e == OK && rest.n;) {
			(void)slice_cut(&rest, ' ', &value);
			e = allow_add(a, &kinds[g->kind], value, origin, true);
			if (e == OK)
				a->e[a->n - 1].absolute = g->absolute;
		}
	}
	return e;
}
