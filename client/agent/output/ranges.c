/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/output/ranges.h"

#include <stdlib.h>
#include <sys/socket.h>

/* false when it was the last address there is (or the first, for before). */
static bool next_address(unsigned char a[16], size_t len)
{
	for (size_t i = len; i-- > 0;)
		if (++a[i] != 0)
			return true;
	return false;
}

static bool previous_address(unsigned char a[16], size_t len)
{
	for (size_t i = len; i-- > 0;)
		if (a[i]-- != 0)
			return true;
	return false;
}

static int cmp_range(const void *pa, const void *pb)
{
	const struct range *a = pa, *b = pb;
	int c = memcmp(a->first, b->first, sizeof(a->first));

	/* of two that begin together the wider first */
	return c ? c : memcmp(b->last, a->last, sizeof(b->last));
}

/* The prefixes as they are, each a range, sorted so that one stands before what lies in
 * it. */
static enum err collect(const struct activeset *set, const struct cap *cap, int family,
	struct range **ret, size_t *ret_n)
{
	unsigned full = family == AF_INET ? 32 : 128, bits;
	struct range *r = NULL;
	size_t n = 0, room = 0;
	int fam;

	for (size_t i = 0; i < set->n; i++) {
		const struct active *a = &set->a[i];
		struct range x = {.until = a->until};
		struct worth w = worth_of(a);

		if (a->kind != KIND_IP || a->action != ACTION_BLOCK ||
			!memchr(a->value.p, '/', a->value.n) ||
			!ip_binary(a->value, &fam, x.first, &bits) || fam != family ||
			!cap_keeps(cap, &w))
			continue;
		if (n == room) {
			size_t more = room ? room * 2 : 64;
			struct range *grown = reallocarray(r, more, sizeof(*r));

			if (!grown) {
				free(r);
				return ERR_NOMEM;
			}
			r = grown;
			room = more;
		}
		memcpy(x.last, x.first, sizeof(x.last));
		for (unsigned bit = bits; bit < full; bit++)
			x.last[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
		r[n++] = x;
	}
	if (n)
		qsort(r, n, sizeof(*r), cmp_range);
	*ret = r;
	*ret_n = n;
	return OK;
}

/* Walks the nested prefixes from low to high addresses; `open` are those that hold the
 * place reached, the innermost last. */
struct sweep {
	struct range open[130];
	size_t depth;
	unsigned char at[16]; /* the first address not written yet */
	bool past;            /* there is none */
	size_t len;           /* bytes of an address */
	struct range *out;
	size_t n;
};

/* Writes from the place reached through `last` with the innermost one's end. */
static void put(struct sweep *s, const unsigned char last[16])
{
	struct range *r = &s->out[s->n];

	if (s->past || memcmp(s->at, last, s->len) > 0)
		return;
	memset(r, 0, sizeof(*r));
	memcpy(r->first, s->at, s->len);
	memcpy(r->last, last, s->len);
	r->until = s->open[s->depth - 1].until;
	s->n++;
	memcpy(s->at, last, s->len);
	s->past = !next_address(s->at, s->len);
}

static void close_innermost(struct sweep *s)
{
	put(s, s->open[s->depth - 1].last);
	s->depth--;
}

static void open_next(struct sweep *s, const struct range *r)
{
	unsigned char before[16];

	while (s->depth && memcmp(s->open[s->depth - 1].last, r->first, s->len) < 0)
		close_innermost(s);
	if (s->depth) {
		if (r->until <= s->open[s->depth - 1].until)
			return;
		memcpy(before, r->first, sizeof(before));
		if (previous_address(before, s->len))
			put(s, before);
	}
	memcpy(s->at, r->first, s->len);
	s->past = false;
	s->open[s->depth++] = *r;
}

enum err ranges_of(const struct activeset *set, const struct cap *cap, int family,
	struct range **ret, size_t *ret_n)
{
	struct sweep s = {.len = family == AF_INET ? 4 : 16};
	struct range *r;
	size_t n;
	enum err e = collect(set, cap, family, &r, &n);

	if (e)
		return e;
	/* each prefix cuts the one around it in two at most */
	s.out = calloc(2 * n + 1, sizeof(*s.out));
	if (!s.out) {
		free(r);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < n; i++)
		open_next(&s, &r[i]);
	while (s.depth)
		close_innermost(&s);
	free(r);
	*ret = s.out;
	*ret_n = s.n;
	return OK;
}
