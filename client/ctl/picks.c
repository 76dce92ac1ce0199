/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/picks.h"

#include <stdlib.h>

#define ARENA_MAX ((size_t)4 << 30)

void picks_init(struct picks *x)
{
	*x = (struct picks){0};
	arena_init(&x->arena, ARENA_MAX);
}

void picks_done(struct picks *x)
{
	arena_done(&x->arena);
	free(x->p);
	*x = (struct picks){0};
}

static bool grow(struct picks *x)
{
	size_t cap = x->cap ? x->cap * 2 : 1024;
	struct pick *more;

	if (x->n < x->cap)
		return true;
	more = realloc(x->p, cap * sizeof(*more));
	if (!more)
		return false;
	x->p = more;
	x->cap = cap;
	return true;
}

enum err picks_add(
	struct picks *x, enum line_form form, const struct line *l, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	size_t head = strlen(l->kind->name) + 1;
	char *copy;

	buf_init(&text, INPUT_LINE_MAX + 1);
	line_put(&text, form, l);
	if (buf_err(&text))
		return diag_fail(d, buf_err(&text), "%s \"%.*s\": %s", l->kind->name,
			SLICE_ARG(l->value), err_text(buf_err(&text)));
	copy = grow(x) ? arena_dup(&x->arena, buf_view(&text)) : NULL;
	if (!copy)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	x->p[x->n] = (struct pick){.kind = l->kind,
		.place = x->n,
		.value = {copy + head, l->value.n},
		.line = {copy, text.len},
		.until = form == LINE_BUNDLE ? l->until : 0};
	x->n++;
	return OK;
}

static int by_key(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;
	int c = line_cmp(x->kind, x->value, y->kind, y->value);

	return c ? c : (x->place > y->place) - (x->place < y->place);
}

void picks_sort(struct picks *x)
{
	size_t n = 0;

	if (x->n)
		qsort(x->p, x->n, sizeof(*x->p), by_key);
	for (size_t i = 0; i < x->n; i++)
		if (!n || line_cmp(x->p[n - 1].kind, x->p[n - 1].value, x->p[i].kind,
				  x->p[i].value) != 0)
			x->p[n++] = x->p[i];
	x->n = n;
}

struct pick *picks_find(
	const struct picks *x, const struct kind *kind, struct slice value)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t at = low + (high - low) / 2;
		int c = line_cmp(x->p[at].kind, x->p[at].value, kind, value);

		if (c == 0)
			return &x->p[at];
		if (c < 0)
			low = at + 1;
		else
			high = at;
	}
	return NULL;
}

size_t picks_fit(const struct picks *x, size_t at, size_t header)
{
	size_t n = 0, bytes = header;

	while (at + n < x->n && n < BUNDLE_LINES &&
		bytes + x->p[at + n].line.n <= BUNDLE_MAX)
		bytes += x->p[at + n++].line.n;
	return n;
}
