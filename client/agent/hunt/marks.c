/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/marks.h"

#include <stdlib.h>

uint64_t mark_id(enum kind_id kind, struct slice value)
{
	uint64_t h = 0x8f1bbcdcbfa53e0bu;

	for (const char *p = kinds[kind].name; *p; p++)
		h = (h ^ (unsigned char)*p) * 0x9e3779b97f4a7c15u;
	for (size_t i = 0; i < value.n; i++) {
		h = (h ^ (unsigned char)value.p[i]) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	return h * 0xd6e8feb86659fd93u >> 1;
}

static size_t place(const struct marks *m, uint64_t id)
{
	size_t i = (size_t)id & (m->slots - 1);

	while (m->slot[i] && m->row[m->slot[i] - 1].id != id)
		i = (i + 1) & (m->slots - 1);
	return i;
}

static enum err grow(struct marks *m)
{
	size_t cap = m->cap ? m->cap * 2 : 64;
	struct mark *row = realloc(m->row, cap * sizeof(*row));
	uint32_t *slot;

	if (!row)
		return ERR_NOMEM;
	m->row = row;
	slot = calloc(cap * 2, sizeof(*slot));
	if (!slot)
		return ERR_NOMEM;
	free(m->slot);
	m->slot = slot;
	m->slots = cap * 2;
	m->cap = cap;
	for (size_t i = 0; i < m->n; i++)
		m->slot[place(m, row[i].id)] = (uint32_t)(i + 1);
	return OK;
}

static struct mark *find(const struct marks *m, uint64_t id)
{
	uint32_t at = m->n ? m->slot[place(m, id)] : 0;

	return at ? &m->row[at - 1] : NULL;
}

bool marks_has(const struct marks *m, uint64_t id, int64_t line, int64_t seen)
{
	const struct mark *x = find(m, id);

	if (!x)
		return m->full && line < seen;
	return x->first <= line && line <= x->last;
}

static enum err add(struct marks *m, const struct mark *x)
{
	if (m->n == MARKS_MAX) {
		m->full = true;
		return OK;
	}
	if (m->n == m->cap && grow(m))
		return ERR_NOMEM;
	m->row[m->n] = *x;
	m->slot[place(m, x->id)] = (uint32_t)(m->n + 1);
	m->n++;
	return OK;
}

enum err marks_add(struct marks *m, uint64_t id, int64_t line)
{
	struct mark *x = find(m, id);

	if (!x)
		return add(m, &(struct mark){id, INT64_MAX, -1, line, line});
	x->low = line < x->low ? line : x->low;
	x->high = line > x->high ? line : x->high;
	return OK;
}

enum err marks_put(struct marks *m, uint64_t id, int64_t first, int64_t last)
{
	return find(m, id) ? OK : add(m, &(struct mark){id, first, last, first, last});
}

void marks_settle(struct marks *m)
{
	for (size_t i = 0; i < m->n; i++) {
		m->row[i].first = m->row[i].low;
		m->row[i].last = m->row[i].high;
	}
}

enum err marks_copy(const struct marks *m, struct marks *to)
{
	enum err e = OK;

	to->full = m->full;
	for (size_t i = 0; e == OK && i < m->n; i++)
		e = add(to, &m->row[i]);
	return e;
}

void marks_done(struct marks *m)
{
	free(m->row);
	free(m->slot);
	*m = (struct marks){0};
}
