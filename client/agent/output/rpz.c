/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A DNS response policy zone (unbound, BIND, Knot Resolver, PowerDNS): a blocked domain
 * and everything below it does not exist. What must not be blocked passes.
 */
#include <stdlib.h>

#include "client/agent/output/output.h"

#define ZONE "varsel.rpz"
#define HEAD 5
/* What is checked at once: named-checkzone takes some 70 MiB for it. */
#define PART      200000
#define WIRE_NAME 255 /* octets of a domain name, RFC 1035 2.3.4 */

static const char *zone_of(const struct output_conf *c)
{
	return c->zone ? c->zone : ZONE;
}

static enum err rpz_validate(const struct output_conf *c, struct diag *d)
{
	const struct kind *domain = kind_by_name(slice_of("domain"));
	CLEANUP_BUF struct buf b;

	buf_init(&b, VALUE_MAX);
	if (!c->file)
		return diag_fail(d, ERR_CONFIG, "needs a file");
	if (domain->canonicalise(slice_of(zone_of(c)), &b, d))
		return diag_at(d, ERR_CONFIG, "zone: ");
	if (!slice_is(buf_view(&b), zone_of(c)))
		return diag_fail(d, ERR_CONFIG,
			"zone: write it as \"%s\", without a dot at the end",
			buf_str(&b));
	return OK;
}

/* "*." + name + zone on the wire: a length octet for each label instead of its dot, one
 * more in front, and the root's. */
static bool fits(const struct output_conf *c, struct slice name)
{
	return 2 + (name.n + 1) + (strlen(zone_of(c)) + 1) + 1 <= WIRE_NAME;
}

/* The name, and all below it. There are a million: one write for the two, no printf. */
static void put_both(FILE *f, struct slice name, const char *target)
{
	char text[2 * (WIRE_NAME + 32)], *at = text;

	for (size_t i = 0; i < 2; i++) {
		at = i ? slice_copy(at, slice_of("*.")) : at;
		at = slice_copy(at, name); /* it fits() */
		at = slice_copy(at, slice_of(" CNAME "));
		at = slice_copy(at, slice_of(target));
		*at++ = '\n';
	}
	(void)fwrite(text, 1, (size_t)(at - text), f);
}

static bool is_domain(const struct active *a)
{
	return a->kind == KIND_DOMAIN && a->action == ACTION_BLOCK;
}

/* What only contains an exception is blocked around it. */
static bool is_spared(const struct output_job *j, const struct active *a)
{
	return allow_match(j->allow, &kinds[KIND_DOMAIN], a->value, NULL) == ALLOW_ALL;
}

static bool rpz_counts(const struct output_job *j, const struct active *a)
{
	return is_domain(a) && !is_spared(j, a) && fits(j->conf, a->value);
}

/* A bit for each domain that is blocked, at a place that its last bytes and its length
 * decide: where there is none, nothing needs to be looked for among a million. */
#define OWNER_BITS 24
struct owners {
	uint64_t *bits; /* NULL without memory: then anything may be one */
};

static size_t owner_place(struct slice name)
{
	uint64_t last[2] = {name.n, 0};
	size_t n = name.n < sizeof(last) ? name.n : sizeof(last);

	memcpy((char *)last + sizeof(last) - n, name.p + name.n - n, n);
	last[0] = (last[0] ^ name.n) * UINT64_C(0x9e3779b97f4a7c15);
	last[1] = (last[0] ^ last[1]) * UINT64_C(0xff51afd7ed558ccd);
	return (size_t)((last[1] ^ last[1] >> 32) >> (64 - OWNER_BITS));
}

static void owners_init(struct owners *o, const struct activeset *set)
{
	o->bits = calloc((size_t)1 << OWNER_BITS >> 6, sizeof(*o->bits));
	for (size_t i = 0; o->bits && i < set->n; i++)
		if (is_domain(&set->a[i])) {
			size_t at = owner_place(set->a[i].value);

			o->bits[at / 64] |= UINT64_C(1) << at % 64;
		}
}

static bool owners_may_have(const struct owners *o, struct slice name)
{
	size_t at = owner_place(name);

	return !o->bits || o->bits[at / 64] >> at % 64 & 1;
}

/* Whether a domain above this one is blocked here. */
static bool is_below_blocked(
	const struct output_job *j, const struct owners *o, struct slice name)
{
	struct slice label;

	/* a name of one label is no domain of the set */
	while (slice_cut(&name, '.', &label) && memchr(name.p, '.', name.n)) {
		const struct active *a =
			owners_may_have(o, name)
				? activeset_find(j->set, &kinds[KIND_DOMAIN], name)
				: NULL;

		if (a && is_domain(a) && output_keeps(j, a))
			return true;
	}
	return false;
}

/*
 * A wildcard does not reach below a name that exists, and every owner makes the names
 * above it exist: with *.evil.example and a.b.evil.example in the zone, c.b.evil.example
 * is caught by neither. So of two blocked domains only the upper one is written, and
 * where an exception stands deep below a blocked domain, the names between them are
 * blocked one by one.
 */
static void put_exceptions(const struct output_job *j, const struct owners *o, FILE *f)
{
	struct allow_entry *const *e = j->allow->domain;

	for (size_t i = 0; i < j->allow->ndomain; i++) {
		struct slice name = e[i]->value, label;

		if (!fits(j->conf, name))
			continue;
		put_both(f, name, "rpz-passthru.");
		while (slice_cut(&name, '.', &label) && is_below_blocked(j, o, name))
			/* the list is sorted: who shares this name came right before */
			if (i == 0 || !domain_contains(name, e[i - 1]->value))
				put_both(f, name, ".");
	}
}

static void rpz_render(const struct output_job *j, FILE *f, struct output_tally *t)
{
	struct owners owners;

	/* HEAD lines */
	(void)fprintf(f,
		"; varsel: blocked domains; written by varsel, do not edit\n"
		"$ORIGIN %s.\n$TTL 60\n"
		"@ SOA localhost. hostmaster.localhost. %u 60 60 86400 60\n"
		"@ NS localhost.\n",
		zone_of(j->conf), j->serial);
	owners_init(&owners, j->set);
	put_exceptions(j, &owners, f);
	for (size_t i = 0; i < j->set->n; i++) {
		const struct active *a = &j->set->a[i];

		if (!is_domain(a))
			continue;
		if (is_spared(j, a)) {
			t->spared++;
		} else if (!fits(j->conf, a->value) || !output_keeps(j, a)) {
			t->left_out++;
		} else {
			t->count++;
			if (!is_below_blocked(j, &owners, a->value))
				put_both(f, a->value, ".");
		}
	}
	free(owners.bits);
}

static void rpz_check(
	const struct output_conf *c, const char *path, struct output_argv *ret)
{
	output_argv_put(ret, "named-checkzone");
	output_argv_put(ret, "-q");
	/* No look-ups of the name server's address, no comparing of each record with its
	 * neighbours: a name has one record here, and the checks take half the time. */
	output_argv_put(ret, "-i");
	output_argv_put(ret, "none");
	output_argv_put(ret, "-r");
	output_argv_put(ret, "ignore");
	output_argv_put(ret, zone_of(c));
	output_argv_put(ret, path);
}

const struct output_type output_rpz = {
	.name = "rpz",
	.doc = "A response policy zone for a DNS resolver.",
	.carry = CARRY_DOMAIN,
	.takes = " file zone reload max ",
	.max = OUTPUT_MAX,
	.counts = rpz_counts,
	.validate = rpz_validate,
	.render = rpz_render,
	.check = rpz_check,
	.check_rows = PART,
	.check_head = HEAD,
	/* a name is good, and short enough, when it is so with one more label */
	.check_twins = true,
};
