/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plain list of one kind: one value a line, sorted, for firewalls and proxies that
 * fetch a file. It has no way to say "but not this one", so an entry that touches the
 * never-block list is left out.
 */
#include <stdlib.h>

#include "client/agent/output/output.h"
#include "common/clock.h"

static enum err list_validate(const struct output_conf *c, struct diag *d)
{
	const struct kind *k = c->kind ? kind_by_name(slice_of(c->kind)) : NULL;

	if (!c->file)
		return diag_fail(d, ERR_CONFIG, "needs a file");
	if (!k || !(k->carry & output_list.carry))
		return diag_fail(d, ERR_CONFIG,
			"kind must be ip, domain or url: other kinds are never blocked");
	return OK;
}

/* Whether an entry belongs in a list of kind `k`; counts those that are spared. */
static bool wanted(const struct output_job *j, const struct kind *k,
	const struct active *a, struct output_tally *t)
{
	if (a->kind != k->id || a->action != ACTION_BLOCK)
		return false;
	if (allow_match(j->allow, k, a->value, NULL) == ALLOW_NONE)
		return true;
	t->spared++;
	return false;
}

/* The surer first, then the newer; the rest only makes the order definite. */
static int cmp_worth(const void *pa, const void *pb)
{
	const struct active *a = *(const struct active *const *)pa;
	const struct active *b = *(const struct active *const *)pb;

	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	if (a->since != b->since)
		return a->since > b->since ? -1 : 1;
	return (a > b) - (a < b);
}

static int cmp_place(const void *pa, const void *pb)
{
	const struct active *a = *(const struct active *const *)pa;
	const struct active *b = *(const struct active *const *)pb;

	return (a > b) - (a < b);
}

static void list_render(const struct output_job *j, FILE *f, struct output_tally *t)
{
	const struct kind *k = kind_by_name(slice_of(j->conf->kind));
	const struct active **pick = calloc(j->set->n ? j->set->n : 1, sizeof(*pick));
	size_t n = 0, max = (size_t)j->conf->max;
	char now[CLOCK_TEXT];

	clock_format(j->now, now);
	for (size_t i = 0; pick && i < j->set->n; i++)
		if (wanted(j, k, &j->set->a[i], t))
			pick[n++] = &j->set->a[i];
	t->count = max && n > max ? max : n;
	t->left_out = n - t->count;
	if (t->left_out) {
		qsort(pick, n, sizeof(*pick), cmp_worth);
		qsort(pick, t->count, sizeof(*pick), cmp_place);
	}
	(void)fprintf(f, "# varsel: blocked, kind %s, as of %s\n# %zu entries", k->name,
		now, t->count);
	if (t->left_out)
		(void)fprintf(f, ", %zu left out (max = %zu)", t->left_out, max);
	(void)fputc('\n', f);
	for (size_t i = 0; i < t->count; i++) {
		(void)fwrite(pick[i]->value.p, 1, pick[i]->value.n, f);
		(void)fputc('\n', f);
	}
	free(pick);
}

const struct output_type output_list = {
	.name = "list",
	.doc = "A text file with one value of one kind a line, sorted.",
	.carry = CARRY_IP | CARRY_DOMAIN | CARRY_URL,
	.takes = " file kind max reload ",
	.validate = list_validate,
	.render = list_render,
};
