/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/needles.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>

#define NEEDLE_GATE 0x80000000u
#define FILTER_LOAD                                                        \
	4 /* needles to a word of the filter: two in a hundred others pass \
	   */

uint64_t needle_hash(struct slice value)
{
	uint64_t h = NEEDLE_SEED;
	size_t left = value.n;

	for (; left >= 8; left -= 8)
		h = needle_step(h, needle_word(value.p + left - 8));
	return needle_finish(h, value.p, value.n);
}

void needle_mask(struct ip *ip, unsigned bits)
{
	if (bits < (ip->family == AF_INET ? 32 : 128)) {
		ip->addr[bits / 8] &= (unsigned char)(0xff00 >> bits % 8);
		memset(ip->addr + bits / 8 + 1, 0, 15 - bits / 8);
	}
	ip->bits = bits;
}

uint64_t needle_hash_ip(const struct ip *ip)
{
	uint64_t half[2] = {0, 0};

	if (ip->family == AF_INET) {
		uint32_t addr;

		memcpy(&addr, ip->addr, sizeof(addr));
		return needle_hash_ip4(ntohl(addr), ip->bits);
	}
	memcpy(half, ip->addr, sizeof(half));
	return needle_finish_ip(needle_step(NEEDLE_SEED + ip->bits, half[0]), half[1]);
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

/* Values wait until their places in the tables, which are larger than any cache, are at
 * hand. */
#define BATCH 32

struct batch {
	struct needles *to;
	unsigned n;
	struct {
		uint64_t hash;
		struct slice value;
		uint32_t ref;
	} row[BATCH];
};

static void settle(struct batch *b)
{
	struct needles *n = b->to;

	for (unsigned i = 0; i < b->n; i++) {
		uint64_t h = b->row[i].hash;
		bool gate = b->row[i].ref & NEEDLE_GATE;
		enum kind_id kind = n->set->a[(b->row[i].ref & ~NEEDLE_GATE) - 1].kind;
		struct needle_slot *s = seek(n, kind, gate, h, b->row[i].value);

		n->filter[h >> n->filter_shift] |= needle_bits(h);
		if (!s->ref)
			*s = (struct needle_slot){(uint32_t)h, b->row[i].ref};
	}
	b->n = 0;
}

static void put(struct batch *b, size_t i, bool gate, uint64_t h, struct slice value)
{
	if (b->n == BATCH)
		settle(b);
	__builtin_prefetch(&b->to->slot[h >> b->to->slot_shift], 1);
	__builtin_prefetch(&b->to->filter[h >> b->to->filter_shift], 1);
	b->row[b->n].hash = h;
	b->row[b->n].value = value;
	b->row[b->n++].ref = (uint32_t)(i + 1) | (gate ? NEEDLE_GATE : 0);
}

static uint64_t hash_host(struct slice host)
{
	struct ip ip;

	return ip_parse(host, &ip, NULL) == OK ? needle_hash_ip(&ip) : needle_hash(host);
}

static void put_active(struct batch *b, size_t i)
{
	struct needles *n = b->to;
	const struct active *a = &n->set->a[i];
	struct ip ip;

	if (a->kind == KIND_IP) {
		if (ip_parse(a->value, &ip, NULL))
			return;
		if (ip.family == AF_INET)
			n->bits4 |= (uint64_t)1 << ip.bits;
		else
			n->bits6[ip.bits / 64] |= (uint64_t)1 << ip.bits % 64;
		put(b, i, false, needle_hash_ip(&ip), a->value);
		return;
	}
	put(b, i, false, needle_hash(a->value), a->value);
	n->digests |=
		a->kind == KIND_MD5 || a->kind == KIND_SHA1 || a->kind == KIND_SHA256;
	if (a->kind == KIND_URL || a->kind == KIND_EMAIL)
		put(b, i, true, hash_host(gate_of(a)), gate_of(a));
}

enum err needles_build(const struct activeset *set, struct needles *ret)
{
	struct needles n = {.set = set, .slot_shift = 64, .filter_shift = 64};
	struct batch b = {.to = &n};
	size_t rows = set->n;

	for (size_t i = 0; i < set->n; i++) /* a URL and its gate are two */
		rows += set->a[i].kind == KIND_URL || set->a[i].kind == KIND_EMAIL;
	do
		n.slot_shift--;
	while ((size_t)1 << (64 - n.slot_shift) < rows + rows / 2);
	do
		n.filter_shift--;
	while ((size_t)1 << (64 - n.filter_shift) < rows / FILTER_LOAD);
	n.slot = calloc((size_t)1 << (64 - n.slot_shift), sizeof(*n.slot));
	n.filter = calloc((size_t)1 << (64 - n.filter_shift), sizeof(*n.filter));
	if (!n.slot || !n.filter || set->n >= NEEDLE_GATE - 1) {
		needles_done(&n);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < set->n; i++)
		put_active(&b, i);
	settle(&b);
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
