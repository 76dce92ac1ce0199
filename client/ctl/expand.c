/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/expand.h"

#include <stdlib.h>

#define LINES_MAX ((size_t)256 << 20)

/* An address or prefix among the targets. */
struct net {
	size_t at; /* index of the target */
	struct ip ip;
};

struct search {
	const struct activeset *set;
	struct target *t;
	size_t n;
	bool *hit; /* of each target: something active lies in it */
	struct net *net;
	size_t nnet;
	struct expansion *out;
};

static int by_target(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	return line_cmp(x->kind, slice_of(x->text), y->kind, slice_of(y->text));
}

static bool find_exact(const struct search *s, const struct kind *kind,
	struct slice value, size_t *ret_at)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t at = low + (high - low) / 2;
		int c = line_cmp(s->t[at].kind, slice_of(s->t[at].text), kind, value);

		if (c == 0) {
			*ret_at = at;
			return true;
		}
		if (c < 0)
			low = at + 1;
		else
			high = at;
	}
	return false;
}

/* The parent of a name; false for one of a single label. */
static bool to_parent(struct slice *name)
{
	struct slice label;

	return slice_cut(name, '.', &label) && name->n;
}

/* The target that the name is or lies under. */
static bool find_domain(const struct search *s, struct slice name, size_t *ret_at)
{
	do {
		if (find_exact(s, &kinds[KIND_DOMAIN], name, ret_at))
			return true;
	} while (to_parent(&name));
	return false;
}

static bool net_contains(const struct ip *outer, const struct ip *inner)
{
	unsigned bytes = outer->bits / 8, rest = outer->bits % 8;

	if (outer->family != inner->family || outer->bits > inner->bits ||
		memcmp(outer->addr, inner->addr, bytes) != 0)
		return false;
	return rest == 0 || (outer->addr[bytes] ^ inner->addr[bytes]) >> (8 - rest) == 0;
}

static bool find_ip(const struct search *s, struct slice value, size_t *ret_at)
{
	struct ip ip;

	if (!s->nnet || ip_parse(value, &ip, NULL))
		return false;
	for (size_t i = 0; i < s->nnet; i++) {
		if (net_contains(&s->net[i].ip, &ip)) {
			*ret_at = s->net[i].at;
			return true;
		}
	}
	return false;
}

static void put(struct buf *b, const struct kind *kind, struct slice value)
{
	buf_printf(b, "%s %.*s", kind->name, SLICE_ARG(value));
}

/* One active key: does it lie in a target, or, a URL, under one? */
static enum err look(struct search *s, const struct active *a, struct diag *d)
{
	const struct kind *kind = &kinds[a->kind];
	struct line l = {.kind = kind, .value = a->value};
	size_t at;

	if (find_exact(s, kind, a->value, &at) ||
		(kind->id == KIND_DOMAIN && find_domain(s, a->value, &at)) ||
		(kind->id == KIND_IP && find_ip(s, a->value, &at))) {
		s->hit[at] = true;
		return picks_add(&s->out->picks, LINE_REVOKE, &l, d);
	}
	if (kind->id == KIND_URL) {
		struct slice host = url_host(a->value);

		if (find_domain(s, host, &at) || find_ip(s, host, &at)) {
			put(&s->out->urls, kind, a->value);
			buf_putc(&s->out->urls, '\n');
		}
	}
	return OK;
}

static bool stays(const struct search *s, const struct active *a)
{
	return a && !picks_find(&s->out->picks, &kinds[a->kind], a->value);
}

/* An active key that covers the name and is not revoked itself. */
static const struct active *covering_domain(const struct search *s, struct slice name)
{
	do {
		const struct active *a =
			activeset_find(s->set, &kinds[KIND_DOMAIN], name);

		if (stays(s, a))
			return a;
	} while (to_parent(&name));
	return NULL;
}

/* Of every length from the address' own to /0 there is one prefix that has it. */
static const struct active *covering_ip(const struct search *s, struct slice value)
{
	char text[IP_TEXT];
	struct ip ip;

	if (ip_parse(value, &ip, NULL))
		return NULL;
	for (;;) {
		size_t n = ip_format(&ip, text);
		struct slice prefix = {text, n};
		const struct active *a = activeset_find(s->set, &kinds[KIND_IP], prefix);

		if (stays(s, a))
			return a;
		if (ip.bits == 0)
			return NULL;
		ip.bits--;
		ip.addr[ip.bits / 8] &= (unsigned char)(0xff00 >> ip.bits % 8 & 0xff);
	}
}

static void look_wider(struct search *s, const struct target *t)
{
	struct slice value = slice_of(t->text);
	const struct active *a = NULL;

	if (t->kind->id == KIND_URL)
		value = url_host(value);
	if (t->kind->id == KIND_DOMAIN || t->kind->id == KIND_URL)
		a = covering_domain(s, value);
	if (t->kind->id == KIND_IP || (t->kind->id == KIND_URL && !a))
		a = covering_ip(s, value);
	if (!a)
		return;
	put(&s->out->wider, t->kind, slice_of(t->text));
	buf_puts(&s->out->wider, ": still covered by ");
	put(&s->out->wider, &kinds[a->kind], a->value);
	buf_putc(&s->out->wider, '\n');
	s->out->nwider++;
}

static enum err run(struct search *s, struct diag *d)
{
	enum err e = OK;

	for (size_t i = 0; i < s->n; i++) {
		if (s->t[i].kind->id != KIND_IP)
			continue;
		if (ip_parse(slice_of(s->t[i].text), &s->net[s->nnet].ip, NULL) == OK)
			s->net[s->nnet++].at = i;
	}
	for (size_t i = 0; !e && i < s->set->n; i++)
		e = look(s, &s->set->a[i], d);
	if (e)
		return e;
	picks_sort(&s->out->picks);
	for (size_t i = 0; i < s->n; i++) {
		look_wider(s, &s->t[i]);
		if (s->hit[i])
			continue;
		put(&s->out->absent, s->t[i].kind, slice_of(s->t[i].text));
		buf_puts(&s->out->absent, ": not in force\n");
		s->out->nabsent++;
	}
	return OK;
}

enum err expand(const struct activeset *set, struct targets *t, struct expansion *ret,
	struct diag *d)
{
	struct search s = {.set = set, .t = t->t, .n = t->n, .out = ret};
	enum err e = ERR_NOMEM;

	*ret = (struct expansion){0};
	picks_init(&ret->picks);
	buf_init(&ret->absent, LINES_MAX);
	buf_init(&ret->wider, LINES_MAX);
	buf_init(&ret->urls, LINES_MAX);
	if (t->n)
		qsort(t->t, t->n, sizeof(*t->t), by_target);
	s.hit = calloc(t->n + 1, sizeof(*s.hit));
	s.net = calloc(t->n + 1, sizeof(*s.net));
	if (s.hit && s.net)
		e = run(&s, d);
	free(s.hit);
	free(s.net);
	return e == ERR_NOMEM ? diag_fail(d, e, "out of memory") : e;
}

void expansion_done(struct expansion *x)
{
	picks_done(&x->picks);
	buf_done(&x->absent);
	buf_done(&x->wider);
	buf_done(&x->urls);
}
