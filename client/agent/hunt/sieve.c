/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/sieve.h"

#include <netinet/in.h>

#include "client/agent/hunt/block.h"
#include "client/agent/hunt/plain.h"

#define DIGEST_MIN  32 /* no digest is shorter */
#define QUEUE       128
#define ADDRESS_MAX 15
#define CHAIN       5 /* colons of an IPv6 address without ::, but for the first */

/* A run of bytes of names; up to 63 of them are seen. */
struct run {
	size_t at;       /* where it ends, and */
	uint64_t line;   /* the lines before the block that this is in */
	const char *end; /* without the root's dot */
	uint64_t dots;   /* in it; the byte before the end is the highest bit */
	unsigned len;
	bool tail; /* of a suspect: only its last labels are looked for */
};

/* There may be a value in it if this hash is in the filter. */
struct suspect {
	uint64_t hash;
	struct run run;
};

/* Where the walk through a text is. */
struct sieve {
	const struct needles *needles;
	struct slice text;
	void (*look)(void *ctx, struct slice line, uint64_t number);
	void *ctx;
	size_t at;                  /* of the block */
	uint64_t lines;             /* before it */
	size_t done;                /* all is said of the lines up to there */
	struct block *now, *before; /* two that take turns */
	unsigned char carry;        /* a run with a dot goes on from there */
	unsigned n;                 /* suspects that wait */
	struct suspect queue[QUEUE];
};

/* The mask moved by `n` bytes, with what comes in from the block before; 0 < n < 64. */
static inline uint64_t moved(uint64_t now, uint64_t before, unsigned n)
{
	return now << n | before >> (64 - n);
}

/* Colons that have another at the distance of one group of an IPv6 address. */
static inline uint64_t near(const struct sieve *s)
{
	uint64_t c = s->now->colon, b = s->before->colon;

	return c & (moved(c, b, 2) | moved(c, b, 3) | moved(c, b, 4) | moved(c, b, 5));
}

static inline unsigned count(uint64_t mask)
{
	mask -= mask >> 1 & 0x5555555555555555u;
	mask = (mask & 0x3333333333333333u) + (mask >> 2 & 0x3333333333333333u);
	mask = (mask + (mask >> 4)) & 0x0f0f0f0f0f0f0f0fu;
	return (unsigned)(mask * 0x0101010101010101u >> 56);
}

/* Three and more. */
static inline bool many(uint64_t mask)
{
	mask &= mask - 1;
	return mask & (mask - 1);
}

/* What is not told from a value here: two dots or colons in a row, UTF-8, escapes, and
 * colons enough for an IPv6 address: it is shorter than a block, so of its six at least
 * three are in one. */
static uint64_t doubtful(const struct sieve *s)
{
	const struct block *now = s->now, *before = s->before;
	uint64_t ret = now->odd | (now->dot & moved(now->dot, before->dot, 1)) |
		       (now->colon & moved(now->colon, before->colon, 1));

	if (many(now->colon) || many(before->colon)) {
		uint64_t close = near(s);

		if (close && count(close) + count(before->colon) >= CHAIN)
			ret |= close;
	}
	return ret;
}

/* The ends of the runs of DIGEST_MIN bytes and more. */
static uint64_t long_runs(const struct sieve *s)
{
	uint64_t now = s->now->name, before = s->before->name;

	for (unsigned n = 1; n < DIGEST_MIN; n *= 2) {
		now &= moved(now, before, n);
		before &= before << n;
	}
	return moved(now, before, 1) & ~s->now->name;
}

/* The line around byte `at` of the text is looked at, if it was not yet; `line` counts
 * those before the block of that byte. */
static void look_at(struct sieve *s, size_t at, uint64_t line)
{
	const char *text = s->text.p, *lf, *from, *to;

	if (at < s->done)
		return;
	for (size_t i = at / BLOCK * BLOCK; i < at; i++)
		line += text[i] == '\n';
	lf = at ? memrchr(text, '\n', at) : NULL;
	from = lf ? lf + 1 : text;
	to = at < s->text.n ? memchr(text + at, '\n', s->text.n - at) : NULL;
	to = to ? to : text + s->text.n;
	s->look(s->ctx, slice_mem(from, (size_t)(to - from)), line);
	s->done = (size_t)(to - text) + 1;
}

/* Whether the name or a parent of two labels at least is there. */
static bool has_name(const struct needles *n, const struct run *r)
{
	uint64_t h = NEEDLE_SEED, top = (uint64_t)1 << 63, dots = r->dots;
	unsigned done = 0;

	dots &= ~(top >> __builtin_clzll(dots)); /* before the last label */
	dots |= top >> r->len;
	while (dots) {
		unsigned k = (unsigned)__builtin_clzll(dots);

		for (; done + 8 <= k; done += 8)
			h = needle_step(h, needle_word(r->end - done - 8));
		if (needles_has(n, needle_finish(h, r->end - k, k)))
			return true;
		dots &= ~(top >> k);
	}
	return false;
}

static void settle(struct sieve *s)
{
	const struct needles *n = s->needles;
	unsigned left = 0;

	for (unsigned i = 0; i < s->n; i++)
		if (needles_may(n, s->queue[i].hash)) {
			if (!s->queue[i].run.tail)
				__builtin_prefetch(
					&n->slot[s->queue[i].hash >> n->slot_shift]);
			s->queue[left++] = s->queue[i];
		}
	for (unsigned i = 0; i < left; i++) {
		const struct suspect *x = &s->queue[i];

		if (x->run.tail ? has_name(n, &x->run) : needles_has(n, x->hash))
			look_at(s, x->run.at, x->run.line);
	}
	s->n = 0;
}

/* The filter does not fit in the first cache: its word is asked for now and looked at
 * later, when it has come. */
static inline void suspect(struct sieve *s, struct run r, uint64_t hash, bool tail)
{
	struct suspect *x;

	if (s->n == QUEUE)
		settle(s);
	__builtin_prefetch(&s->needles->filter[hash >> s->needles->filter_shift]);
	x = &s->queue[s->n++];
	x->hash = hash;
	x->run.at = r.at;
	x->run.line = r.line;
	x->run.end = r.end;
	x->run.dots = r.dots;
	x->run.len = r.len;
	x->run.tail = tail;
}

/* Of most names the last two labels are those of no value. */
static inline void name(struct sieve *s, struct run r)
{
	uint64_t dots = r.dots, top = (uint64_t)1 << 63;

	if (!dots)
		return;
	dots &= ~(top >> __builtin_clzll(dots)); /* before the last label */
	dots |= top >> r.len;
	suspect(s, r, needle_tail(r.end, (unsigned)__builtin_clzll(dots)), true);
}

/* The number of `n` digits, 3 at most, before `end`; whether they are digits. */
static inline bool octet(const char *end, unsigned n, unsigned *ret)
{
	uint32_t w;

	memcpy(&w, end - 4, sizeof(w));
	w = (le32toh(w) ^ 0x30303030) & ~(uint32_t)0 << 8 * (4 - n);
	*ret = (w >> 24) + 10 * (w >> 16 & 255) + 100 * (w >> 8 & 255);
	return ((w + 0x76767676) & 0x80808080) == 0;
}

/* Whether an address that is wanted begins like this run. */
static inline bool may_begin(const struct sieve *s, struct run r)
{
	unsigned first = (unsigned)__builtin_ctzll(r.dots), second, a, b;
	uint64_t rest = r.dots & (r.dots - 1);

	if (!rest)
		return false;
	if ((size_t)(r.end - s->text.p) < r.len + 4u)
		return true; /* octet() would read what is not there */
	second = (unsigned)__builtin_ctzll(rest);
	if (first + r.len - 64 - 1 > 2 || second - first - 2 > 2)
		return false;
	if (!octet(r.end - (64 - first), first + r.len - 64, &a) ||
		!octet(r.end - (64 - second), second - first - 1, &b))
		return false;
	return needles_may_begin(s->needles, (a & 255) << 8 | (b & 255));
}

/* The address that a run with three dots may be, and the networks that it lies in. Too
 * large numbers and leading zeros are for the slow look to see. */
static void address(struct sieve *s, struct run r)
{
	const char *end = r.end;
	uint64_t dots = r.dots;
	unsigned len = r.len;
	uint32_t addr = 0;

	for (unsigned i = 0; i < 4; i++) {
		unsigned n = dots ? (unsigned)__builtin_clzll(dots) : len, v;

		if (n - 1 > 2 || (i == 3) != !dots || !octet(end, n, &v))
			return;
		addr |= (uint32_t)(v & 255) << i * 8;
		end -= n + 1;
		len -= n + 1;
		dots <<= n + 1;
	}
	for (uint64_t set = s->needles->bits4 | (uint64_t)1 << 32; set; set &= set - 1) {
		unsigned bits = (unsigned)__builtin_ctzll(set);
		uint32_t net = bits ? addr & ~(uint32_t)0 << (32 - bits) : 0;

		suspect(s, r, needle_hash_ip4(net, bits), false);
	}
}

static void digest(struct sieve *s, struct run r, unsigned n)
{
	if (s->needles->digests && (n == 32 || n == 40 || n == 64))
		suspect(s, r, needle_hash(slice_mem(r.end - n, n)), false);
}

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* The run that ends before byte `i` of the block. */
static void look_back(struct sieve *s, unsigned i)
{
	const struct block *now = s->now, *before = s->before;
	uint64_t names = i ? moved(now->name, before->name, 64 - i) : before->name;
	struct run r = {
		.at = s->at + i,
		.end = s->text.p + s->at + i,
		.line = s->lines,
		.dots = i ? moved(now->dot, before->dot, 64 - i) : before->dot,
	};
	unsigned last;

	/* it is longer than what is seen of it, or octet() would read what is not there
	 */
	if ((!~names && r.dots) || (r.at < ADDRESS_MAX + 2 && r.dots)) {
		settle(s);
		look_at(s, r.at, r.line);
		return;
	}
	if (!~names) {
		digest(s, r, 64);
		return;
	}
	r.len = (unsigned)__builtin_clzll(~names);
	if (r.dots >> 63) { /* the root's */
		r.end--;
		r.len--;
		r.dots <<= 1;
	}
	if (!r.len)
		return;
	r.dots &= ~(~(uint64_t)0 >> r.len);
	if (r.dots >> (64 - r.len) & 1) /* one in front */
		r.dots ^= (uint64_t)1 << (64 - r.len--);
	last = r.dots ? (unsigned)__builtin_clzll(r.dots) : r.len;
	digest(s, r, last);
	if (is_digit(r.end[-1]) && r.dots) {
		unsigned v;

		if (may_begin(s, r))
			address(s, r);
		if (last <= 3 && octet(r.end, last, &v))
			return;
	}
	name(s, r);
}

/* Blanks stand behind the text. */
static void last_block(struct sieve *s, size_t left)
{
	char last[BLOCK];

	memset(last, ' ', sizeof(last));
	if (left)
		memcpy(last, s->text.p + s->at, left);
	block_classify(last, s->now);
}

static inline void next_block(struct sieve *s)
{
	size_t left = s->text.n - s->at;

	struct block *before = s->before;

	s->before = s->now;
	s->now = before;
	if (left >= BLOCK)
		block_classify(s->text.p + s->at, s->now);
	else
		last_block(s, left);
}

/* The ends of the runs with a dot in them: added to its run, a dot carries through to the
 * byte behind it, also from block to block. */
static uint64_t dotted_runs(struct sieve *s)
{
	unsigned long long sum;
	bool over = __builtin_uaddll_overflow(s->now->name, s->now->dot, &sum);

	over |= __builtin_uaddll_overflow(sum, s->carry, &sum);
	s->carry = over;
	return sum & ~s->now->name;
}

/* What of the block there is to look at, byte by byte. */
static void look_through(
	struct sieve *s, uint64_t doubts, uint64_t defanged, uint64_t ends)
{
	uint64_t events = doubts | defanged | ends;
	const char *text = s->text.p, *end = text + s->text.n;

	for (; events; events &= events - 1) {
		unsigned i = (unsigned)__builtin_ctzll(events);
		uint64_t bit = events & -events;
		size_t at = s->at + i;

		if (at < s->done)
			continue;
		if (bit & doubts ||
			(bit & defanged && plain_is_defanged(text + at - 1, end))) {
			settle(s); /* the lines before come first */
			look_at(s, at, s->lines);
		} else if (bit & ends) {
			look_back(s, i);
		}
	}
}

uint64_t sieve_lines(const struct needles *n, struct slice text,
	void (*look)(void *ctx, struct slice line, uint64_t number), void *ctx)
{
	struct block blocks[2] = {0};
	struct sieve s;

	s.needles = n;
	s.text = text;
	s.look = look;
	s.ctx = ctx;
	s.lines = 0;
	s.done = 0;
	s.now = &blocks[0];
	s.before = &blocks[1];
	s.carry = 0;
	s.n = 0;
	/* behind the last byte, too, where a run may end */
	for (s.at = 0; s.at <= text.n; s.at += BLOCK) {
		uint64_t doubts, ends;

		next_block(&s);
		doubts = doubtful(&s);
		ends = dotted_runs(&s);
		if (n->digests)
			ends |= long_runs(&s);
		look_through(&s, doubts,
			s.now->inner & moved(s.now->open, s.before->open, 1), ends);
		s.lines += count(s.now->lf);
	}
	settle(&s);
	return s.lines + (text.n && text.p[text.n - 1] != '\n');
}
