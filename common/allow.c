/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/allow.h"

#include <stdlib.h>

#define TEXTS_MAX ((size_t)4 << 30)

void allow_init(struct allow *a)
{
	*a = (struct allow){0};
	arena_init(&a->texts, TEXTS_MAX);
}

void allow_done(struct allow *a)
{
	free(a->e);
	free(a->ip);
	free(a->domain);
	free(a->url);
	arena_done(&a->texts);
	*a = (struct allow){0};
}

static bool grow(struct allow *a)
{
	size_t cap = a->cap ? a->cap * 2 : 32;
	struct allow_entry *e;

	if (a->n < a->cap)
		return true;
	e = reallocarray(a->e, cap, sizeof(*e));
	if (!e)
		return false;
	a->e = e;
	a->cap = cap;
	return true;
}

enum err allow_add(struct allow *a, const struct kind *kind, struct slice value,
	const char *origin, bool automatic)
{
	struct allow_entry x = {.kind = kind, .automatic = automatic};
	char *copy;

	if (kind->carry == CARRY_NONE)
		return ERR_VALUE;
	if (kind->id == KIND_IP && !ip_binary(value, &x.family, x.addr, &x.bits))
		return ERR_INTERNAL;
	/* a list of a million has one origin */
	if (a->n && strcmp(a->e[a->n - 1].origin, origin) == 0)
		x.origin = a->e[a->n - 1].origin;
	else
		x.origin = arena_dup(&a->texts, slice_of(origin));
	copy = arena_dup(&a->texts, value);
	if (!x.origin || !copy || !grow(a))
		return ERR_NOMEM;
	x.value = slice_mem(copy, value.n);
	a->e[a->n++] = x;
	return OK;
}

static int cmp_ip(const struct allow_entry *a, const struct allow_entry *b)
{
	int c = (a->family > b->family) - (a->family < b->family);

	if (c == 0)
		c = memcmp(a->addr, b->addr, sizeof(a->addr));
	return c ? c : (a->bits > b->bits) - (a->bits < b->bits);
}

/* From the last byte to the first, the dot before all others: a domain stands right in
 * front of its subdomains. */
static int cmp_domain(const struct allow_entry *a, const struct allow_entry *b)
{
	size_t n = a->value.n < b->value.n ? a->value.n : b->value.n;

	for (size_t i = 1; i <= n; i++) {
		unsigned char x = (unsigned char)a->value.p[a->value.n - i];
		unsigned char y = (unsigned char)b->value.p[b->value.n - i];

		if (x != y)
			return x == '.' ? -1 : y == '.' ? 1 : x < y ? -1 : 1;
	}
	return (a->value.n > b->value.n) - (a->value.n < b->value.n);
}

static int cmp_url(const struct allow_entry *a, const struct allow_entry *b)
{
	return slice_cmp(a->value, b->value);
}

static bool in_ip(const struct allow_entry *outer, const struct allow_entry *inner)
{
	unsigned whole = outer->bits / 8, rest = outer->bits % 8;

	return outer->family == inner->family && outer->bits <= inner->bits &&
	       memcmp(outer->addr, inner->addr, whole) == 0 &&
	       (rest == 0 ||
		       ((outer->addr[whole] ^ inner->addr[whole]) >> (8 - rest)) == 0);
}

static bool in_domain(const struct allow_entry *outer, const struct allow_entry *inner)
{
	return domain_contains(outer->value, inner->value);
}

static bool in_url(const struct allow_entry *outer, const struct allow_entry *inner)
{
	return slice_same(outer->value, inner->value);
}

/* How one kind is sorted, with what contains others right in front of it, and what
 * containing means. */
struct order {
	int (*cmp)(const struct allow_entry *, const struct allow_entry *);
	bool (*contains)(const struct allow_entry *, const struct allow_entry *);
};

static const struct order ip_order = {cmp_ip, in_ip};
static const struct order domain_order = {cmp_domain, in_domain};
static const struct order url_order = {cmp_url, in_url};

static int cmp_entry(const void *pa, const void *pb, void *arg)
{
	const struct order *o = arg;

	return o->cmp(*(struct allow_entry *const *)pa, *(struct allow_entry *const *)pb);
}

static enum err build(struct allow *a, enum kind_id id, const struct order *o,
	struct allow_entry ***ret, size_t *ret_n)
{
	struct allow_entry **x = calloc(a->n ? a->n : 1, sizeof(struct allow_entry *));
	struct order copy = *o;
	size_t n = 0, kept = 0;

	if (!x)
		return ERR_NOMEM;
	for (size_t i = 0; i < a->n; i++)
		if (a->e[i].kind->id == id)
			x[n++] = &a->e[i];
	qsort_r(x, n, sizeof(struct allow_entry *), cmp_entry, &copy);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !o->contains(x[kept - 1], x[i]))
			x[kept++] = x[i];
	*ret = x;
	*ret_n = kept;
	return OK;
}

enum err allow_seal(struct allow *a)
{
	enum err e = build(a, KIND_IP, &ip_order, &a->ip, &a->nip);

	if (e == OK)
		e = build(a, KIND_DOMAIN, &domain_order, &a->domain, &a->ndomain);
	if (e == OK)
		e = build(a, KIND_URL, &url_order, &a->url, &a->nurl);
	return e;
}

/* No entry lies in another, so the last one not behind `x` is the only one that can
 * contain it, and the one after that the first that it can contain. */
static enum allow_hit match(const struct order *o, struct allow_entry **list, size_t n,
	const struct allow_entry *x, const struct allow_entry **ret)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->cmp(list[mid], x) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low > 0 && o->contains(list[low - 1], x)) {
		*ret = list[low - 1];
		return ALLOW_ALL;
	}
	if (low < n && o->contains(x, list[low])) {
		*ret = list[low];
		return ALLOW_PART;
	}
	return ALLOW_NONE;
}

static enum allow_hit match_ip(
	const struct allow *a, struct slice value, const struct allow_entry **ret)
{
	struct allow_entry x = {.value = value};

	if (!ip_binary(value, &x.family, x.addr, &x.bits))
		return ALLOW_NONE;
	return match(&ip_order, a->ip, a->nip, &x, ret);
}

enum allow_hit allow_match(const struct allow *a, const struct kind *kind,
	struct slice value, const struct allow_entry **ret_entry)
{
	const struct allow_entry *found = NULL;
	struct allow_entry x = {.value = value};
	enum allow_hit hit = ALLOW_NONE;

	if (kind->id == KIND_IP) {
		hit = match_ip(a, value, &found);
	} else if (kind->id == KIND_DOMAIN) {
		hit = match(&domain_order, a->domain, a->ndomain, &x, &found);
	} else if (kind->id == KIND_URL) {
		hit = match(&url_order, a->url, a->nurl, &x, &found);
		x.value = url_host(value);
		if (hit == ALLOW_NONE)
			hit = match(&domain_order, a->domain, a->ndomain, &x, &found);
		if (hit != ALLOW_ALL)
			hit = match_ip(a, x.value, &found);
		/* a URL is one place on a host: to cover more than that it is too small
		 */
		if (hit == ALLOW_PART)
			hit = ALLOW_NONE;
	}
	if (ret_entry)
		*ret_entry = hit ? found : NULL;
	return hit;
}

struct hash allow_digest(const struct allow *a)
{
	struct allow_entry *const *lists[] = {a->ip, a->domain, a->url};
	const size_t counts[] = {a->nip, a->ndomain, a->nurl};
	CLEANUP_BUF struct buf b;

	buf_init(&b, SIZE_MAX / 2);
	for (size_t l = 0; l < 3; l++)
		for (size_t i = 0; i < counts[l]; i++) {
			buf_slice(&b, lists[l][i]->value);
			buf_putc(&b, '\n');
		}
	return hash_of(buf_view(&b));
}
