/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/candidates.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "common/limits.h"

struct list {
	struct candidate *item;
	size_t n;
	struct arena *a;
};

static enum err add(struct list *x, enum kind_id kind, struct slice value, struct diag *d)
{
	char *copy = arena_dup(x->a, value);

	if (!copy || x->n == CANDIDATES_MAX)
		return diag_fail(
			d, copy ? ERR_LIMIT : ERR_NOMEM, "too many names around it");
	x->item[x->n++] = (struct candidate){kinds[kind].name, slice_mem(copy, value.n)};
	return OK;
}

/* The names above: behind each dot, as long as there are two labels. */
static enum err add_parents(struct list *x, struct slice domain, struct diag *d)
{
	struct slice label;
	enum err e = OK;

	while (!e && slice_cut(&domain, '.', &label))
		if (memchr(domain.p, '.', domain.n))
			e = add(x, KIND_DOMAIN, domain, d);
	return e;
}

/* The prefixes around: one bit shorter each time. */
static enum err add_prefixes(struct list *x, struct slice value, struct diag *d)
{
	CLEANUP_BUF struct buf canonical = {.max = VALUE_MAX};
	unsigned char addr[16];
	char text[INET6_ADDRSTRLEN], prefix[INET6_ADDRSTRLEN + 8];
	unsigned bits;
	int family;

	if (!ip_binary(value, &family, addr, &bits))
		return diag_value(d, ERR_INTERNAL, "ip", value, "not canonical");
	while (bits-- > 0) {
		enum err e;

		addr[bits / 8] &= (unsigned char)(0xff00u >> (bits % 8));
		if (!inet_ntop(family, addr, text, sizeof(text)))
			return diag_value(d, ERR_INTERNAL, "ip", value, "not canonical");
		(void)snprintf(prefix, sizeof(prefix), "%s/%u", text, bits);
		buf_reset(&canonical);
		e = kinds[KIND_IP].canonicalise(slice_of(prefix), &canonical, NULL);
		if (!e)
			e = add(x, KIND_IP, buf_view(&canonical), d);
		if (e == ERR_NOMEM || e == ERR_LIMIT)
			return e;
	}
	return OK;
}

/* A host by itself: as an address, or as a name. */
static enum err add_host(struct list *x, struct slice host, struct diag *d)
{
	unsigned char addr[16];
	unsigned bits;
	int family;
	bool is_ip = ip_binary(host, &family, addr, &bits);
	enum err e = add(x, is_ip ? KIND_IP : KIND_DOMAIN, host, d);

	if (!e)
		e = is_ip ? add_prefixes(x, host, d) : add_parents(x, host, d);
	return e;
}

enum err candidates_of(const struct kind *kind, struct slice value, struct arena *a,
	struct candidate ret[CANDIDATES_MAX], size_t *ret_n, struct diag *d)
{
	struct list x = {.item = ret, .a = a};
	struct slice local, rest = value;
	enum err e = add(&x, kind->id, value, d);

	if (e)
		return e;
	switch (kind->id) {
	case KIND_IP:
		e = add_prefixes(&x, value, d);
		break;
	case KIND_DOMAIN:
		e = add_parents(&x, value, d);
		break;
	case KIND_URL:
		e = add_host(&x, url_host(value), d);
		break;
	case KIND_EMAIL:
		if (slice_cut(&rest, '@', &local))
			e = add_host(&x, rest, d);
		break;
	case KIND_MD5:
	case KIND_SHA1:
	case KIND_SHA256:
	case KIND_COUNT:
		break;
	}
	if (!e)
		*ret_n = x.n;
	return e;
}
