/* SPDX-License-Identifier: BSD-2-Clause */
/* A borrowed run of bytes. It never owns, is not NUL-terminated, and may be empty. */
#ifndef VARSEL_SLICE_H
#define VARSEL_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *p;
	size_t n;
};

/* Arguments of printf's "%.*s". */
#define SLICE_ARG(s) (int)(s).n, (s).p

static inline struct slice slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

static inline struct slice slice_mem(const void *p, size_t n)
{
	return (struct slice){p, n};
}

static inline bool slice_is(struct slice s, const char *text)
{
	/* in a search through a table mostly the first byte tells already */
	if (s.n && *s.p != *text)
		return false;
	return s.n == strlen(text) && (s.n == 0 || memcmp(s.p, text, s.n) == 0);
}

static inline bool slice_same(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool slice_starts(struct slice s, const char *head)
{
	size_t n = strlen(head);

	return s.n >= n && memcmp(s.p, head, n) == 0;
}

/* memcmp order, the shorter first when one is the other's beginning. */
static inline int slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* Copies the bytes to where there is room for them; what is behind them there. */
static inline char *slice_copy(char *to, struct slice s)
{
	return (char *)memcpy(to, s.p, s.n) + s.n;
}

/* Takes the head of *s up to (not with) `sep` into *ret_head and moves *s behind the
 * separator. Without a separator the head is all of *s, *s becomes empty, and the answer
 * is false. */
static inline bool slice_cut(struct slice *s, char sep, struct slice *ret_head)
{
	const char *at = s->n ? memchr(s->p, sep, s->n) : NULL;
	size_t n = at ? (size_t)(at - s->p) : s->n;

	*ret_head = (struct slice){s->p, n};
	if (s->n)
		s->p += n + (at != NULL);
	s->n -= n + (at != NULL);
	return at != NULL;
}

#endif
