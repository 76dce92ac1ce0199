/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/needles.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <strings.h>

#define NEEDLE_GATE 0x80000000u
#define FILTER_LOAD                                                        \
	4 /* needles to a word of the filter: two in a hundred others pass \
	   */

uint64_t needle_hash(struct slice value)
{
	uint64_t h = NEEDLE_SEED;

	for (size_t i = value.n; i-- > 0;)
		h = needle_add(h, (unsigned char)value.p[i]);
	return needle_end(h);
}

uint64_t needle_hash_ip(const struct ip *ip)
{
	uint64_t half[2] = {0, 0}, h = NEEDLE_SEED + ip->bits;

	memcpy(half, ip->addr, ip->family == AF_INET ? 4 : 16);
	h = (h ^ half[0]) * 0x9e3779b97f4a7c15u;
	h ^= h >> 32;
	h = (h ^ half[1]) * 0x9e3779b97f4a7c15u;
	return needle_end(h);
}

static struct slice gate_of(const struct active *a)
{
	struct slice rest = a->value, local;

	if (a->kind == KIND_URL)
		return url_host(a->value);
	(void)slice_cut(&rest, '@', &local);
	return rest;
}

static bool fits(const struct needles *n, uint32_t ref, enum kind_id kind, bool gate,
	struct slice value)
{
	const struct active *a = &n->set->a[(ref & ~NEEDLE_GATE) - 1];
	struct slice own;

	if (a->kind != kind || !!(ref & NEEDLE_GATE) != gate)
		return false;
	own = gate ? gate_of(a) : a->value;
	if (own.n != value.n)
		return false;
	return kind == KIND_URL && !gate ? memcmp(own.p, value.p, own.n) == 0
					 : strncasecmp(own.p, value.p, own.n) == 0;
}

/* The slot that holds it, or the empty one where it would stand. */
static struct needle_slot *seek(const struct needles *n, enum kind_id kind, bool gate,
	uint64_t h, struct slice value)
{
	size_t mask = ((size_t)1 << (64 - n->slot_shift)) - 1;

	for (size_t i = h >> n->slot_shift;; i = (i + 1) & mask) {
		struct needle_slot *s = &n->slot[i];

		if (!s->ref ||
			(s->tag == (uint32_t)h && fits(n, s->ref, kind, gate, value)))
			return s;
	}
}

static void put(struct needles *n, size_t i, bool gate, uint64_t h, struct slice value)
{
	struct needle_slot *s = seek(n, n->set->a[i].kind, gate, h, value);

	n->filter[h >> n->filter_shift] |= needle_bits(h);
	if (!s->ref)
		*s = (struct needle_slot){
			(uint32_t)h, (uint32_t)(i + 1) | (gate ? NEEDLE_GATE : 0)};
}

static uint64_t hash_host(struct slice host)
{
	struct ip ip;

	return ip_parse(host, &ip, NULL) == OK ? needle_hash_ip(&ip) : needle_hash(host);
}

static void put_active(struct needles *n, size_t i)
{
	const struct active *a = &n->set->a[i];
	struct ip ip;

	if (a->kind == KIND_IP) {
		if (ip_parse(a->value, &ip, NULL))
			return;
		if (ip.family == AF_INET)
			n->bits4 |= (uint64_t)1 << ip.bits;
		else
			n->bits6[ip.bits / 64] |= (uint64_t)1 << ip.bits % 64;
		put(n, i, false, needle_hash_ip(&ip), a->value);
		return;
	}
	put(n, i, false, needle_hash(a->value), a->value);
	if (a->kind == KIND_URL || a->kind == KIND_EMAIL)
		put(n, i, true, hash_host(gate_of(a)), gate_of(a));
}

enum err needles_build(const struct activeset *set, struct needles *ret)
{
	struct needles n = {.set = set, .slot_shift = 64, .filter_shift = 64};
	size_t slots, words;

	/* a URL and its gate are two */
	do
		n.slot_shift--;
	while ((size_t)1 << (64 - n.slot_shift) < set->n * 3);
	do
		n.filter_shift--;
	while ((size_t)1 << (64 - n.filter_shift) < set->n / FILTER_LOAD);
	slots = (size_t)1 << (64 - n.slot_shift);
	words = (size_t)1 << (64 - n.filter_shift);
	n.slot = calloc(slots, sizeof(*n.slot));
	n.filter = calloc(words, sizeof(*n.filter));
	if (!n.slot || !n.filter || set->n >= NEEDLE_GATE - 1) {
		needles_done(&n);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < set->n; i++)
		put_active(&n, i);
	*ret = n;
	return OK;
}

void needles_done(struct needles *n)
{
	free(n->slot);
	free(n->filter);
	*n = (struct needles){0};
}

const struct active *needles_find(
	const struct needles *n, enum kind_id kind, uint64_t h, struct slice value)
{
	const struct needle_slot *s = seek(n, kind, false, h, value);

	return s->ref ? &n->set->a[s->ref - 1] : NULL;
}

bool needles_gate(
	const struct needles *n, enum kind_id kind, uint64_t h, struct slice host)
{
	return seek(n, kind, true, h, host)->ref != 0;
}
