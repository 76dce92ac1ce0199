/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/needles.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#define NEEDLE_GATE 0x80000000u
#define LARGE_PAGE  ((size_t)2 << 20)
#define BUNDLES_MAX ((size_t)1 << 30)

/* A value that was met, and what came of it. */
struct needle_met {
	struct needle_met *next;
	uint32_t ref;
	struct activeset set; /* of it, or of nothing */
};
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

/* The kind and value of a line; false for a kind that is not known here. */
static bool read_key(struct slice line, enum kind_id *ret_kind, struct slice *ret)
{
	struct slice name;
	const struct kind *kind;

	(void)slice_cut(&line, ' ', &name);
	kind = kind_by_name(name);
	if (!kind)
		return false;
	*ret_kind = kind->id;
	(void)slice_cut(&line, ' ', ret);
	return true;
}

/* The line that stands at `ref`. */
static struct slice line_at(const struct needles *n, uint32_t ref)
{
	size_t at = (ref & ~NEEDLE_GATE) - 1, low = 0, high = n->n;
	struct slice rest, line;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (n->begin[mid] <= at)
			low = mid;
		else
			high = mid;
	}
	at -= n->begin[low];
	rest = slice_mem(n->in[low].bundle.p + at, n->in[low].bundle.n - at);
	(void)slice_cut(&rest, '\n', &line);
	return line;
}

static struct slice gate_of(enum kind_id kind, struct slice value)
{
	struct slice rest = value, local;

	if (kind == KIND_URL)
		return url_host(value);
	(void)slice_cut(&rest, '@', &local);
	return rest;
}

static bool fits(const struct needles *n, uint32_t ref, enum kind_id kind, bool gate,
	struct slice value)
{
	enum kind_id own_kind;
	struct slice own;

	if (!!(ref & NEEDLE_GATE) != gate ||
		!read_key(line_at(n, ref), &own_kind, &own) || own_kind != kind)
		return false;
	if (gate)
		own = gate_of(kind, own);
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
		uint64_t hash, filter;
		struct slice value;
		uint32_t ref;
		enum kind_id kind;
	} row[BATCH];
};

static void settle(struct batch *b)
{
	struct needles *n = b->to;

	for (unsigned i = 0; i < b->n; i++) {
		uint64_t h = b->row[i].hash;
		bool gate = b->row[i].ref & NEEDLE_GATE;
		struct needle_slot *s;

		n->filter[b->row[i].filter >> n->filter_shift] |=
			needle_bits(b->row[i].filter);
		s = seek(n, b->row[i].kind, gate, h, b->row[i].value);
		if (s->ref)
			continue;
		*s = (struct needle_slot){(uint32_t)h, b->row[i].ref};
		n->count += !gate;
	}
	b->n = 0;
}

/* `filter` is the hash by which the filter lets it pass. */
static void put(struct batch *b, enum kind_id kind, uint32_t ref, uint64_t h,
	uint64_t filter, struct slice value)
{
	if (b->n == BATCH)
		settle(b);
	__builtin_prefetch(&b->to->slot[h >> b->to->slot_shift], 1);
	__builtin_prefetch(&b->to->filter[filter >> b->to->filter_shift], 1);
	b->row[b->n].hash = h;
	b->row[b->n].filter = filter;
	b->row[b->n].value = value;
	b->row[b->n].kind = kind;
	b->row[b->n++].ref = ref;
}

/* needle_tail() of a name wherever it stands. */
static uint64_t hash_tail(struct slice name)
{
	const char *dot = memrchr(name.p, '.', name.n), *end = name.p + name.n;
	char tail[NEEDLE_TAIL] = {0};
	size_t len, copied;

	dot = dot ? memrchr(name.p, '.', (size_t)(dot - name.p)) : NULL;
	len = dot ? (size_t)(end - dot) - 1 : name.n;
	copied = len < NEEDLE_TAIL ? len : NEEDLE_TAIL;
	memcpy(tail + NEEDLE_TAIL - copied, end - copied, copied);
	return needle_tail(tail + NEEDLE_TAIL, (unsigned)len);
}

static void put_net16(struct needles *n, const struct ip *ip)
{
	unsigned first = (unsigned)ip->addr[0] << 8 | ip->addr[1];
	unsigned count = ip->bits < 16 ? 1u << (16 - ip->bits) : 1;

	for (unsigned i = first; i < first + count; i++)
		n->net16[i / 64] |= (uint64_t)1 << i % 64;
}

static void put_ip(struct batch *b, enum kind_id kind, uint32_t ref, const struct ip *ip,
	struct slice value)
{
	uint64_t h = needle_hash_ip(ip);

	if (ip->family == AF_INET)
		put_net16(b->to, ip);
	put(b, kind, ref, h, h, value);
}

static void put_name(struct batch *b, enum kind_id kind, uint32_t ref, struct slice value)
{
	put(b, kind, ref, needle_hash(value), hash_tail(value), value);
}

static void put_value(
	struct batch *b, enum kind_id kind, uint32_t ref, struct slice value)
{
	struct needles *n = b->to;
	struct ip ip;
	uint64_t h;

	if (kind == KIND_IP) {
		if (ip_parse(value, &ip, NULL))
			return;
		if (ip.family == AF_INET)
			n->bits4 |= (uint64_t)1 << ip.bits;
		else
			n->bits6[ip.bits / 64] |= (uint64_t)1 << ip.bits % 64;
		put_ip(b, kind, ref, &ip, value);
		return;
	}
	if (kind == KIND_DOMAIN) {
		put_name(b, kind, ref, value);
		return;
	}
	h = needle_hash(value);
	put(b, kind, ref, h, h, value);
	n->digests |= kind == KIND_MD5 || kind == KIND_SHA1 || kind == KIND_SHA256;
	if (kind != KIND_URL && kind != KIND_EMAIL)
		return;
	value = gate_of(kind, value);
	if (ip_parse(value, &ip, NULL) == OK)
		put_ip(b, kind, ref | NEEDLE_GATE, &ip, value);
	else
		put_name(b, kind, ref | NEEDLE_GATE, value);
}

/* Lines are sorted: the kind is nearly always that of the line before. */
static void put_bundle(struct batch *b, size_t i)
{
	const struct decision *in = &b->to->in[i];
	struct slice rest = in->bundle, line, value, word = {.n = 0};
	enum kind_id kind = KIND_IP;

	if (in->st->verb != VERB_APPROVE)
		return;
	while (rest.n) {
		size_t at = b->to->begin[i] + (in->bundle.n - rest.n);

		(void)slice_cut(&rest, '\n', &line);
		if (word.n && line.n > word.n &&
			memcmp(line.p, word.p, word.n + 1) == 0) {
			line = slice_mem(line.p + word.n + 1, line.n - word.n - 1);
			(void)slice_cut(&line, ' ', &value);
		} else {
			word = slice_mem(line.p, 0);
			if (!read_key(line, &kind, &value))
				continue;
			word.n = (size_t)(value.p - line.p) - 1;
		}
		put_value(b, kind, (uint32_t)at + 1, value);
	}
}

/* Places in the tables are met in no order: with small pages each is a walk through the
 * page tables, too. Only asked for. */
static void large_pages(void *p, size_t n)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE),
		  off = -(uintptr_t)p & (page - 1);

	if (n > LARGE_PAGE * 2)
		(void)madvise((char *)p + off, (n - off) & ~(page - 1), MADV_HUGEPAGE);
}

/* Tables for so many rows. */
static enum err make_room(struct needles *n, size_t rows)
{
	do
		n->slot_shift--;
	while ((size_t)1 << (64 - n->slot_shift) < rows + rows / 2);
	do
		n->filter_shift--;
	while ((size_t)1 << (64 - n->filter_shift) < rows / FILTER_LOAD);
	n->slot = calloc((size_t)1 << (64 - n->slot_shift), sizeof(*n->slot));
	n->filter = calloc((size_t)1 << (64 - n->filter_shift), sizeof(*n->filter));
	if (!n->slot || !n->filter)
		return ERR_NOMEM;
	large_pages(n->slot, ((size_t)1 << (64 - n->slot_shift)) * sizeof(*n->slot));
	large_pages(
		n->filter, ((size_t)1 << (64 - n->filter_shift)) * sizeof(*n->filter));
	return OK;
}

/* What a bundle brings at most: a URL and its gate are two. */
static size_t rows_of(const struct decision *in)
{
	struct slice rest = in->bundle, line;
	size_t rows = 0;

	if (in->st->verb != VERB_APPROVE)
		return 0;
	for (; rest.n; rows++) {
		(void)slice_cut(&rest, '\n', &line);
		rows += slice_starts(line, "url ") || slice_starts(line, "email ");
	}
	return rows;
}

enum err needles_build(
	const struct decision *in, size_t n, int64_t now, struct needles *ret)
{
	struct needles x = {
		.in = in, .n = n, .now = now, .slot_shift = 64, .filter_shift = 64};
	struct batch b = {.to = &x};
	size_t rows = 0;
	enum err e;

	x.begin = calloc(n + 1, sizeof(*x.begin));
	for (size_t i = 0; x.begin && i < n; i++) {
		x.begin[i + 1] = x.begin[i] + in[i].bundle.n;
		rows += rows_of(&in[i]);
	}
	e = !x.begin || x.begin[n] >= BUNDLES_MAX ? ERR_NOMEM : make_room(&x, rows);
	if (e) {
		needles_done(&x);
		return e;
	}
	for (size_t i = 0; i < n; i++)
		put_bundle(&b, i);
	settle(&b);
	*ret = x;
	return OK;
}

void needles_done(struct needles *n)
{
	struct needle_met *next;

	for (size_t i = 0; i < NEEDLES_MET; i++)
		for (struct needle_met *m = n->met[i]; m; m = next) {
			next = m->next;
			activeset_done(&m->set);
			free(m);
		}
	free(n->begin);
	free(n->slot);
	free(n->filter);
	*n = (struct needles){0};
}

/* The value at `ref` as far as it is active. */
static const struct active *meet(struct needles *n, uint32_t ref)
{
	struct needle_met **list = &n->met[ref * 0x9e3779b1u >> 16 & (NEEDLES_MET - 1)];
	struct needle_met *m = *list;
	enum kind_id kind;
	struct slice value;

	while (m && m->ref != ref)
		m = m->next;
	if (m)
		return m->set.n ? m->set.a : NULL;
	m = calloc(1, sizeof(*m));
	if (!m || !read_key(line_at(n, ref), &kind, &value) ||
		activeset_pick(n->in, n->n, n->now, &kinds[kind], value, &m->set)) {
		free(m);
		return NULL;
	}
	m->ref = ref;
	m->next = *list;
	*list = m;
	return m->set.n ? m->set.a : NULL;
}

const struct active *needles_find(
	struct needles *n, enum kind_id kind, uint64_t h, struct slice value)
{
	const struct needle_slot *s = seek(n, kind, false, h, value);

	return s->ref ? meet(n, s->ref) : NULL;
}

bool needles_gate(
	const struct needles *n, enum kind_id kind, uint64_t h, struct slice host)
{
	return seek(n, kind, true, h, host)->ref != 0;
}
