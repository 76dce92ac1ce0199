/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plain list of one kind: one value a line, sorted, for firewalls and proxies that
 * fetch a file. It has no way to say "but not this one", so an entry that touches the
 * never-block list is left out.
 */
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

static const struct kind *kind_of(const struct output_job *j)
{
	return kind_by_name(slice_of(j->conf->kind));
}

static bool is_of_list(const struct output_job *j, const struct active *a)
{
	return a->kind == kind_of(j)->id && a->action == ACTION_BLOCK;
}

static bool is_spared(const struct output_job *j, const struct active *a)
{
	return allow_match(j->allow, &kinds[a->kind], a->value, NULL) != ALLOW_NONE;
}

static bool list_counts(const struct output_job *j, const struct active *a)
{
	return is_of_list(j, a) && !is_spared(j, a);
}

static void count(const struct output_job *j, struct output_tally *t)
{
	for (size_t i = 0; i < j->set->n; i++) {
		const struct active *a = &j->set->a[i];

		if (!is_of_list(j, a))
			continue;
		if (is_spared(j, a))
			t->spared++;
		else if (output_keeps(j, a))
			t->count++;
		else
			t->left_out++;
	}
}

static void list_render(const struct output_job *j, FILE *f, struct output_tally *t)
{
	char now[CLOCK_TEXT];

	clock_format(j->now, now);
	count(j, t);
	(void)fprintf(f, "# varsel: blocked, kind %s, as of %s\n# %zu entries",
		j->conf->kind, now, t->count);
	if (t->left_out)
		(void)fprintf(f, ", %zu left out (max = %zu)", t->left_out,
			output_max(&output_list, j->conf));
	(void)fputc('\n', f);
	for (size_t i = 0; i < j->set->n; i++) {
		const struct active *a = &j->set->a[i];

		if (!list_counts(j, a) || !output_keeps(j, a))
			continue;
		(void)fwrite(a->value.p, 1, a->value.n, f);
		(void)fputc('\n', f);
	}
}

const struct output_type output_list = {
	.name = "list",
	.doc = "A text file with one value of one kind a line, sorted.",
	.carry = CARRY_IP | CARRY_DOMAIN | CARRY_URL,
	.takes = " file kind max reload ",
	.counts = list_counts,
	.validate = list_validate,
	.render = list_render,
};
