/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK ((size_t)64 << 10)
/* Most arenas hold a request's few words; zeroing a whole chunk would cost more than
 * those. */
#define FIRST ((size_t)4 << 10)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){.max = max};
}

void arena_done(struct arena *a)
{
	while (a->head) {
		struct arena_chunk *next = a->head->next;

		free(a->head);
		a->head = next;
	}
	a->used = 0;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t align = _Alignof(max_align_t), need = (size + align - 1) / align * align;
	struct arena_chunk *c = a->head;

	if (need < size || need > a->max - a->used)
		return NULL;
	if (!c || c->size - c->used < need) {
		size_t usual = c ? CHUNK : FIRST;
		size_t room = need > usual ? need : usual;

		c = calloc(1, sizeof(*c) + room);
		if (!c)
			return NULL;
		c->size = room;
		c->next = a->head;
		a->head = c;
	}
	c->used += need;
	a->used += need;
	return c->data + c->used - need;
}

char *arena_dup(struct arena *a, struct slice s)
{
	char *copy = s.n + 1 ? arena_alloc(a, s.n + 1) : NULL;

	if (copy && s.n)
		memcpy(copy, s.p, s.n);
	return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (!text)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return text;
}
