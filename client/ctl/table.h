/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows for a person on a terminal, columns aligned by the width that text takes there
 * (an "ø" is two bytes and one column); for anything else the same cells with tabs
 * between them and no heading, for cut(1) and awk(1).
 */
#ifndef VARSEL_CTL_TABLE_H
#define VARSEL_CTL_TABLE_H

#include "common/arena.h"
#include "common/buf.h"

#define TABLE_COLUMNS 11

struct table {
	const char *const *head; /* ends with NULL */
	size_t columns;
	struct arena *arena;
	char **cell; /* columns of each row, one row after the other */
	size_t n, cap;
	enum err err;
	bool pretty;
};

/* `pretty` is set when stdout is a terminal. Cells are copied into the arena. */
void table_init(struct table *t, const char *const *head, struct arena *a);
/* As many texts as the heading has; NULL is an empty one. Control bytes in them become
 * '?'. */
void table_row(struct table *t, const char *const *cells);
/* Appends all of it. An error while rows were added goes to b->err. */
void table_put(struct table *t, struct buf *b);

#endif
