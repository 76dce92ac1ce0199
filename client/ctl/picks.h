/* SPDX-License-Identifier: BSD-2-Clause */
/* The indicators that a decision is about, as the lines of its bundles will have them. */
#ifndef VARSEL_CTL_PICKS_H
#define VARSEL_CTL_PICKS_H

#include "common/arena.h"
#include "common/line.h"

struct pick {
	const struct kind *kind;
	struct slice value;
	struct slice line; /* with its LF */
	int64_t until;     /* 0: a revocation */
	size_t place;      /* the how-manieth that was added */
	int64_t touched;   /* see decide_touch(): newest `issued` of a statement that has
			    * this   key; 0: none */
};

struct picks {
	struct arena arena;
	struct pick *p; /* owned */
	size_t n, cap;
};

void picks_init(struct picks *x);
void picks_done(struct picks *x);

/* Copies the line (LINE_BUNDLE or LINE_REVOKE). ERR_NOMEM, ERR_LIMIT. */
enum err picks_add(struct picks *x, enum line_form form, const struct line *l,
	struct diag *d) CHECK_RESULT;
/* Into a bundle's order, each key once (the first that was added stays). */
void picks_sort(struct picks *x);
/* NULL when it is not among the sorted ones. */
struct pick *picks_find(
	const struct picks *x, const struct kind *kind, struct slice value);

/* How many of the picks from `at` on fit one bundle whose header takes `header` bytes. */
size_t picks_fit(const struct picks *x, size_t at, size_t header);

#endif
