/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/table.h"

#include <stdlib.h>
#include <unistd.h>

#include "client/ctl/text.h"

void table_init(struct table *t, const char *const *head, struct arena *a)
{
	*t = (struct table){
		.head = head, .arena = a, .pretty = isatty(STDOUT_FILENO) == 1};
	while (head[t->columns])
		t->columns++;
}

/* Twice the room when it is full; the arena keeps the old rows' memory, which adds up to
 * no more than the last. */
static bool grow(struct table *t)
{
	size_t cap = t->cap ? t->cap * 2 : 64 * t->columns;
	char **cell;

	if (t->n + t->columns <= t->cap)
		return true;
	cell = arena_alloc(t->arena, cap * sizeof(*cell));
	if (!cell) {
		t->err = ERR_NOMEM;
		return false;
	}
	if (t->n)
		memcpy(cell, t->cell, t->n * sizeof(*cell));
	t->cell = cell;
	t->cap = cap;
	return true;
}

void table_row(struct table *t, const char *const *cells)
{
	if (t->err || !grow(t))
		return;
	for (size_t i = 0; i < t->columns; i++) {
		char *copy = arena_dup(t->arena, slice_of(cells[i] ? cells[i] : ""));

		if (!copy) {
			t->err = ERR_NOMEM;
			return;
		}
		for (char *p = copy; *p; p++)
			if ((unsigned char)*p < 0x20 || *p == 0x7f)
				*p = '?';
		t->cell[t->n++] = copy;
	}
}

static void put_padded(struct buf *b, const char *text, size_t width, bool last)
{
	size_t n = last ? width : text_width(text);

	buf_puts(b, text);
	for (; n < width + (last ? 0 : 2); n++)
		buf_putc(b, ' ');
}

void table_put(struct table *t, struct buf *b)
{
	size_t width[TABLE_COLUMNS] = {0};

	if (t->err) {
		b->err = t->err;
		return;
	}
	for (size_t i = 0; t->pretty && i < t->columns; i++)
		width[i] = text_width(t->head[i]);
	for (size_t i = 0; t->pretty && i < t->n; i++) {
		size_t w = text_width(t->cell[i]);

		if (w > width[i % t->columns])
			width[i % t->columns] = w;
	}
	for (size_t i = 0; t->pretty && i < t->columns; i++) {
		put_padded(b, t->head[i], width[i], i + 1 == t->columns);
		if (i + 1 == t->columns)
			buf_putc(b, '\n');
	}
	for (size_t i = 0; i < t->n; i++) {
		bool last = (i + 1) % t->columns == 0;

		if (t->pretty) {
			put_padded(b, t->cell[i], width[i % t->columns], last);
		} else {
			buf_puts(b, t->cell[i]);
			if (!last)
				buf_putc(b, '\t');
		}
		if (last)
			buf_putc(b, '\n');
	}
}
