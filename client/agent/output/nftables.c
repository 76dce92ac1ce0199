/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An nftables table of family inet. Single addresses stand in hash sets that are changed
 * by their differences, so that counters survive and a change costs what it changes;
 * prefixes in interval sets that are rewritten in the same transaction. Every element
 * carries its end, so that the kernel lets go by itself when nobody runs varsel any more.
 * What is dropped is counted by its element, and by the two of set "dropped": from that
 * small one it is known whether the large ones are worth reading.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "client/agent/output/output.h"
#include "client/agent/output/ranges.h"

#define TABLE   "varsel"
#define LAYOUT  2 /* of the table; raise it when chains or sets change */
#define PART    16
#define NAMELEN 64
/* nft refuses the transaction and what stands stays. */
#define NO_MEMORY "out of memory\n"
#define SLACK     60 /* seconds in which an element may go by itself */

static const struct {
	const char *name;
	bool from, to; /* which end of a packet is looked at */
} hooks[] = {{"input", true, false}, {"forward", true, true}, {"output", false, true}};

#define HOOKS (sizeof(hooks) / sizeof(hooks[0]))

static const struct {
	int family;
	char digit;       /* in the sets' names */
	const char *ip;   /* in rules */
	const char *type; /* of elements */
} families[] = {{AF_INET, '4', "ip", "ipv4_addr"}, {AF_INET6, '6', "ip6", "ipv6_addr"}};

static const char *table_of(const struct output_conf *c)
{
	return c->table ? c->table : TABLE;
}

static bool hooked(const struct output_conf *c, const char *name)
{
	for (size_t i = 0; i < c->hook.n; i++)
		if (strcmp(c->hook.item[i], name) == 0)
			return true;
	return c->hook.n == 0;
}

static enum err nftables_validate(const struct output_conf *c, struct diag *d)
{
	const char *name = table_of(c);
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

/* A brace list that is opened by its first element. */
struct elements {
	FILE *f;
	const char *head; /* printed before the first */
	const char *tail;
	size_t n;
};

static void element(struct elements *x)
{
	(void)fputs(x->n++ ? ",\n" : x->head, x->f);
}

static void elements_end(const struct elements *x)
{
	if (x->n)
		(void)fputs(x->tail, x->f);
}

static bool is_of(struct slice ip, int family)
{
	return (memchr(ip.p, ':', ip.n) != NULL) == (family == AF_INET6);
}

static bool is_single(struct slice ip, int family)
{
	return is_of(ip, family) && !memchr(ip.p, '/', ip.n);
}

static bool nftables_counts(const struct output_job *j, const struct active *a)
{
	(void)j;
	return a->kind == KIND_IP && a->action == ACTION_BLOCK;
}

static bool blocks_ip(const struct output_job *j, const struct active *a)
{
	return nftables_counts(j, a) && output_keeps(j, a);
}

/* No approval runs longer than LIFETIME_MAX; more than that is a clock that cannot be
 * right, and nft refuses seconds of more than eight digits. */
static int64_t seconds_left(const struct output_job *j, int64_t until)
{
	int64_t left = until - j->now;

	return left > LIFETIME_MAX ? LIFETIME_MAX : left;
}

static void put_single(
	struct elements *x, const struct output_job *j, const struct active *a)
{
	element(x);
	(void)fprintf(x->f, "%.*s timeout %llds", SLICE_ARG(a->value),
		(long long)seconds_left(j, a->until));
}

static void put_allowed(struct elements *x, const struct output_job *j, int family)
{
	for (size_t i = 0; i < j->allow->nip; i++)
		if (j->allow->ip[i]->family == family) {
			element(x);
			(void)fprintf(x->f, "%.*s", SLICE_ARG(j->allow->ip[i]->value));
		}
	elements_end(x);
}

static void put_ranges(struct elements *x, const struct output_job *j, int family)
{
	char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN];
	struct range *r = NULL;
	size_t n = 0;

	if (ranges_of(j->set, &j->cap, family, &r, &n)) {
		(void)fputs(NO_MEMORY, x->f);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		element(x);
		(void)fprintf(x->f, "%s-%s timeout %llds",
			inet_ntop(family, r[i].first, first, sizeof(first)),
			inet_ntop(family, r[i].last, last, sizeof(last)),
			(long long)seconds_left(j, r[i].until));
	}
	elements_end(x);
	free(r);
}

static void nftables_marker(const struct output_job *j, char ret[MARKER_MAX])
{
	struct hash allow = allow_digest(j->allow), layout;
	char set[HASH_HEX], a[HASH_HEX], l[HASH_HEX], text[NAMELEN + 128];

	(void)snprintf(text, sizeof(text), "%d %s %d%d%d %zu", LAYOUT, table_of(j->conf),
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
		(void)fprintf(f, "\t\t%s %s @allow%c return\n", families[i].ip, end,
			families[i].digit);
	for (size_t i = 0; i < 2; i++)
		(void)fprintf(f,
			"\t\t%s %s @block%c goto deny\n\t\t%s %s @net%c goto deny\n",
			families[i].ip, end, families[i].digit, families[i].ip, end,
			families[i].digit);
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

		t->count += blocks_ip(j, a);
		t->left_out += nftables_counts(j, a) && !output_keeps(j, a);
		t->spared += blocks_ip(j, a) &&
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
		table_of(j->conf), table_of(j->conf), table_of(j->conf), marker);
	for (size_t i = 0; i < 2; i++) {
		struct elements allow = {f, head, tail, 0}, block = {f, head, tail, 0},
				net = {f, head, tail, 0};

		(void)fprintf(f, "\tset allow%c {\n\t\ttype %s\n\t\tflags interval\n",
			families[i].digit, families[i].type);
		put_allowed(&allow, j, families[i].family);
		(void)fprintf(f,
			"\t}\n\tset block%c {\n\t\ttype %s\n\t\tflags timeout\n"
			"\t\tcounter\n",
			families[i].digit, families[i].type);
		for (size_t k = 0; k < j->set->n; k++)
			if (blocks_ip(j, &j->set->a[k]) &&
				is_single(j->set->a[k].value, families[i].family))
				put_single(&block, j, &j->set->a[k]);
		elements_end(&block);
		(void)fprintf(f,
			"\t}\n\tset net%c {\n\t\ttype %s\n\t\tflags interval, timeout\n"
			"\t\tcounter\n",
			families[i].digit, families[i].type);
		put_ranges(&net, j, families[i].family);
		(void)fputs("\t}\n", f);
	}
	put_chains(j->conf, f);
	(void)fputs("}\n", f);
	count(j, t);
}

/* Only what had a place before, or has one now. */
static bool step(const struct output_job *j, struct enforced_walk *w)
{
	struct worth old;

	if (!enforced_step(w))
		return false;
	old = worth_of_entry(&w->old);
	w->had_old = w->had_old && cap_keeps(&j->last_cap, &old);
	if (w->new_ && !output_keeps(j, w->new_))
		w->new_ = NULL;
	return true;
}

static bool is_same(const struct enforced_walk *w)
{
	return w->had_old == (w->new_ != NULL) &&
	       (!w->new_ || w->old.until == w->new_->until);
}

struct change {
	struct slice value;
	bool had_old;
	const struct active *new_; /* or NULL */
};

/* What is different, of one family. */
struct changes {
	struct change *single;
	size_t n, room;
	bool prefixes; /* some of them */
};

static enum err note_change(struct changes *c, const struct enforced_walk *w)
{
	if (memchr(w->value.p, '/', w->value.n)) {
		c->prefixes = true;
		return OK;
	}
	if (c->n == c->room) {
		size_t room = c->room ? c->room * 2 : 64;
		struct change *grown = reallocarray(c->single, room, sizeof(*grown));

		if (!grown)
			return ERR_NOMEM;
		c->single = grown;
		c->room = room;
	}
	c->single[c->n++] = (struct change){w->value, w->had_old, w->new_};
	return OK;
}

/* In one walk: it passes all that is active. */
static enum err find_changes(const struct output_job *j, struct changes ret[2])
{
	struct enforced_walk w = {.rest = j->last->lines, .set = j->set};
	enum err e = OK;

	while (e == OK && step(j, &w))
		if (w.kind->id == KIND_IP && !is_same(&w))
			e = note_change(&ret[!is_of(w.value, families[0].family)], &w);
	return e;
}

/* Which of them a statement names. */
enum pass {
	PASS_MAKE_SURE, /* gone or changed: re-adding makes the delete behind it safe */
	PASS_DELETE,    /* the same */
	PASS_ADD,       /* new or changed */
};

static void put_pass(const struct output_job *j, const struct changes *c, enum pass pass,
	struct elements *x)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct change *one = &c->single[i];

		if (pass == PASS_ADD && one->new_) {
			put_single(x, j, one->new_);
		} else if (pass != PASS_ADD && one->had_old) {
			element(x);
			(void)fprintf(x->f, "%.*s%s", SLICE_ARG(one->value),
				pass == PASS_MAKE_SURE ? " timeout 1h" : "");
		}
	}
	elements_end(x);
}

static void put_changes(
	const struct output_job *j, const struct changes *c, size_t f_index, FILE *f)
{
	static const char *const verbs[] = {"add", "delete", "add"};
	const char *table = table_of(j->conf);
	int family = families[f_index].family;
	char digit = families[f_index].digit, head[128];
	struct elements x = {.f = f, .head = head, .tail = " }\n"};

	for (int pass = PASS_MAKE_SURE; pass <= PASS_ADD; pass++) {
		(void)snprintf(head, sizeof(head), "%s element inet %s block%c {\n",
			verbs[pass], table, digit);
		x.n = 0;
		put_pass(j, c, (enum pass)pass, &x);
	}
	if (c->prefixes) {
		(void)fprintf(f, "flush set inet %s net%c\n", table, digit);
		(void)snprintf(head, sizeof(head), "add element inet %s net%c {\n", table,
			digit);
		x.n = 0;
		put_ranges(&x, j, family);
	}
	(void)fprintf(f, "flush set inet %s allow%c\n", table, digit);
	(void)snprintf(
		head, sizeof(head), "add element inet %s allow%c {\n", table, digit);
	x.n = 0;
	put_allowed(&x, j, family);
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
	const char *table = table_of(j->conf);
	struct changes c[2] = {{0}};
	char marker[MARKER_MAX];

	nftables_marker(j, marker);
	if (!can_build_on(j, found, marker)) {
		nftables_render(j, f, t);
		return;
	}
	if (find_changes(j, c))
		(void)fputs(NO_MEMORY, f);
	for (size_t i = 0; i < 2; i++) {
		put_changes(j, &c[i], i, f);
		free(c[i].single);
	}
	(void)fprintf(f,
		"flush set inet %s applied\n"
		"add element inet %s applied { 1 comment \"%s\" }\n",
		table, table, marker);
	count(j, t);
}

static void put_nft(const struct output_conf *c, struct output_argv *ret)
{
	if (c->nft.n)
		output_argv_list(ret, &c->nft);
	else
		output_argv_put(ret, "nft");
}

/* Listing one set is answered at once; a chain or a table would read all elements. */
static void nftables_probe(const struct output_conf *c, struct output_argv *ret)
{
	put_nft(c, ret);
	output_argv_put(ret, "list");
	output_argv_put(ret, "set");
	output_argv_put(ret, "inet");
	output_argv_put(ret, table_of(c));
	output_argv_put(ret, "applied");
}

static void put_sample(
	struct buf *b, const char *set, size_t family, struct slice value, int64_t until)
{
	buf_printf(b, "%s%c %.*s %lld;", set, families[family].digit, SLICE_ARG(value),
		(long long)until);
}

static void sample_single(const struct output_job *j, size_t family, struct buf *ret)
{
	const struct active *best = NULL;

	for (size_t i = 0; i < j->set->n; i++) {
		const struct active *a = &j->set->a[i];

		if ((!best || a->until > best->until) && blocks_ip(j, a) &&
			is_single(a->value, families[family].family))
			best = a;
	}
	if (best)
		put_sample(ret, "block", family, best->value, best->until);
}

static void sample_range(const struct output_job *j, size_t family, struct buf *ret)
{
	char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN], text[2 * INET6_ADDRSTRLEN];
	const struct range *best;
	struct range *r = NULL;
	size_t n = 0;

	if (ranges_of(j->set, &j->cap, families[family].family, &r, &n) || n == 0) {
		free(r);
		return;
	}
	best = r;
	for (size_t i = 1; i < n; i++)
		if (r[i].until > best->until)
			best = &r[i];
	(void)snprintf(text, sizeof(text), "%s-%s",
		inet_ntop(families[family].family, best->first, first, sizeof(first)),
		inet_ntop(families[family].family, best->last, last, sizeof(last)));
	put_sample(ret, "net", family, slice_of(text), best->until);
	free(r);
}

static void nftables_sample(const struct output_job *j, struct buf *ret)
{
	for (size_t i = 0; i < 2; i++) {
		sample_single(j, i, ret);
		sample_range(j, i, ret);
		for (size_t k = 0; k < j->allow->nip; k++)
			if (j->allow->ip[k]->family == families[i].family) {
				put_sample(ret, "allow", i, j->allow->ip[k]->value,
					INT64_MAX);
				break;
			}
	}
}

/* Whether an element is there: could it be deleted? To list or to get one, nft 1.0.6
 * reads the whole set, which for a million takes minutes. */
static void nftables_verify(const struct output_conf *c, const char *samples, int64_t now,
	struct buf *text, struct output_argv *ret)
{
	struct slice rest = slice_of(samples), line, set, element;
	int64_t until;

	while (slice_cut(&rest, ';', &line))
		if (slice_cut(&line, ' ', &set) && slice_cut(&line, ' ', &element) &&
			number_parse(line, &until, NULL) == OK && until - SLACK > now)
			buf_printf(text, "delete element inet %s %.*s { %.*s };",
				table_of(c), SLICE_ARG(set), SLICE_ARG(element));
	if (!text->len)
		return;
	put_nft(c, ret);
	output_argv_put(ret, "-c");
	output_argv_put(ret, buf_str(text));
}

static const char *const nftables_counted[] = {
	"dropped", "block4", "block6", "net4", "net6", NULL};

static void nftables_count(
	const struct output_conf *c, const char *set, struct output_argv *ret)
{
	put_nft(c, ret);
	output_argv_put(ret, "-j");
	output_argv_put(ret, "list");
	output_argv_put(ret, "set");
	output_argv_put(ret, "inet");
	output_argv_put(ret, table_of(c));
	output_argv_put(ret, set);
}

static void nftables_load(
	const struct output_conf *c, const char *path, struct output_argv *ret)
{
	put_nft(c, ret);
	output_argv_put(ret, "-f");
	output_argv_put(ret, path);
}

static void nftables_lift(const struct output_conf *c, struct output_argv *ret)
{
	static const char *const words[] = {
		"add", "table", "inet", NULL, ";", "delete", "table", "inet", NULL};

	put_nft(c, ret);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		output_argv_put(ret, words[i] ? words[i] : table_of(c));
}

static void nftables_check(
	const struct output_conf *c, const char *path, struct output_argv *ret)
{
	put_nft(c, ret);
	output_argv_put(ret, "-c");
	output_argv_put(ret, "-f");
	output_argv_put(ret, path);
}

static bool nftables_wanted(const struct output_conf *c)
{
	return c->load;
}

static const struct output_kernel nftables_kernel = {
	.wanted = nftables_wanted,
	.probe = nftables_probe,
	.marker = nftables_marker,
	.change = nftables_change,
	.load = nftables_load,
	.sample = nftables_sample,
	.verify = nftables_verify,
	.counted = nftables_counted,
	.count = nftables_count,
	.lift = nftables_lift,
};

const struct output_type output_nftables = {
	.name = "nftables",
	.doc = "Sets and rules in the kernel of this machine, or a file that nft loads.",
	.carry = CARRY_IP,
	.takes = " load table hook file nft max ",
	.max = OUTPUT_MAX,
	.counts = nftables_counts,
	.validate = nftables_validate,
	.render = nftables_render,
	.check = nftables_check,
	.kernel = &nftables_kernel,
};
