/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/peer.h"

#include <netinet/in.h>
#include <string.h>

bool peer_of(const struct sockaddr *sa, struct ip *ret)
{
	static const unsigned char mapped[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	struct sockaddr_in6 six;
	struct sockaddr_in four;
	struct ip ip = {.family = AF_INET, .bits = 32};

	if (sa->sa_family == AF_INET) {
		memcpy(&four, sa, sizeof(four));
		memcpy(ip.addr, &four.sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&six, sa, sizeof(six));
		if (memcmp(&six.sin6_addr, mapped, sizeof(mapped)) == 0) {
			memcpy(ip.addr, six.sin6_addr.s6_addr + 12, 4);
		} else {
			ip.family = AF_INET6;
			ip.bits = 128;
			memcpy(ip.addr, &six.sin6_addr, 16);
		}
	} else {
		return false;
	}
	*ret = ip;
	return true;
}

enum err peer_forwarded(const char *header, struct ip *ret, struct diag *d)
{
	const char *comma = strrchr(header, ',');
	struct slice hop = slice_of(comma ? comma + 1 : header);
	struct ip ip;

	while (hop.n && (*hop.p == ' ' || *hop.p == '\t')) {
		hop.p++;
		hop.n--;
	}
	while (hop.n && (hop.p[hop.n - 1] == ' ' || hop.p[hop.n - 1] == '\t'))
		hop.n--;
	if (ip_parse(hop, &ip, NULL) || ip.bits != (ip.family == AF_INET ? 32u : 128u))
		return diag_fail(d, ERR_SYNTAX,
			"X-Forwarded-For: the proxy's own entry \"%.*s\" is no address",
			SLICE_ARG(hop));
	*ret = ip;
	return OK;
}

bool peer_same(const struct ip *a, const struct ip *b)
{
	return a->family == b->family &&
	       memcmp(a->addr, b->addr, a->family == AF_INET ? 4 : 16) == 0;
}

struct meter_key peer_key(const struct ip *ip)
{
	struct meter_key k = {{0}};

	k.bytes[15] = (unsigned char)ip->family;
	memcpy(k.bytes, ip->addr, ip->family == AF_INET ? 4 : 8);
	return k;
}
