/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/output/nft.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "client/agent/output/ranges.h"

#define TABLE "varsel"

const struct nft_family nft_families[NFT_FAMILIES] = {
	{AF_INET, '4', "ip", "ipv4_addr"}, {AF_INET6, '6', "ip6", "ipv6_addr"}};

const char *nft_table(const struct output_conf *c)
{
	return c->table ? c->table : TABLE;
}

void element(struct elements *x)
{
	(void)fputs(x->n++ ? ",\n" : x->head, x->f);
}

void elements_end(const struct elements *x)
{
	if (x->n)
		(void)fputs(x->tail, x->f);
}

bool nft_is_of(struct slice ip, int family)
{
	return (memchr(ip.p, ':', ip.n) != NULL) == (family == AF_INET6);
}

bool nft_is_single(struct slice ip, int family)
{
	return nft_is_of(ip, family) && !memchr(ip.p, '/', ip.n);
}

bool nft_counts(const struct output_job *j, const struct active *a)
{
	(void)j;
	return a->kind == KIND_IP && a->action == ACTION_BLOCK;
}

bool nft_blocks(const struct output_job *j, const struct active *a)
{
	return nft_counts(j, a) && output_keeps(j, a);
}

/* No approval runs longer than LIFETIME_MAX; more than that is a clock that cannot be
 * right, and nft refuses seconds of more than eight digits. */
static int64_t seconds_left(const struct output_job *j, int64_t until)
{
	int64_t left = until - j->now;

	return left > LIFETIME_MAX ? LIFETIME_MAX : left;
}

void nft_put_single(
	struct elements *x, const struct output_job *j, const struct active *a)
{
	element(x);
	(void)fprintf(x->f, "%.*s timeout %llds", SLICE_ARG(a->value),
		(long long)seconds_left(j, a->until));
}

void nft_put_allowed(struct elements *x, const struct output_job *j, int family)
{
	for (size_t i = 0; i < j->allow->nip; i++)
		if (j->allow->ip[i]->family == family) {
			element(x);
			(void)fprintf(x->f, "%.*s", SLICE_ARG(j->allow->ip[i]->value));
		}
	elements_end(x);
}

void nft_put_ranges(struct elements *x, const struct output_job *j, int family)
{
	char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN];
	struct range *r = NULL;
	size_t n = 0;

	if (ranges_of(j->set, &j->cap, family, &r, &n)) {
		(void)fputs(NFT_NO_MEMORY, x->f);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		element(x);
		(void)fprintf(x->f, "%s-%s timeout %llds",
			inet_ntop(family, r[i].first, first, sizeof(first)),
			inet_ntop(family, r[i].last, last, sizeof(last)),
			(long long)seconds_left(j, r[i].until));
	}
	elements_end(x);
	free(r);
}
