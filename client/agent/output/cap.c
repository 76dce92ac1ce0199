/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/output/cap.h"

#include <stdlib.h>

struct worth worth_of(const struct active *a)
{
	return (struct worth){a->confidence < 0 ? CONFIDENCE_DEFAULT : a->confidence,
		a->since, &kinds[a->kind], a->value};
}

struct worth worth_of_entry(const struct enforced_entry *e)
{
	return (struct worth){e->confidence, e->since, e->kind, e->value};
}

static int cmp_worth(const void *pa, const void *pb)
{
	const struct worth *a = pa, *b = pb;

	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	if (a->since != b->since)
		return a->since > b->since ? -1 : 1;
	return line_cmp(a->kind, a->value, b->kind, b->value);
}

struct cap cap_cut(struct worth *w, size_t n, size_t max)
{
	if (n <= max)
		return (struct cap){.full = false};
	qsort(w, n, sizeof(*w), cmp_worth);
	return (struct cap){.full = true, .least = w[max - 1]};
}

bool cap_keeps(const struct cap *c, const struct worth *w)
{
	return !c->full || cmp_worth(w, &c->least) <= 0;
}
