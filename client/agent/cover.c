/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/cover.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool parents(struct slice domain,
	bool (*each)(void *ctx, const struct kind *kind, struct slice value), void *ctx)
{
	struct slice label;

	while (slice_cut(&domain, '.', &label))
		if (memchr(domain.p, '.', domain.n) &&
			!each(ctx, &kinds[KIND_DOMAIN], domain))
			return false;
	return true;
}

static bool prefixes(struct slice ip,
	bool (*each)(void *ctx, const struct kind *kind, struct slice value), void *ctx)
{
	char text[INET6_ADDRSTRLEN + 8];
	unsigned char addr[16] = {0};
	unsigned bits, least;
	int family;

	if (!ip_binary(ip, &family, addr, &bits))
		return true;
	least = family == AF_INET ? IP4_PREFIX_MIN : IP6_PREFIX_MIN;
	while (bits > least) {
		bits--;
		addr[bits / 8] &= (unsigned char)(0xff00 >> bits % 8);
		if (!inet_ntop(family, addr, text, INET6_ADDRSTRLEN))
			return true;
		(void)snprintf(text + strlen(text), 8, "/%u", bits);
		if (!each(ctx, &kinds[KIND_IP], slice_of(text)))
			return false;
	}
	return true;
}

void cover_each(const struct kind *kind, struct slice value,
	bool (*each)(void *ctx, const struct kind *kind, struct slice value), void *ctx)
{
	struct slice host = value;
	unsigned char addr[16];
	unsigned bits;
	int family;

	if (!each(ctx, kind, value))
		return;
	if (kind->id == KIND_URL) {
		host = url_host(value);
		kind = ip_binary(host, &family, addr, &bits) ? &kinds[KIND_IP]
							     : &kinds[KIND_DOMAIN];
		if (!each(ctx, kind, host))
			return;
	}
	if (kind->id == KIND_DOMAIN)
		(void)parents(host, each, ctx);
	else if (kind->id == KIND_IP)
		(void)prefixes(host, each, ctx);
}
