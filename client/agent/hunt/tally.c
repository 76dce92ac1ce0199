/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/tally.h"

#include <stdlib.h>
#include <string.h>

static size_t place(const struct tally *t, const struct active *a, const char *source)
{
	uint64_t h = (uintptr_t)a * 0x9e3779b97f4a7c15u;
	size_t i = (size_t)(h >> 20) & (t->slots - 1);

	while (t->slot[i] && (t->row[t->slot[i] - 1].a != a ||
				     strcmp(t->row[t->slot[i] - 1].source, source) != 0))
		i = (i + 1) & (t->slots - 1);
	return i;
}

static enum err grow(struct tally *t)
{
	size_t cap = t->cap ? t->cap * 2 : 256;
	struct tally_row *row = realloc(t->row, cap * sizeof(*row));
	uint32_t *slot;

	if (!row)
		return ERR_NOMEM;
	t->row = row;
	slot = calloc(cap * 2, sizeof(*slot));
	if (!slot)
		return ERR_NOMEM;
	free(t->slot);
	t->slot = slot;
	t->slots = cap * 2;
	t->cap = cap;
	for (size_t i = 0; i < t->n; i++)
		t->slot[place(t, row[i].a, row[i].source)] = (uint32_t)(i + 1);
	return OK;
}

enum err tally_add(
	struct tally *t, const struct active *a, const char *source, int64_t time)
{
	return tally_count(t, a, source, 1, time, time);
}

enum err tally_count(struct tally *t, const struct active *a, const char *source,
	int64_t count, int64_t first, int64_t last)
{
	struct tally_row *r;
	size_t i;

	if (t->n == t->cap && grow(t))
		return ERR_NOMEM;
	i = place(t, a, source);
	if (!t->slot[i]) {
		t->row[t->n] = (struct tally_row){a, source, 0, first, last};
		t->slot[i] = (uint32_t)++t->n;
	}
	r = &t->row[t->slot[i] - 1];
	r->count += count;
	r->first = first < r->first ? first : r->first;
	r->last = last > r->last ? last : r->last;
	return OK;
}

static int order(const void *x, const void *y)
{
	const struct tally_row *a = x, *b = y;

	int c = line_cmp(
		&kinds[a->a->kind], a->a->value, &kinds[b->a->kind], b->a->value);

	if (c)
		return c;
	return strcmp(a->source, b->source);
}

void tally_sort(struct tally *t)
{
	if (t->n)
		qsort(t->row, t->n, sizeof(*t->row), order);
}

void tally_limit(struct tally *t, int64_t oldest)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->row[i].last < oldest)
			continue;
		t->row[n] = t->row[i];
		if (t->row[n].first < oldest)
			t->row[n].first = oldest;
		n++;
	}
	t->n = n;
}

void tally_leave(struct tally *t, const char *source)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->row[i].source, source) != 0)
			t->row[n++] = t->row[i];
	t->n = n;
}

void tally_done(struct tally *t)
{
	free(t->row);
	free(t->slot);
	*t = (struct tally){0};
}
