/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/ip.h"

#include <arpa/inet.h>

#include "common/kind.h"

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number up to `max` at the start of *s, taken off it: no sign, no leading zero. */
static bool take_number(struct slice *s, unsigned max, unsigned *ret)
{
	unsigned v = 0;
	size_t n = 0;

	while (n < s->n && n < 4 && is_digit(s->p[n]))
		v = v * 10 + (unsigned)(s->p[n++] - '0');
	if (n == 0 || v > max || (n > 1 && s->p[0] == '0'))
		return false;
	*s = (struct slice){s->p + n, s->n - n};
	*ret = v;
	return true;
}

bool ip4_parse(struct slice in, unsigned char ret[4])
{
	unsigned char addr[4];

	for (int i = 0; i < 4; i++) {
		unsigned v;

		if (i > 0) {
			if (in.n == 0 || in.p[0] != '.')
				return false;
			in = (struct slice){in.p + 1, in.n - 1};
		}
		if (!take_number(&in, 255, &v))
			return false;
		addr[i] = (unsigned char)v;
	}
	if (in.n > 0)
		return false;
	memcpy(ret, addr, 4);
	return true;
}

static bool ip6_parse(struct slice in, unsigned char ret[16])
{
	char text[INET6_ADDRSTRLEN];

	/* a NUL inside would end inet_pton's string early */
	if (in.n >= sizeof(text) || memchr(in.p, '\0', in.n))
		return false;
	memcpy(text, in.p, in.n);
	text[in.n] = '\0';
	return inet_pton(AF_INET6, text, ret) == 1;
}

static bool host_bits_set(const struct ip *ip)
{
	unsigned size = ip->family == AF_INET ? 4 : 16, i = ip->bits / 8;

	if (i < size && (ip->addr[i] & (0xff >> ip->bits % 8)))
		return true;
	for (i++; i < size; i++)
		if (ip->addr[i])
			return true;
	return false;
}

static struct ip masked(const struct ip *ip)
{
	struct ip m = *ip;

	if (ip->bits < 128)
		m.addr[ip->bits / 8] &= (unsigned char)(0xff00 >> ip->bits % 8 & 0xff);
	for (unsigned i = ip->bits / 8 + 1; i < 16; i++)
		m.addr[i] = 0;
	return m;
}

/* Why `address` was not understood, for a person who thought it was one. */
static const char *what_is_wrong(struct slice address)
{
	bool dotted = true;

	if (memchr(address.p, '%', address.n))
		return "an address with a zone means something on one machine only";
	for (size_t i = 0; i < address.n; i++)
		if (!is_digit(address.p[i]) && address.p[i] != '.')
			dotted = false;
	if (dotted)
		return "not four numbers of 0 to 255 without leading zeros";
	return "not an IPv4 or IPv6 address or prefix";
}

enum err ip_parse(struct slice in, struct ip *ret, struct diag *d)
{
	struct slice rest = in, address;
	struct ip ip = {0};
	unsigned width;
	bool prefix;

	prefix = slice_cut(&rest, '/', &address);
	if (address.n == 0)
		return diag_value(d, ERR_VALUE, "ip", in, "no address");
	if (memchr(address.p, ':', address.n)) {
		ip.family = AF_INET6;
		width = 128;
		if (!ip6_parse(address, ip.addr))
			return diag_value(
				d, ERR_VALUE, "ip", in, "%s", what_is_wrong(address));
	} else {
		ip.family = AF_INET;
		width = 32;
		if (!ip4_parse(address, ip.addr))
			return diag_value(
				d, ERR_VALUE, "ip", in, "%s", what_is_wrong(address));
	}
	ip.bits = width;
	if (prefix && (!take_number(&rest, width, &ip.bits) || rest.n > 0))
		return diag_value(d, ERR_VALUE, "ip", in,
			"the prefix length is not a number of 0 to %u without a leading "
			"zero",
			width);
	if (host_bits_set(&ip)) {
		struct ip network = masked(&ip);
		char text[IP_TEXT];

		(void)ip_format(&network, text);
		return diag_value(d, ERR_VALUE, "ip", in,
			"bits are set behind the prefix; the network is %s", text);
	}
	/* with fewer than 96 bits the prefix would have had host bits set */
	if (ip.family == AF_INET6 && memcmp(ip.addr, mapped, sizeof(mapped)) == 0) {
		ip.family = AF_INET;
		ip.bits -= 96;
		memmove(ip.addr, ip.addr + 12, 4);
		memset(ip.addr + 4, 0, 12);
	}
	*ret = ip;
	return OK;
}

static size_t put_number(char *out, unsigned v)
{
	size_t n = 0;

	if (v >= 100)
		out[n++] = (char)('0' + v / 100);
	if (v >= 10)
		out[n++] = (char)('0' + v / 10 % 10);
	out[n++] = (char)('0' + v % 10);
	return n;
}

/* RFC 5952 section 4: lower case, no leading zeros, "::" for the first of the longest
 * runs of two or more zero groups. inet_ntop() writes some addresses in mixed notation,
 * and C libraries differ on which. */
static size_t put_ip6(char *out, const unsigned char addr[16])
{
	static const char hex[] = "0123456789abcdef";
	int run = 8, longest = 1;
	size_t n = 0;

	for (int i = 0; i < 8; i++) {
		int end = i;

		while (end < 8 && !addr[2 * end] && !addr[2 * end + 1])
			end++;
		if (end - i > longest) {
			run = i;
			longest = end - i;
		}
		if (end > i)
			i = end;
	}
	for (int i = 0; i < 8; i++) {
		unsigned group = (unsigned)(addr[2 * i] << 8 | addr[2 * i + 1]);

		if (i == run) {
			out[n++] = ':';
			i += longest - 1;
			if (i == 7)
				out[n++] = ':';
			continue;
		}
		if (i > 0)
			out[n++] = ':';
		for (int shift = 12; shift >= 0; shift -= 4)
			if (shift == 0 || group >> shift)
				out[n++] = hex[group >> shift & 0xf];
	}
	return n;
}

size_t ip_format(const struct ip *ip, char out[IP_TEXT])
{
	unsigned width = ip->family == AF_INET ? 32 : 128;
	size_t n = 0;

	if (ip->family == AF_INET) {
		for (int i = 0; i < 4; i++) {
			if (i > 0)
				out[n++] = '.';
			n += put_number(out + n, ip->addr[i]);
		}
	} else {
		n = put_ip6(out, ip->addr);
	}
	if (ip->bits < width) {
		out[n++] = '/';
		n += put_number(out + n, ip->bits);
	}
	out[n] = '\0';
	return n;
}

enum err ip_canonicalise(struct slice in, struct buf *out, struct diag *d)
{
	char text[IP_TEXT];
	struct ip ip;
	enum err e;

	e = ip_parse(in, &ip, d);
	if (e)
		return e;
	return kind_put("ip", in, slice_mem(text, ip_format(&ip, text)), out, d);
}

bool ip_binary(
	struct slice value, int *ret_family, unsigned char addr[16], unsigned *ret_bits)
{
	struct ip ip;

	if (ip_parse(value, &ip, NULL))
		return false;
	*ret_family = ip.family;
	*ret_bits = ip.bits;
	memcpy(addr, ip.addr, 16);
	return true;
}

bool ip_too_wide(struct slice value)
{
	struct ip ip;

	return ip_parse(value, &ip, NULL) == OK &&
	       ip.bits < (ip.family == AF_INET ? IP4_PREFIX_MIN : IP6_PREFIX_MIN);
}

bool ip_contains(struct slice outer, struct slice inner)
{
	struct ip out, in;

	if (ip_parse(outer, &out, NULL) || ip_parse(inner, &in, NULL) ||
		out.family != in.family || out.bits > in.bits)
		return false;
	in.bits = out.bits;
	in = masked(&in);
	return memcmp(in.addr, out.addr, 16) == 0;
}
