/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An nftables table of family inet. Single addresses stand in hash sets that are changed
 * by their differences, so that counters survive and a change costs what it changes;
 * prefixes in interval sets that are rewritten in the same transaction. Every element
 * carries its end, so that the kernel lets go by itself when nobody runs varsel any more.
 * What is dropped is counted by its element, and by the two of set "dropped": from that
 * small one it is known whether the large ones are worth reading.
 */
#include <stdlib.h>

#include "client/agent/output/nft.h"

#define LAYOUT  2 /* of the table; raise it when chains or sets change */
#define PART    16
#define NAMELEN 64

static const struct {
	const char *name;
	bool from, to; /* which end of a packet is looked at */
} hooks[] = {{"input", true, false}, {"forward", true, true}, {"output", false, true}};

#define HOOKS (sizeof(hooks) / sizeof(hooks[0]))

static bool hooked(const struct output_conf *c, const char *name)
{
	for (size_t i = 0; i < c->hook.n; i++)
		if (strcmp(c->hook.item[i], name) == 0)
			return true;
	return c->hook.n == 0;
}

static enum err nftables_validate(const struct output_conf *c, struct diag *d)
{
	const char *name = nft_table(c);
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	size_t known = 0;

	if (!c->load && !c->file)
		return diag_fail(d, ERR_CONFIG,
			"needs load = true or a file: it would do nothing");
	if (n == 0 || n > NAMELEN || name[n] || (name[0] >= '0' && name[0] <= '9'))
		return diag_fail(d, ERR_CONFIG,
			"table \"%s\": not a name of letters, digits and _", name);
	for (size_t i = 0; i < HOOKS; i++)
		known += c->hook.n && hooked(c, hooks[i].name);
	if (known != c->hook.n)
		return diag_fail(d, ERR_CONFIG,
			"hook: each of input, forward and output at most once");
	return OK;
}

static void nftables_marker(const struct output_job *j, char ret[MARKER_MAX])
{
	struct hash allow = allow_digest(j->allow), layout;
	char set[HASH_HEX], a[HASH_HEX], l[HASH_HEX], text[NAMELEN + 128];

	(void)snprintf(text, sizeof(text), "%d %s %d%d%d %zu", LAYOUT, nft_table(j->conf),
		hooked(j->conf, "input"), hooked(j->conf, "forward"),
		hooked(j->conf, "output"), output_max(&output_nftables, j->conf));
	layout = hash_of(slice_of(text));
	hash_hex(&j->digest, set);
	hash_hex(&layout, l);
	hash_hex(&allow, a);
	(void)snprintf(ret, MARKER_MAX, "varsel %s %.*s %.*s", set, PART, l, PART, a);
}

static void put_chain(FILE *f, const char *name, const char *end)
{
	(void)fprintf(f, "\tchain %s {\n", name);
	for (size_t i = 0; i < 2; i++)
		(void)fprintf(f, "\t\t%s %s @allow%c return\n", nft_families[i].ip, end,
			nft_families[i].digit);
	for (size_t i = 0; i < 2; i++)
		(void)fprintf(f,
			"\t\t%s %s @block%c goto deny\n\t\t%s %s @net%c goto deny\n",
			nft_families[i].ip, end, nft_families[i].digit,
			nft_families[i].ip, end, nft_families[i].digit);
	(void)fputs("\t}\n", f);
}

static void put_chains(const struct output_conf *c, FILE *f)
{
	/* the first rule decides nothing: it counts */
	(void)fputs("\tchain deny {\n\t\tmeta nfproto @dropped\n\t\tdrop\n\t}\n", f);
	put_chain(f, "from", "saddr");
	put_chain(f, "to", "daddr");
	for (size_t i = 0; i < HOOKS; i++) {
		if (!hooked(c, hooks[i].name))
			continue;
		(void)fprintf(f,
			"\tchain %s {\n\t\ttype filter hook %s priority filter - 5; "
			"policy accept;\n%s%s\t}\n",
			hooks[i].name, hooks[i].name,
			hooks[i].from ? "\t\tjump from\n" : "",
			hooks[i].to ? "\t\tjump to\n" : "");
	}
}

static void count(const struct output_job *j, struct output_tally *t)
{
	for (size_t i = 0; i < j->set->n; i++) {
		const struct active *a = &j->set->a[i];

		t->count += nft_blocks(j, a);
		t->left_out += nft_counts(j, a) && !output_keeps(j, a);
		t->spared += nft_blocks(j, a) &&
			     allow_match(j->allow, &kinds[KIND_IP], a->value, NULL);
	}
}

/* The whole table, in place of what there is. */
static void nftables_render(const struct output_job *j, FILE *f, struct output_tally *t)
{
	const char *head = "\t\telements = {\n", *tail = " }\n";
	char marker[MARKER_MAX];

	nftables_marker(j, marker);
	(void)fprintf(f,
		"#!/usr/sbin/nft -f\n# varsel: blocked addresses; written by varsel, do "
		"not "
		"edit\nadd table inet %s\ndelete table inet %s\ntable inet %s {\n"
		"\tset applied {\n\t\ttype mark\n\t\telements = { 1 comment \"%s\" "
		"}\n\t}\n\tset dropped {\n\t\ttype nf_proto\n\t\tcounter\n"
		"\t\telements = { ipv4, ipv6 }\n\t}\n",
		nft_table(j->conf), nft_table(j->conf), nft_table(j->conf), marker);
	for (size_t i = 0; i < 2; i++) {
		struct elements allow = {f, head, tail, 0}, block = {f, head, tail, 0},
				net = {f, head, tail, 0};

		(void)fprintf(f, "\tset allow%c {\n\t\ttype %s\n\t\tflags interval\n",
			nft_families[i].digit, nft_families[i].type);
		nft_put_allowed(&allow, j, nft_families[i].family);
		(void)fprintf(f,
			"\t}\n\tset block%c {\n\t\ttype %s\n\t\tflags timeout\n"
			"\t\tcounter\n",
			nft_families[i].digit, nft_families[i].type);
		for (size_t k = 0; k < j->set->n; k++)
			if (nft_blocks(j, &j->set->a[k]) &&
				nft_is_single(j->set->a[k].value, nft_families[i].family))
				nft_put_single(&block, j, &j->set->a[k]);
		elements_end(&block);
		(void)fprintf(f,
			"\t}\n\tset net%c {\n\t\ttype %s\n\t\tflags interval, timeout\n"
			"\t\tcounter\n",
			nft_families[i].digit, nft_families[i].type);
		nft_put_ranges(&net, j, nft_families[i].family);
		(void)fputs("\t}\n", f);
	}
	put_chains(j->conf, f);
	(void)fputs("}\n", f);
	count(j, t);
}

/* Differences can only be written against a table of this layout that holds exactly what
 * we remember; its marker says so. */
static bool can_build_on(const struct output_job *j, const char *found, const char *want)
{
	const size_t set = strlen("varsel "), layout = set + HASH_HEX;
	char hex[HASH_HEX];

	if (!j->last || strlen(found) != strlen(want))
		return false;
	hash_hex(&j->last->digest, hex);
	return strncmp(found + set, hex, HASH_HEX - 1) == 0 &&
	       strncmp(found + layout, want + layout, PART) == 0;
}

static void nftables_change(
	const struct output_job *j, const char *found, FILE *f, struct output_tally *t)
{
	const char *table = nft_table(j->conf);
	char marker[MARKER_MAX];

	nftables_marker(j, marker);
	if (!can_build_on(j, found, marker)) {
		nftables_render(j, f, t);
		return;
	}
	nft_put_changes(j, f);
	(void)fprintf(f,
		"flush set inet %s applied\n"
		"add element inet %s applied { 1 comment \"%s\" }\n",
		table, table, marker);
	count(j, t);
}

static bool nftables_wanted(const struct output_conf *c)
{
	return c->load;
}

static const char *const nftables_counted[] = {
	"dropped", "block4", "block6", "net4", "net6", NULL};

static const struct output_kernel nftables_kernel = {
	.wanted = nftables_wanted,
	.table = nft_table,
	.probe = nft_probe,
	.marker = nftables_marker,
	.change = nftables_change,
	.load = nft_load,
	.sample = nft_sample,
	.verify = nft_verify,
	.counted = nftables_counted,
	.count = nft_count,
	.lift = nft_lift,
};

const struct output_type output_nftables = {
	.name = "nftables",
	.doc = "Sets and rules in the kernel of this machine, or a file that nft loads.",
	.carry = CARRY_IP,
	.takes = " load table hook file nft max ",
	.max = OUTPUT_MAX,
	.counts = nft_counts,
	.validate = nftables_validate,
	.render = nftables_render,
	.check = nft_check,
	.kernel = &nftables_kernel,
};
