/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Indicators in a form that a log can be held against: one table of hashes for all kinds,
 * and before it a filter small enough to stay in the cache, as nearly everything in a log
 * is no indicator. It is made of all that was ever approved; whether that is active is
 * looked up for the few that are met.
 */
#ifndef VARSEL_HUNT_NEEDLES_H
#define VARSEL_HUNT_NEEDLES_H

#include <endian.h>

#include "common/activeset.h"
#include "common/ip.h"

struct needle_slot {
	uint32_t tag; /* the hash's other half */
	uint32_t ref; /* where its line is and 1, and NEEDLE_GATE; 0: empty */
};

struct needle_met;
#define NEEDLES_MET 1024 /* lists of what was met */

struct needles {
	const struct decision *in; /* borrowed */
	size_t n;
	int64_t now;
	size_t *begin; /* of each bundle, laid end to end; one more for the end */
	size_t count;  /* values */
	struct needle_met *met[NEEDLES_MET];
	struct needle_slot *slot;
	uint64_t *filter;
	unsigned slot_shift, filter_shift; /* 64 less the logarithm of their lengths */
	uint64_t bits4, bits6[3];          /* prefix lengths that occur, by bit */
	bool digests;                      /* there are some */
	uint64_t net16[1024]; /* IPv4: the first two bytes that occur, by bit */
};

/* ERR_NOMEM, also for more than 1 GiB of bundles. The decisions must outlive it. */
enum err needles_build(const struct decision *in, size_t n, int64_t now,
	struct needles *ret) CHECK_RESULT;
void needles_done(struct needles *n); /* safe on a zeroed struct */
#define CLEANUP_NEEDLES __attribute__((cleanup(needles_done)))

/* A hash goes from the last bytes of a value to its first, eight at a time, so that those
 * of a name's parents are met on the way. Upper and lower case are the same to it. */
#define NEEDLE_SEED 0x8f1bbcdcbfa53e0bu

static inline uint64_t needle_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w) | 0x2020202020202020u;
}

static inline uint64_t needle_step(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

/* The hash of the `n` bytes at `p`; in `h` are those words of it that are whole, counted
 * from its end. */
static inline uint64_t needle_finish(uint64_t h, const char *p, size_t n)
{
	uint64_t first = 0;

	if (n % 8 && n > 8)
		first = needle_word(p) & (((uint64_t)1 << n % 8 * 8) - 1);
	else
		for (size_t i = 0; i < n % 8; i++)
			first |= (uint64_t)((unsigned char)p[i] | 0x20) << i * 8;
	return (needle_step(h, first) + n) * 0xd6e8feb86659fd93u;
}

static inline uint64_t needle_finish_ip(uint64_t h, uint64_t half)
{
	return needle_step(h, half) * 0xd6e8feb86659fd93u;
}

/* `addr` as a number. */
static inline uint64_t needle_hash_ip4(uint32_t addr, unsigned bits)
{
	return needle_finish_ip(NEEDLE_SEED + bits, addr);
}

#define NEEDLE_TAIL 16

/* A hash of the last two labels of a name, which end at `end` and have `n` bytes, or of
 * their last NEEDLE_TAIL, which must be there to be read. It stands in the filter for all
 * that ends in them, and no name's own hash does: most are turned away by this one. */
static inline uint64_t needle_tail(const char *end, unsigned n)
{
	uint64_t all = ~(uint64_t)0;
	uint64_t near = n < 8 ? all << (64 - 8 * n) : all;
	uint64_t far = n >= 16 ? all : n > 8 ? all << (128 - 8 * n) : 0;
	uint64_t h = needle_step(NEEDLE_SEED + 1, needle_word(end - 8) & near);

	return needle_step(h, needle_word(end - 16) & far) * 0xd6e8feb86659fd93u;
}

/* Two bits of one word of the filter. */
static inline uint64_t needle_bits(uint64_t h)
{
	return (uint64_t)1 << (h & 63) | (uint64_t)1 << (h >> 6 & 63);
}

/* Whether a value with this finished hash, or names with this needle_tail(), may be
 * there: most are not. */
static inline bool needles_may(const struct needles *n, uint64_t h)
{
	uint64_t bits = needle_bits(h);

	return (n->filter[h >> n->filter_shift] & bits) == bits;
}

/* Whether an IPv4 address that begins with these two bytes may be there. */
static inline bool needles_may_begin(const struct needles *n, unsigned first)
{
	return n->net16[first / 64] >> first % 64 & 1;
}

/* Whether a value with this finished hash is there, but for one in thousands of millions.
 */
static inline bool needles_has(const struct needles *n, uint64_t h)
{
	size_t mask = ((size_t)1 << (64 - n->slot_shift)) - 1;

	for (size_t i = h >> n->slot_shift; n->slot[i].ref; i = (i + 1) & mask)
		if (n->slot[i].tag == (uint32_t)h)
			return true;
	return false;
}

/* The active indicator of that kind and value, the same each time and until
 * needles_done(); the value's case counts for URLs alone. NULL when there is none, or
 * no memory. */
const struct active *needles_find(
	struct needles *n, enum kind_id kind, uint64_t h, struct slice value);
/* Whether a URL has `host` for its host, or an e-mail address for its domain. */
bool needles_gate(
	const struct needles *n, enum kind_id kind, uint64_t h, struct slice host);
/* The hash of a whole value. */
uint64_t needle_hash(struct slice value);
uint64_t needle_hash_ip(const struct ip *ip);
/* The network of `bits` bits that a single address lies in. */
void needle_mask(struct ip *ip, unsigned bits);

#endif
