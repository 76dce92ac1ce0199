/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/output/output.h"

#include <assert.h>
#include <stdlib.h>

/* Raise it when a row's rendering changes, so that all is written anew. */
#define OUTPUT_VERSION 3

const struct output_type *const output_types[] = {
	&output_nftables,
	&output_rpz,
	&output_list,
	NULL,
};

#define AT(field) offsetof(struct output_conf, field)
const struct conf_option output_options[] = {
	{"file", CONF_TEXT, AT(file), NULL, false, 0, 0,
		"The file to keep up to date; replaced as a whole."},
	{"kind", CONF_TEXT, AT(kind), NULL, false, 0, 0,
		"Which kind of indicator a list holds: ip, domain or url."},
	{"max", CONF_NUMBER, AT(max), NULL, false, 1, INT32_MAX,
		"How many entries it may have; of more the most confident are kept."},
	{"zone", CONF_TEXT, AT(zone), NULL, false, 0, 0,
		"Name of the response policy zone; varsel.rpz when not given."},
	{"reload", CONF_LIST, AT(reload), NULL, false, 0, 0,
		"Command that makes the resolver or the device take the new file."},
	{"load", CONF_BOOL, AT(load), "true", false, 0, 0,
		"Whether the set is loaded into the kernel; false: only the file."},
	{"table", CONF_TEXT, AT(table), NULL, false, 0, 0,
		"Name of the nftables table, of family inet; varsel when not given."},
	{"hook", CONF_LIST, AT(hook), NULL, false, 0, 0,
		"Where packets are dropped: input, forward, output."},
	{"nft", CONF_LIST, AT(nft), NULL, false, 0, 0,
		"Command that runs nft, for a network namespace or another place."},
	{0},
};

void output_argv_put(struct output_argv *a, const char *word)
{
	/* the configuration is held to fewer words than there is room for */
	assert(a->n < ARGV_MAX);
	a->v[a->n++] = word;
	a->v[a->n] = NULL;
}

void output_argv_list(struct output_argv *a, const struct conf_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		output_argv_put(a, l->item[i]);
}

const struct output_type *output_type_of(const char *title)
{
	size_t n = strcspn(title, "-");

	for (const struct output_type *const *t = output_types; *t; t++)
		if (strlen((*t)->name) == n && strncmp((*t)->name, title, n) == 0)
			return *t;
	return NULL;
}

static bool given(const struct output_conf *c, const struct conf_option *o)
{
	const char *at = (const char *)c + o->offset;

	switch (o->type) {
	case CONF_TEXT:
		return *(char *const *)(const void *)at != NULL;
	case CONF_LIST:
		return ((const struct conf_list *)(const void *)at)->n > 0;
	case CONF_BOOL:
		return !*(const bool *)at; /* load is true unless someone said false */
	case CONF_NUMBER:
	case CONF_DURATION:
		break;
	}
	return *(const int64_t *)(const void *)at != 0;
}

enum err output_validate(const struct output_type *t, const char *title,
	const struct output_conf *c, struct diag *d)
{
	char word[32];
	enum err e;

	for (const struct conf_option *o = output_options; o->name; o++) {
		(void)snprintf(word, sizeof(word), " %s ", o->name);
		if (given(c, o) && !strstr(t->takes, word))
			return diag_fail(d, ERR_CONFIG,
				"output %s: option \"%s\" is not one of %s:%s", title,
				o->name, t->name, t->takes);
		if (o->type == CONF_LIST &&
			((const struct conf_list *)(const void *)((const char *)c +
								  o->offset))
					->n > ARGV_MAX - ARGV_OWN)
			return diag_fail(d, ERR_CONFIG, "output %s: %s: over %d words",
				title, o->name, ARGV_MAX - ARGV_OWN);
	}
	e = t->validate(c, d);
	return e ? diag_at(d, e, "output %s: ", title) : OK;
}

size_t output_max(const struct output_type *t, const struct output_conf *c)
{
	size_t max = c->max ? (size_t)c->max : t->max;

	return max ? max : SIZE_MAX;
}

bool output_keeps(const struct output_job *j, const struct active *a)
{
	struct worth w = worth_of(a);

	return cap_keeps(&j->cap, &w);
}

/* What was enforced blocks. */
static bool counted(const struct output_type *t, const struct output_job *j,
	const struct enforced_entry *e)
{
	const struct active a = {
		.value = e->value, .kind = (uint8_t)e->kind->id, .action = ACTION_BLOCK};

	return t->counts(j, &a);
}

static void cap_set(
	const struct output_type *t, struct output_job *j, size_t max, struct worth *w)
{
	size_t n = 0;

	for (size_t i = 0; i < j->set->n; i++)
		if (t->counts(j, &j->set->a[i]))
			w[n++] = worth_of(&j->set->a[i]);
	j->cap = cap_cut(w, n, max);
}

enum err output_cap(const struct output_type *t, struct output_job *j)
{
	struct slice rest = j->last ? j->last->lines : slice_of("");
	size_t max = output_max(t, j->conf), n = j->set->n, old = 0;
	struct enforced_entry e;
	struct worth *w;

	j->cap = j->last_cap = (struct cap){0};
	if (j->last && j->last->n > n)
		n = j->last->n;
	if (n <= max)
		return OK;
	w = calloc(n, sizeof(*w));
	if (!w)
		return ERR_NOMEM;
	cap_set(t, j, max, w);
	while (old < n && enforced_next(&rest, &e))
		if (counted(t, j, &e))
			w[old++] = worth_of_entry(&e);
	j->last_cap = cap_cut(w, old, max);
	free(w);
	return OK;
}

static void put_option(
	struct buf *b, const struct output_conf *c, const struct conf_option *o)
{
	const char *at = (const char *)c + o->offset;
	const struct conf_list *l;

	buf_printf(b, "%s\n", o->name);
	switch (o->type) {
	case CONF_TEXT:
		buf_puts(b, *(char *const *)(const void *)at);
		break;
	case CONF_LIST:
		l = (const struct conf_list *)(const void *)at;
		for (size_t i = 0; i < l->n; i++)
			buf_printf(b, "%s\n", l->item[i]);
		break;
	case CONF_BOOL:
		buf_putc(b, *(const bool *)at ? '1' : '0');
		break;
	case CONF_NUMBER:
	case CONF_DURATION:
		buf_printf(b, "%lld", (long long)*(const int64_t *)(const void *)at);
		break;
	}
	buf_putc(b, '\n');
}

struct hash output_fingerprint(const struct output_type *t, const struct output_conf *c,
	const struct hash *set, const struct hash *allow)
{
	CLEANUP_BUF struct buf b;

	buf_init(&b, 1u << 20);
	buf_printf(&b, "%s %d\n", t->name, OUTPUT_VERSION);
	for (const struct conf_option *o = output_options; o->name; o++)
		if (given(c, o))
			put_option(&b, c, o);
	buf_hex(&b, set->b, sizeof(set->b));
	buf_hex(&b, allow->b, sizeof(allow->b));
	return hash_of(buf_view(&b));
}
